import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Metric } from "./vector-index";

/** Bytes of an index, wherever they lie. */
export interface IndexSource {
  readonly byteLength: number;
  /** Fills `into` from `offset` on. @throws Error if the bytes end before. */
  read(offset: number, into: Uint8Array): void;
  close(): void;
}

/** What the head of a FAISS file says. */
export interface IndexHeader {
  /** `flat` is scanned whole and exact; `ivf` looks into lists near the query; `hnsw` walks a graph; `pq` is scanned whole in compressed form. */
  readonly kind: "flat" | "ivf" | "hnsw" | "pq";
  readonly dimension: number;
  readonly size: number;
  readonly metric: Metric;
  /** `flat`: where the float32 rows start. Bytes. */
  readonly dataOffset?: number;
  /** `ivf`: lists visited (nprobe); `hnsw`: candidates held (efSearch). What the file carries, and where. */
  readonly searchWidth?: { readonly value: number; readonly offset: number; readonly bytes: 4 | 8 };
}

/** Serialised class of an index, by the four characters it starts with (faiss/impl/index_write.cpp). */
const kinds: { readonly [fourcc: string]: IndexHeader["kind"] } = {
  IxFI: "flat", // IndexFlatIP
  IxF2: "flat", // IndexFlatL2
  IxFl: "flat", // IndexFlat, any metric
  IwFl: "ivf", // IndexIVFFlat
  IwPQ: "ivf", // IndexIVFPQ
  IwSq: "ivf", // IndexIVFScalarQuantizer
  IHNf: "hnsw", // IndexHNSWFlat
  IHNp: "hnsw", // IndexHNSWPQ
  IHNs: "hnsw", // IndexHNSWSQ
  IxPq: "pq", // IndexPQ
};

/** fourcc 4, d 4, ntotal 8, two unused 8, is_trained 1, metric 4. */
const HEADER_BYTES = 37;
/** METRIC_INNER_PRODUCT and METRIC_L2 of faiss/MetricType.h. */
const metrics: { readonly [code: number]: Metric } = { 0: "innerProduct", 1: "squaredDistance" };
const MAX_DIMENSION = 65_536;

/**
 * Reads the head of a file that FAISS wrote (1.7 and later; checked with 1.7.3). Every length is held
 * against the file before it is believed.
 *
 * @throws Error saying what is not as it should be.
 */
export function readIndexHeader(source: IndexSource): IndexHeader {
  const head = bytesAt(source, 0, HEADER_BYTES, "the header");
  const fourcc = head.toString("latin1", 0, 4);
  const kind = kinds[fourcc];
  if (kind === undefined) {
    throw damaged(`it starts with ${JSON.stringify(fourcc)}; known are ${Object.keys(kinds).join(", ")}. Unwrap an IndexIDMap or IndexPreTransform before saving`);
  }
  const dimension = head.readInt32LE(4);
  if (dimension < 1 || dimension > MAX_DIMENSION) throw damaged(`its vectors have ${dimension} values`);
  const size = count(head.readBigInt64LE(8), "the number of its vectors");
  if (size < 1) throw damaged("it holds no vectors");
  if (head[32] !== 1) throw damaged("it was not trained");
  const metric = metrics[head.readInt32LE(33)];
  if (metric === undefined) throw damaged(`its metric is number ${head.readInt32LE(33)}; inner product (0) and L2 (1) are read`);

  const common = { kind, dimension, size, metric };
  if (kind === "flat") return { ...common, dataOffset: flatData(source, dimension, size) };
  if (kind === "pq") return common;
  return { ...common, searchWidth: kind === "ivf" ? listsVisited(source) : candidatesHeld(source) };
}

/** Rows follow as one vector of floats: their number as u64, then they, to the end of the file. */
function flatData(source: IndexSource, dimension: number, size: number): number {
  const floats = count(bytesAt(source, HEADER_BYTES, 8, "the number of its floats").readBigInt64LE(), "the number of its floats");
  if (floats !== dimension * size) throw damaged(`it announces ${size} × ${dimension} values and holds ${floats}`);
  const offset = HEADER_BYTES + 8;
  if (source.byteLength !== offset + 4 * floats) throw damaged(`it should be ${offset + 4 * floats} bytes long and is ${source.byteLength}`);
  return offset;
}

/** nlist u64, nprobe u64. */
function listsVisited(source: IndexSource): IndexHeader["searchWidth"] {
  const both = bytesAt(source, HEADER_BYTES, 16, "nprobe");
  const lists = count(both.readBigInt64LE(0), "nlist");
  const value = count(both.readBigInt64LE(8), "nprobe");
  if (lists < 1 || value < 1) throw damaged(`it has ${lists} lists, of which it visits ${value}`);
  return { value, offset: HEADER_BYTES + 8, bytes: 8 };
}

/** Five vectors, each its length as u64 and elements of so many bytes; entry_point and max_level; efConstruction; efSearch. */
function candidatesHeld(source: IndexSource): IndexHeader["searchWidth"] {
  let offset = HEADER_BYTES;
  for (const elementBytes of [8, 4, 4, 8, 4]) {
    const elements = count(bytesAt(source, offset, 8, "its graph").readBigInt64LE(), "a length in its graph");
    offset += 8 + elements * elementBytes;
    if (offset > source.byteLength) throw damaged(`its graph should reach byte ${offset}; the file ends at ${source.byteLength}`);
  }
  offset += 12;
  const value = bytesAt(source, offset, 4, "efSearch").readInt32LE();
  if (value < 1) throw damaged(`its efSearch is ${value}`);
  return { value, offset, bytes: 4 };
}

/** Bytes to write at `searchWidth.offset` so that the index searches as wide as asked. */
export function searchWidthBytes(header: IndexHeader, width: number): Buffer {
  if (!Number.isSafeInteger(width) || width < 1 || width > 0x7fffffff) throw new RangeError(`a search width of ${width} makes no sense; write a whole number from 1`);
  if (header.searchWidth === undefined) throw new RangeError(`a ${header.kind} index is always searched whole; it has no search width`);
  const bytes = Buffer.alloc(header.searchWidth.bytes);
  bytes.writeUInt32LE(width);
  return bytes;
}

/** An index in a file. */
export function fileSource(path: string): IndexSource {
  const file = openSync(path, "r");
  return {
    byteLength: fstatSync(file).size,
    read(offset, into) {
      for (let filled = 0; filled < into.length; ) {
        // One read takes at most 2 GiB.
        const got = readSync(file, into, filled, Math.min(into.length - filled, 2 ** 30), offset + filled);
        if (got === 0) throw damaged(`it ends at byte ${offset + filled}`);
        filled += got;
      }
    },
    close: () => closeSync(file),
  };
}

/** An index that is in memory already. */
export function bytesSource(bytes: Uint8Array): IndexSource {
  return {
    byteLength: bytes.length,
    read(offset, into) {
      if (offset + into.length > bytes.length) throw damaged(`it ends at byte ${bytes.length}`);
      into.set(bytes.subarray(offset, offset + into.length));
    },
    close: () => undefined,
  };
}

function bytesAt(source: IndexSource, offset: number, length: number, what: string): Buffer {
  if (offset + length > source.byteLength) throw damaged(`it ends before ${what}`);
  const bytes = Buffer.alloc(length);
  source.read(offset, bytes);
  return bytes;
}

function count(value: bigint, what: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`${what} is ${value}`);
  return Number(value);
}

const damaged = (what: string): Error => new Error(`not a FAISS index that can be read: ${what}`);
