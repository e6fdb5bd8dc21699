/** The vector at unit length, so that an inner product is a cosine. @throws Error for one that has no direction. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) throw new Error("the network's output has no direction: it is zero or not finite");
  return vector.map((value) => value / length);
}

/** Floats as JSON carries them: nine digits give every float32 back, and a double would show sixteen. */
export const toNumbers = (vector: Float32Array): number[] => Array.from(vector, (value) => Number(value.toPrecision(9)));

/** Floats as bytes, little-endian as on every processor that onnxruntime runs on; in memory of their own. */
export const toBytes = (vector: Float32Array): Uint8Array => new Uint8Array(Float32Array.from(vector).buffer);
