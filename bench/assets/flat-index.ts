import { closeSync, openSync, writeSync } from "node:fs";

export const DIMENSION = 512;

/** Xorshift, below 1/16 either way: a million rows in seconds. */
export function fill(values: Float32Array, seed: number): Float32Array {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  for (let at = 0; at < values.length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[at] = state / 2 ** 31 / 16;
  }
  return values;
}

const BLOCK_ROWS = 10_000;

/** A file as FAISS writes an IndexFlatIP, of random rows. @param unit whether they have unit length; the arithmetic is the same. */
export function writeFlat(path: string, rows: number, { unit = false } = {}): void {
  const head = Buffer.alloc(45);
  head.write("IxFI", "latin1");
  head.writeInt32LE(DIMENSION, 4);
  head.writeBigInt64LE(BigInt(rows), 8);
  head.writeBigInt64LE(1n << 20n, 16);
  head.writeBigInt64LE(1n << 20n, 24);
  head.writeUInt8(1, 32);
  head.writeBigInt64LE(BigInt(rows * DIMENSION), 37);
  const out = openSync(path, "w");
  writeSync(out, head);
  const block = new Float32Array(BLOCK_ROWS * DIMENSION);
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    fill(block, 1 + row);
    if (unit) for (let at = 0; at < block.length; at += DIMENSION) toUnit(block.subarray(at, at + DIMENSION));
    writeSync(out, Buffer.from(block.buffer, 0, Math.min(BLOCK_ROWS, rows - row) * DIMENSION * 4));
  }
  closeSync(out);
}

function toUnit(row: Float32Array): void {
  const length = Math.hypot(...row);
  for (let at = 0; at < row.length; at += 1) row[at]! /= length;
}
