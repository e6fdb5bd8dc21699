import { mulberry32 } from "../clip/strings";

/** Rows of float32, unit length, the same on every machine. */
export function unitRows(rows: number, dimension: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  const data = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row += 1) {
    let length = 0;
    for (let at = row * dimension; at < (row + 1) * dimension; at += 1) {
      data[at] = random() + random() + random() - 1.5;
      length += data[at]! ** 2;
    }
    for (let at = row * dimension; at < (row + 1) * dimension; at += 1) data[at]! /= Math.sqrt(length);
  }
  return data;
}

/** The bytes of a flat index as FAISS writes them. */
export function flatFile(rows: Float32Array, dimension: number, metric: "innerProduct" | "squaredDistance" = "innerProduct"): Buffer {
  const head = Buffer.alloc(45);
  head.write(metric === "innerProduct" ? "IxFI" : "IxF2", "latin1");
  head.writeInt32LE(dimension, 4);
  head.writeBigInt64LE(BigInt(rows.length / dimension), 8);
  head.writeBigInt64LE(1n << 20n, 16);
  head.writeBigInt64LE(1n << 20n, 24);
  head.writeUInt8(1, 32);
  head.writeInt32LE(metric === "innerProduct" ? 0 : 1, 33);
  head.writeBigInt64LE(BigInt(rows.length), 37);
  return Buffer.concat([head, Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength)]);
}

/** The k nearest rows by the plainest code there is, in double precision. */
export function bruteForce(rows: Float32Array, query: Float32Array, k: number, metric: "innerProduct" | "squaredDistance" = "innerProduct"): { ids: number[]; scores: number[] } {
  const dimension = query.length;
  const scores = Array.from({ length: rows.length / dimension }, (_, row) => {
    let sum = 0;
    for (let at = 0; at < dimension; at += 1) {
      const value = rows[row * dimension + at]!;
      sum += metric === "innerProduct" ? value * query[at]! : (value - query[at]!) ** 2;
    }
    return sum;
  });
  const sign = metric === "innerProduct" ? -1 : 1;
  const ids = scores.map((_, row) => row).sort((a, b) => sign * (scores[a]! - scores[b]!) || a - b).slice(0, k);
  return { ids, scores: ids.map((id) => scores[id]!) };
}
