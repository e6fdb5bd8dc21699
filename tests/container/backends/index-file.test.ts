import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource, readIndexHeader, searchWidthBytes } from "../../../container/src/backends/index-file";
import { flatFile, unitRows } from "./vectors";

const header = (bytes: Uint8Array) => readIndexHeader(bytesSource(bytes));
const flat = flatFile(unitRows(3, 4, 1), 4);
const edited = (edit: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(flat);
  edit(bytes);
  return bytes;
};

/** The head of an IVF file as FAISS writes it: nlist and nprobe follow the common header. */
const ivf = (lists: bigint, visited: bigint): Buffer => {
  const bytes = Buffer.concat([flat.subarray(0, 37), Buffer.alloc(64)]);
  bytes.write("IwFl", "latin1");
  bytes.writeBigInt64LE(lists, 37);
  bytes.writeBigInt64LE(visited, 45);
  return bytes;
};

/** The head of an HNSW file: five vectors, two ints, then efConstruction and efSearch. */
const hnsw = (lengths: bigint[], efSearch: number): Buffer => {
  const widths = [8, 4, 4, 8, 4];
  const vectors = lengths.map((length, at) => {
    const bytes = Buffer.alloc(8 + (length < 1000n && length >= 0n ? Number(length) * widths[at]! : 0));
    bytes.writeBigInt64LE(length);
    return bytes;
  });
  const tail = Buffer.alloc(20);
  tail.writeInt32LE(40, 8);
  tail.writeInt32LE(efSearch, 12);
  const bytes = Buffer.concat([flat.subarray(0, 37), ...vectors, tail]);
  bytes.write("IHNf", "latin1");
  return bytes;
};

describe("index file", () => {
  it("is read for both metrics", () => {
    assert.deepEqual(header(flat), { kind: "flat", dimension: 4, size: 3, metric: "innerProduct", dataOffset: 45 });
    assert.equal(header(flatFile(unitRows(3, 4, 1), 4, "squaredDistance")).metric, "squaredDistance");
  });

  it("tells where an approximate index keeps its search width", () => {
    assert.deepEqual(header(ivf(100n, 7n)).searchWidth, { value: 7, offset: 45, bytes: 8 });
    const graph = hnsw([3n, 4n, 5n, 6n, 7n], 16);
    const { searchWidth } = header(graph);
    assert.deepEqual(searchWidth, { value: 16, offset: 37 + 40 + 24 + 16 + 20 + 48 + 28 + 12, bytes: 4 });
    searchWidthBytes(header(graph), 200).copy(graph, searchWidth.offset);
    assert.equal(header(graph).searchWidth!.value, 200);
  });

  it("takes no search width that makes no sense", () => {
    for (const width of [0, -1, 1.5, NaN, 2 ** 31]) assert.throws(() => searchWidthBytes(header(ivf(100n, 7n)), width), RangeError);
    assert.throws(() => searchWidthBytes(header(flat), 5), /flat index is always searched whole/);
  });

  const refused: [string, Buffer, RegExp][] = [
    ["nothing", Buffer.alloc(0), /ends before the header/],
    ["another file", Buffer.from("PK\x03\x04".padEnd(99)), /starts with "PK\\u0003\\u0004"; known are IxFI/],
    ["an id map", edited((bytes) => bytes.write("IxMp", "latin1")), /Unwrap an IndexIDMap/],
    ["no dimension", edited((bytes) => bytes.writeInt32LE(0, 4)), /vectors have 0 values/],
    ["a negative dimension", edited((bytes) => bytes.writeInt32LE(-4, 4)), /vectors have -4 values/],
    ["a vast dimension", edited((bytes) => bytes.writeInt32LE(0x7fffffff, 4)), /vectors have 2147483647 values/],
    ["a negative count", edited((bytes) => bytes.writeBigInt64LE(-1n, 8)), /number of its vectors is -1/],
    ["a vast count", edited((bytes) => bytes.writeBigInt64LE(2n ** 62n, 8)), /number of its vectors is 4611686018427387904/],
    ["no vectors", edited((bytes) => bytes.writeBigInt64LE(0n, 8)), /holds no vectors/],
    ["untrained", edited((bytes) => bytes.writeUInt8(0, 32)), /not trained/],
    ["another metric", edited((bytes) => bytes.writeInt32LE(23, 33)), /metric is number 23/],
    ["another length", edited((bytes) => bytes.writeBigInt64LE(13n, 37)), /announces 3 × 4 values and holds 13/],
    ["a cut", flat.subarray(0, flat.length - 1), /should be 93 bytes long and is 92/],
    ["something behind", Buffer.concat([flat, Buffer.alloc(1)]), /should be 93 bytes long and is 94/],
    ["no lists", ivf(0n, 1n), /has 0 lists/],
    ["a graph beyond the end", hnsw([3n, 4n, 5n, 6n, 70_000n], 16), /should reach byte/],
    ["a graph of negative length", hnsw([3n, -4n, 5n, 6n, 7n], 16), /length in its graph is -4/],
    ["a graph without candidates", hnsw([3n, 4n, 5n, 6n, 7n], 0), /efSearch is 0/],
  ];
  for (const [name, bytes, message] of refused) it(`is refused: ${name}`, () => assert.throws(() => header(bytes), message));

  it("gives an error or a header for any bytes, never anything else", () => {
    const seeds = [flat, ivf(100n, 7n), hnsw([3n, 4n, 5n, 6n, 7n], 16)];
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(110), fc.nat(255)), { maxLength: 8 }), fc.nat(110), (seed, edits, length) => {
        const bytes = Buffer.from(seed.subarray(0, length));
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          const { dimension, size, dataOffset } = header(bytes);
          if (dataOffset !== undefined) assert.equal(dataOffset + 4 * dimension * size, bytes.length);
        } catch (error) {
          assert.match((error as Error).message, /^not a FAISS index that can be read: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
