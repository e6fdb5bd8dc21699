const ALIGNMENT = 64;

/**
 * NumPy's array file: a C-ordered float32 matrix, little-endian, version 1.0
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 * @param rows little-endian floats, all of one length, at least one row.
 */
export function npyMatrix(rows: readonly Uint8Array[]): Uint8Array {
  const rowBytes = rows[0]!.byteLength;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${rowBytes / 4}), }`;
  const headBytes = Math.ceil((10 + description.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(headBytes + rows.length * rowBytes);
  file.set([0x93, ...Buffer.from("NUMPY"), 1, 0]);
  new DataView(file.buffer).setUint16(8, headBytes - 10, true);
  file.set(Buffer.from(`${description.padEnd(headBytes - 11)}\n`, "latin1"), 10);
  rows.forEach((row, place) => file.set(row, headBytes + place * rowBytes));
  return file;
}
