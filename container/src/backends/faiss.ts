import { fork, type ChildProcess } from "node:child_process";
import type { FaissQuery, FaissStart, FromFaiss } from "./faiss-protocol";
import type { IndexHeader } from "./index-file";
import { threadFile, type ThreadFile } from "./thread-file";
import { checkSearch, type Metric, type Neighbours, type VectorIndex } from "./vector-index";

export interface FaissOptions {
  /** Told when the process that holds FAISS ended by itself, and whether another is started. */
  readonly onCrash?: (crash: { readonly reason: string; readonly restarting: boolean }) => void;
  /** The process to start. Default `faiss-child`; the tests give one that dies. */
  readonly entry?: ThreadFile;
  /** Called when no process reads the file any more. */
  readonly onClosed?: () => void;
}

/** A process that dies so often without an answer in between is not started again. */
const MAX_FRUITLESS_STARTS = 3;
/** A query that was in flight when the process died is asked once more, then it fails. */
const MAX_ATTEMPTS = 2;

interface Call {
  readonly query: Float32Array;
  readonly k: number;
  readonly resolve: (found: Neighbours) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
}

/**
 * Any index that FAISS can read, searched by faiss-node in a process of its own: what FAISS does on
 * an error is to end its process, and from a thread that would be the server.
 */
export class FaissIndex implements VectorIndex {
  readonly backend = "faiss";
  readonly dimension: number;
  readonly size: number;
  readonly metric: Metric;
  private child: ChildProcess | undefined;
  private ready = false;
  private readyBefore = false;
  private closing = false;
  /** Set when no process will be started again. */
  private lost: Error | undefined;
  private fruitlessStarts = 0;
  private lastCall = 0;
  private readonly calls = new Map<number, Call>();

  private constructor(
    private readonly file: string,
    { dimension, size, metric }: Pick<IndexHeader, "dimension" | "size" | "metric">,
    private readonly options: FaissOptions,
  ) {
    this.dimension = dimension;
    this.size = size;
    this.metric = metric;
  }

  /**
   * Starts the process and loads the index.
   *
   * @param header what the file says of itself, from `readIndexHeader`.
   * @throws Error if faiss-node cannot be loaded, or FAISS refuses the file; it says which.
   */
  static async open(file: string, header: Pick<IndexHeader, "dimension" | "size" | "metric">, options: FaissOptions = {}): Promise<FaissIndex> {
    const index = new FaissIndex(file, header, options);
    try {
      await new Promise<void>((resolve, reject) => index.launch(resolve, reject));
    } catch (error) {
      options.onClosed?.();
      throw error;
    }
    return index;
  }

  async search(query: Float32Array, k: number): Promise<Neighbours> {
    checkSearch(this, query, k);
    if (this.closing) throw new Error("the index is closed");
    if (this.lost) throw this.lost;
    return new Promise((resolve, reject) => {
      const call = (this.lastCall += 1);
      // FAISS throws for a k above what it holds.
      this.calls.set(call, { query, k: Math.min(k, this.size), resolve, reject, attempts: 0 });
      if (this.ready) this.ask(call);
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    this.fail(new Error("the index was closed"));
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    this.options.onClosed?.();
  }

  /** The process that holds FAISS, for the log and the tests. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  private launch(onReady?: () => void, onFailure?: (error: Error) => void): void {
    this.fruitlessStarts += 1;
    const { file, execArgv } = this.options.entry ?? threadFile("faiss-child");
    const start: FaissStart = { file: this.file };
    const child = fork(file, [JSON.stringify(start)], {
      execArgv: [...execArgv],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Read when the addon is loaded. A single query uses one core whatever is set; more threads would only spin.
      env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    });
    this.child = child;
    let refused: string | undefined;
    child.on("message", (message: FromFaiss) => {
      if (message.type === "ready") {
        if (message.dimension !== this.dimension || message.size !== this.size) {
          refused = `FAISS reads ${message.size} × ${message.dimension} values where the file announces ${this.size} × ${this.dimension}`;
          child.disconnect();
          return;
        }
        this.ready = this.readyBefore = true;
        onReady?.();
        for (const call of this.calls.keys()) this.ask(call);
      } else if (message.type === "cannotStart") {
        refused = message.message;
        child.disconnect();
      } else this.settle(message);
    });
    child.on("error", (error) => {
      refused ??= error.message;
    });
    child.once("exit", (code, signal) => {
      this.ready = false;
      if (this.closing) return;
      const reason = refused ?? (signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
      this.ended(reason, refused !== undefined, onFailure);
    });
  }

  private ended(reason: string, refused: boolean, onFailure?: (error: Error) => void): void {
    const restarting = this.readyBefore && !refused && this.fruitlessStarts < MAX_FRUITLESS_STARTS;
    if (!restarting) this.lost = new Error(`the FAISS process cannot serve the index: ${reason}`);
    if (this.readyBefore) this.options.onCrash?.({ reason, restarting });
    else onFailure?.(this.lost!);
    if (!restarting) return this.fail(this.lost!);
    for (const [id, call] of this.calls) {
      if (call.attempts < MAX_ATTEMPTS) continue;
      this.calls.delete(id);
      call.reject(new Error(`the FAISS process died twice while it held this query: ${reason}`));
    }
    this.launch();
  }

  private ask(id: number): void {
    const call = this.calls.get(id)!;
    call.attempts += 1;
    const message: FaissQuery = { call: id, query: call.query, k: call.k };
    // A process that is gone already says so by `exit`, which asks again.
    this.child!.send(message, () => undefined);
  }

  private settle(message: Extract<FromFaiss, { call: number }>): void {
    const call = this.calls.get(message.call);
    if (call === undefined) return;
    this.calls.delete(message.call);
    this.fruitlessStarts = 0;
    if (message.type === "found") call.resolve({ ids: message.ids, scores: message.scores });
    else call.reject(new Error(`FAISS: ${message.message}`));
  }

  private fail(error: Error): void {
    for (const call of this.calls.values()) call.reject(error);
    this.calls.clear();
  }
}
