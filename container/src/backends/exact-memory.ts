import { exactWasm } from "./exact-wasm";
import type { Metric } from "./vector-index";

/**
 * How the shared memory of an exact index is laid out. Every thread that scans it sees the same
 * bytes: control words, the query, a score for each row, the rows.
 */
export interface Layout {
  readonly size: number;
  readonly metric: Metric;
  /** A row with its zeros, a multiple of 128. Bytes. */
  readonly rowBytes: number;
  /** Rows that a thread takes at a time. */
  readonly chunkRows: number;
  readonly scoresAt: number;
  readonly rowsAt: number;
  readonly totalBytes: number;
}

/** Places of the control words (int32). */
export const WAKE = 0; // counts the searches: helpers sleep on it
export const NEXT = 1; // the next chunk that nobody has taken
export const FINISHED = 2; // chunks whose scores are written: the host sleeps on it
export const STOP = 3;
export const QUERY_AT = 64;

const PAGE_BYTES = 65_536;
/** What WebAssembly can address: 2 million rows of 512. */
const MAX_BYTES = 2 ** 32;
/** About what a core's second-level cache holds; small enough that threads end together. */
const CHUNK_BYTES = 2 ** 19;

/** @throws Error if the index is larger than one memory. */
export function layoutOf(size: number, dimension: number, metric: Metric): Layout {
  const rowBytes = Math.ceil(dimension / 32) * 128;
  const scoresAt = QUERY_AT + rowBytes;
  const rowsAt = Math.ceil((scoresAt + 4 * size) / 64) * 64;
  const totalBytes = rowsAt + size * rowBytes;
  if (totalBytes > MAX_BYTES) {
    throw new Error(`${size} × ${dimension} values need ${(totalBytes / 2 ** 30).toFixed(1)} GiB; exact search holds 4 GiB. Build an IVF or HNSW index, or split the catalogue`);
  }
  const chunkRows = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  return { size, metric, rowBytes, chunkRows, scoresAt, rowsAt, totalBytes };
}

export function sharedMemory(layout: Layout): WebAssembly.Memory {
  const pages = Math.ceil(layout.totalBytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** Scores chunks that nobody has taken until there is none left; any number of threads may do so at once. */
export function scanner(memory: WebAssembly.Memory, layout: Layout): () => void {
  type Scan = (rows: number, count: number, rowBytes: number, query: number, scores: number) => void;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(exactWasm), { host: { memory } });
  const scan = exports[layout.metric] as Scan;
  const control = new Int32Array(memory.buffer, 0, 4);
  const { size, rowBytes, chunkRows, scoresAt, rowsAt } = layout;
  const chunks = Math.ceil(size / chunkRows);
  return () => {
    for (let chunk = Atomics.add(control, NEXT, 1); chunk < chunks; chunk = Atomics.add(control, NEXT, 1)) {
      const first = chunk * chunkRows;
      scan(rowsAt + first * rowBytes, Math.min(chunkRows, size - first), rowBytes, QUERY_AT, scoresAt + 4 * first);
      if (Atomics.add(control, FINISHED, 1) + 1 === chunks) Atomics.notify(control, FINISHED);
    }
  };
}
