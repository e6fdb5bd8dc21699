import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { messageOf, RequestError, StartError } from "../failure";
import type { Answer } from "../runtimes/wire";
import type { Log } from "./log";
import type { FromWorker, Refusal, ToWorker, WorkerStart } from "./protocol";

/** Something that computes requests, one batch at a time. */
export interface Engine<Request = unknown> {
  /** `restarting`: it was ready before, and will be again. */
  readonly state: "loading" | "ready" | "restarting" | "stopped";
  /** Settles when the engine can take a batch; never rejects. */
  whenReady(): Promise<void>;
  /** @throws RequestError `runtime-failed`, where the model failed on the batch and not on one request of it. */
  infer(requests: readonly Request[]): Promise<Computed>;
  stop(): Promise<void>;
}

export interface Computed {
  /** To each request in its order: its answer, or what the model has against it. */
  readonly outcomes: readonly (Answer | RequestError)[];
  readonly inferenceMs: number;
}

export interface WorkerEngineOptions<Request> {
  readonly workerFile: string;
  readonly start: WorkerStart;
  readonly log: Log;
  /** A batch as it crosses to the thread, and the memory that goes with it. */
  readonly handOver?: (requests: readonly Request[]) => { readonly requests: readonly Request[]; readonly transfer: ArrayBuffer[] };
  /** The model cannot be served at all; nothing will become ready. */
  readonly onFatal: (error: StartError) => void;
}

/** A worker that dies this often without having answered once in between is not started again. */
const MAX_FRUITLESS_STARTS = 3;

interface Pending {
  readonly resolve: (computed: Computed) => void;
  readonly reject: (error: RequestError) => void;
}

/** Runs the model in a worker thread, and starts another when the thread dies. */
export class WorkerEngine<Request = unknown> implements Engine<Request> {
  private worker: Worker;
  private exited = false;
  private pending: Pending | undefined;
  private fruitlessStarts = 0;
  private stopping = false;
  private current: Engine["state"] = "loading";
  private readonly waitingForReady: (() => void)[] = [];

  constructor(private readonly options: WorkerEngineOptions<Request>) {
    this.worker = this.launch();
  }

  get state(): Engine["state"] {
    return this.current;
  }

  whenReady(): Promise<void> {
    if (this.current === "ready") return Promise.resolve();
    return new Promise((resolve) => this.waitingForReady.push(resolve));
  }

  infer(batch: readonly Request[]): Promise<Computed> {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      const { requests, transfer } = this.options.handOver?.(batch) ?? { requests: batch, transfer: [] };
      this.tell({ type: "infer", requests }, transfer);
    });
  }

  /** Settles when the worker has ended by itself, after the native call it may be in. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.current = "stopped";
    if (this.exited) return;
    const exit = once(this.worker, "exit");
    this.tell({ type: "stop" });
    await exit;
  }

  private tell(message: ToWorker<Request>, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private launch(): Worker {
    this.fruitlessStarts += 1;
    this.exited = false;
    const worker = new Worker(this.options.workerFile, { workerData: this.options.start, name: "inference" });
    worker.on("message", (message: FromWorker) => this.receive(message));
    worker.on("error", (error) => this.options.log.error({ event: "worker-error", error: messageOf(error) }));
    worker.on("exit", (exitCode) => this.afterExit(exitCode));
    return worker;
  }

  private receive(message: FromWorker): void {
    if (this.stopping) return;
    switch (message.type) {
      case "ready":
        this.current = "ready";
        this.options.log.info({ event: "ready", verifyMs: round(message.verifyMs), loadMs: round(message.loadMs) });
        for (const resolve of this.waitingForReady.splice(0)) resolve();
        return;
      case "cannotStart":
        this.stopping = true;
        this.current = "stopped";
        this.options.onFatal(new StartError(message.code, message.message));
        return;
      case "log":
        this.options.log.info(message.line);
        return;
      case "answer":
        this.fruitlessStarts = 0;
        this.settle((pending) => pending.resolve({ outcomes: message.outcomes.map(outcomeOf), inferenceMs: message.inferenceMs }));
        return;
      case "failure":
        this.fruitlessStarts = 0;
        this.settle((pending) => pending.reject(failed(message.message)));
        return;
    }
  }

  private settle(how: (pending: Pending) => void): void {
    const pending = this.pending;
    this.pending = undefined;
    if (pending) how(pending);
  }

  private afterExit(exitCode: number): void {
    this.exited = true;
    if (this.stopping) return;
    if (this.current === "ready") this.current = "restarting";
    this.options.log.error({ event: "worker-exited", exitCode });
    this.settle((pending) => pending.reject(failed("the inference worker stopped while it held this request")));
    if (this.fruitlessStarts >= MAX_FRUITLESS_STARTS) {
      this.options.onFatal(new StartError("worker-keeps-failing", `the inference worker stopped ${this.fruitlessStarts} times without an answer`));
    } else {
      this.worker = this.launch();
    }
  }
}

const outcomeOf = (outcome: Answer | Refusal): Answer | RequestError =>
  typeof outcome === "string" || outcome instanceof Uint8Array ? outcome : new RequestError(outcome.code, outcome.message, outcome.path);
const failed = (message: string): RequestError => new RequestError("runtime-failed", `the model failed: ${message}`);
const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
