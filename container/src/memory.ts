/** Memory that can be given back at once, and not when a garbage collection finds it: weights are copied by who loads them. */
export function returnable(bytes: number): Uint8Array {
  // Resizable, which TypeScript's library of ES2023 does not know; Node does from 20 on.
  const Resizable = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Uint8Array(new Resizable(bytes, { maxByteLength: bytes }));
}

/** Gives memory back, if it is returnable; its bytes are gone then. */
export function giveBack({ buffer }: Uint8Array): void {
  const { resizable, resize } = buffer as { readonly resizable?: boolean; readonly resize?: (bytes: number) => void };
  if (resizable === true) resize!.call(buffer, 0);
}
