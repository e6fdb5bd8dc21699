import { Worker } from "node:worker_threads";
import { FINISHED, layoutOf, NEXT, QUERY_AT, scanner, sharedMemory, STOP, WAKE, type Layout } from "./exact-memory";
import { readIndexHeader, type IndexSource } from "./index-file";
import { threadFile } from "./thread-file";
import { topK } from "./top-k";
import { checkSearch, type Metric, type Neighbours, type VectorIndex } from "./vector-index";

export interface ExactOptions {
  /** Threads that scan, the calling one among them. */
  readonly threads: number;
  /** Told when a helping thread could not start: searches go on, more slowly. */
  readonly onHelperLost?: (reason: string) => void;
}

/**
 * Exhaustive search in WebAssembly SIMD: exact, no native library, one copy of the vectors shared by
 * all threads. A search blocks the calling thread, which scans too, until the last chunk is scored:
 * call it from a worker. Its limit is the bandwidth of memory.
 */
export class ExactIndex implements VectorIndex {
  readonly backend = "exact";
  readonly size: number;
  readonly metric: Metric;
  private readonly control: Int32Array;
  private readonly query: Float32Array;
  private readonly scores: Float32Array;
  private readonly scan: () => void;
  private readonly chunks: number;
  private readonly helpers: Worker[];

  private constructor(
    readonly dimension: number,
    memory: WebAssembly.Memory,
    layout: Layout,
    { threads, onHelperLost }: ExactOptions,
  ) {
    this.size = layout.size;
    this.metric = layout.metric;
    this.control = new Int32Array(memory.buffer, 0, 4);
    this.query = new Float32Array(memory.buffer, QUERY_AT, dimension);
    this.scores = new Float32Array(memory.buffer, layout.scoresAt, layout.size);
    this.scan = scanner(memory, layout);
    this.chunks = Math.ceil(layout.size / layout.chunkRows);
    const { file, execArgv } = threadFile("exact-helper");
    this.helpers = Array.from({ length: Math.min(threads, this.chunks) - 1 }, () => {
      const helper = new Worker(file, { workerData: { memory, layout }, execArgv: [...execArgv], name: "exact-search" });
      // The others take its chunks.
      helper.on("error", (error) => onHelperLost?.(error.message));
      helper.unref();
      return helper;
    });
  }

  /**
   * Loads a flat index from a FAISS file: read straight into its place, so memory never holds it twice.
   *
   * @throws Error if the file is not a flat index, or too large.
   */
  static open(source: IndexSource, options: ExactOptions): ExactIndex {
    const { kind, dimension, size, metric, dataOffset } = readIndexHeader(source);
    if (kind !== "flat") throw new Error(`exact search reads flat indexes; this one is ${kind}`);
    return ExactIndex.build({ dimension, size, metric }, options, (at, into) => source.read(dataOffset! + at, into));
  }

  /** An index over float32 rows that lie one after the other. */
  static of(rows: Float32Array, dimension: number, metric: Metric, options: ExactOptions): ExactIndex {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    return ExactIndex.build({ dimension, size: rows.length / dimension, metric }, options, (at, into) => into.set(bytes.subarray(at, at + into.length)));
  }

  private static build(
    { dimension, size, metric }: { dimension: number; size: number; metric: Metric },
    options: ExactOptions,
    read: (offset: number, into: Uint8Array) => void,
  ): ExactIndex {
    const layout = layoutOf(size, dimension, metric);
    const memory = sharedMemory(layout);
    const packedBytes = dimension * 4;
    if (packedBytes === layout.rowBytes) {
      read(0, new Uint8Array(memory.buffer, layout.rowsAt, size * packedBytes));
    } else {
      for (let row = 0; row < size; row += 1) read(row * packedBytes, new Uint8Array(memory.buffer, layout.rowsAt + row * layout.rowBytes, packedBytes));
    }
    return new ExactIndex(dimension, memory, layout, options);
  }

  async search(query: Float32Array, k: number): Promise<Neighbours> {
    checkSearch(this, query, k);
    const { control } = this;
    this.query.set(query);
    Atomics.store(control, FINISHED, 0);
    // From here on a helper that is awake may take chunks: the query must stand before.
    Atomics.store(control, NEXT, 0);
    Atomics.add(control, WAKE, 1);
    Atomics.notify(control, WAKE);
    this.scan();
    for (let finished = Atomics.load(control, FINISHED); finished < this.chunks; finished = Atomics.load(control, FINISHED)) {
      Atomics.wait(control, FINISHED, finished, 1);
    }
    return topK(this.scores, k, this.metric);
  }

  async close(): Promise<void> {
    Atomics.store(this.control, STOP, 1);
    Atomics.add(this.control, WAKE, 1);
    Atomics.notify(this.control, WAKE);
    await Promise.all(this.helpers.map((helper) => helper.terminate()));
  }
}
