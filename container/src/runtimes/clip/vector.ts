/** The vector at unit length, so that an inner product is a cosine. @throws Error for one that has no direction. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) throw new Error("the network's output has no direction: it is zero or not finite");
  return vector.map((value) => value / length);
}

/** Floats as JSON carries them: nine digits give every float32 back, and a double would show sixteen. */
export const toNumbers = (vector: Float32Array): number[] => Array.from(vector, (value) => Number(value.toPrecision(9)));

const ALIGNMENT = 64;

/**
 * NumPy's array file: a C-ordered float32 matrix, little-endian, version 1.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 * @param rows of the same length, at least one.
 */
export function npyMatrix(rows: readonly Float32Array[]): Uint8Array {
  const columns = rows[0]!.length;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${columns}), }`;
  const headBytes = Math.ceil((10 + description.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(headBytes + 4 * rows.length * columns);
  const view = new DataView(file.buffer);
  file.set([0x93, ...Buffer.from("NUMPY"), 1, 0]);
  view.setUint16(8, headBytes - 10, true);
  file.set(Buffer.from(`${description.padEnd(headBytes - 11)}\n`, "latin1"), 10);
  rows.forEach((row, place) => row.forEach((value, column) => view.setFloat32(headBytes + 4 * (place * columns + column), value, true)));
  return file;
}
