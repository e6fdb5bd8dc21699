/** What a file may grow by after it was read. Bytes. */
const SPARE = 64 * 1024;

// Resizable buffers, which TypeScript's library of ES2023 does not know; Node does from 20 on.
const Resizable = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;
interface Resized {
  readonly byteLength: number;
  readonly maxByteLength?: number;
  readonly resizable?: boolean;
  resize(bytes: number): void;
}

/** Memory that can be given back at once, and not when a garbage collection finds it: weights are copied by who loads them. */
export function returnable(bytes: number): Uint8Array {
  return new Uint8Array(new Resizable(bytes, { maxByteLength: bytes + SPARE }));
}

/** Gives memory back, if it is returnable; its bytes are gone then. */
export function giveBack(file: Uint8Array): void {
  grow(file, -file.buffer.byteLength);
}

/** Makes memory longer or shorter where it lies. @returns whether it could be. */
export function grow({ buffer }: Uint8Array, bytes: number): boolean {
  const memory = buffer as unknown as Resized;
  if (memory.resizable !== true || memory.byteLength + bytes > memory.maxByteLength!) return false;
  memory.resize(memory.byteLength + bytes);
  return true;
}
