import type { IndexSource } from "../container/src/backends/index-file";

/** A field of a protobuf message: a number, or a range of bytes. */
export type Field = {
  readonly number: number;
  /** Where the field begins, with its tag, and where the next does. */
  readonly from: number;
  readonly to: number;
} & ({ readonly varint: bigint } | { readonly start: number; readonly end: number });

/** Bytes held at a time: a file is walked over, never read whole. */
const WINDOW_BYTES = 2 ** 16;

/**
 * Walks over protobuf messages in a file without a schema
 * (https://protobuf.dev/programming-guides/encoding/). Every length is held against the message
 * before it is believed.
 */
export class WireReader {
  private readonly window = Buffer.alloc(WINDOW_BYTES);
  private windowStart = 0;
  private windowEnd = 0;

  constructor(private readonly source: IndexSource) {}

  get byteLength(): number {
    return this.source.byteLength;
  }

  /** The fields of the message in a range. @throws Error where the bytes are no message. */
  *fields(start: number, end: number): Generator<Field> {
    for (let at = start; at < end; ) {
      const from = at;
      const key = this.varint(at, end);
      const number = Number(key.value >> 3n);
      const wire = Number(key.value & 7n);
      if (number < 1 || number > 0x1fffffff) throw malformed(at, `a field is numbered ${number}`);
      at = key.next;
      if (wire === 0) {
        const { value, next } = this.varint(at, end);
        yield { number, from, to: next, varint: value };
        at = next;
        continue;
      }
      const length = wire === 1 ? 8 : wire === 5 ? 4 : undefined;
      if (wire !== 2 && length === undefined) throw malformed(at, `wire type ${wire}`);
      const prefix = length === undefined ? this.varint(at, end) : { value: BigInt(length), next: at };
      if (prefix.value > BigInt(end - prefix.next)) throw malformed(at, `a field of ${prefix.value} bytes where ${end - prefix.next} are left`);
      at = prefix.next + Number(prefix.value);
      yield { number, from, to: at, start: prefix.next, end: at };
    }
  }

  text(start: number, end: number): string {
    // Names alone are asked for; a longer text is none.
    if (end - start > 4096) return `${this.bytes(start, start + 64).toString("utf8")}…`;
    return this.bytes(start, end).toString("utf8");
  }

  /** Numbers of a repeated field in its packed form. */
  packed(start: number, end: number): bigint[] {
    const values: bigint[] = [];
    for (let at = start; at < end; ) {
      const { value, next } = this.varint(at, end);
      values.push(value);
      if (values.length > 64) throw malformed(start, "a list of more than 64 numbers");
      at = next;
    }
    return values;
  }

  bytes(start: number, end: number): Buffer {
    const bytes = Buffer.alloc(end - start);
    this.source.read(start, bytes);
    return bytes;
  }

  private varint(at: number, end: number): { readonly value: bigint; readonly next: number } {
    let value = 0n;
    for (let shift = 0n, place = at; place < end && shift < 70n; shift += 7n, place += 1) {
      const byte = this.byte(place);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return { value: BigInt.asUintN(64, value), next: place + 1 };
    }
    throw malformed(at, "a number without an end");
  }

  private byte(at: number): number {
    if (at < this.windowStart || at >= this.windowEnd) {
      const length = Math.min(WINDOW_BYTES, this.source.byteLength - at);
      this.source.read(at, this.window.subarray(0, length));
      this.windowStart = at;
      this.windowEnd = at + length;
    }
    return this.window[at - this.windowStart]!;
  }
}

const malformed = (at: number, what: string): Error => new Error(`byte ${at} does not go on as protobuf: ${what}`);

/** A number as protobuf writes it. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** What stands before the bytes of a field of such a length. */
export const lengthPrefix = (number: number, length: number): Buffer => Buffer.concat([varint(number * 8 + 2), varint(length)]);
