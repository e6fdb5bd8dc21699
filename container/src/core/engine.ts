import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { messageOf, RequestError, StartError } from "../failure";
import type { Log } from "./log";
import type { FromWorker, ToWorker, WorkerStart } from "./protocol";

/** Something that does work, one piece at a time. */
export interface Engine<Work = unknown> {
  /** `restarting`: it was ready before, and will be again. */
  readonly state: "loading" | "ready" | "restarting" | "stopped";
  /** Settles when the engine can take a request; never rejects. */
  whenReady(): Promise<void>;
  /** @throws RequestError what the model has against the work, or `runtime-failed`. */
  infer(work: Work): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  /** JSON text, or bytes of the type that was asked for. */
  readonly response: string | Uint8Array;
  readonly inferenceMs: number;
}

export interface WorkerEngineOptions<Work> {
  readonly workerFile: string;
  readonly start: WorkerStart;
  readonly log: Log;
  /** Work as it crosses to the thread, and the memory that goes with it. */
  readonly handOver?: (work: Work) => { readonly work: Work; readonly transfer: ArrayBuffer[] };
  /** The model cannot be served at all; nothing will become ready. */
  readonly onFatal: (error: StartError) => void;
}

/** A worker that dies this often without having answered once in between is not started again. */
const MAX_FRUITLESS_STARTS = 3;

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: RequestError) => void;
}

/** Runs the model in a worker thread, and starts another when the thread dies. */
export class WorkerEngine<Work = unknown> implements Engine<Work> {
  private worker: Worker;
  private exited = false;
  private pending: Pending | undefined;
  private fruitlessStarts = 0;
  private stopping = false;
  private current: Engine["state"] = "loading";
  private readonly waitingForReady: (() => void)[] = [];

  constructor(private readonly options: WorkerEngineOptions<Work>) {
    this.worker = this.launch();
  }

  get state(): Engine["state"] {
    return this.current;
  }

  whenReady(): Promise<void> {
    if (this.current === "ready") return Promise.resolve();
    return new Promise((resolve) => this.waitingForReady.push(resolve));
  }

  infer(work: Work): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      const crossing = this.options.handOver?.(work) ?? { work, transfer: [] };
      this.tell({ type: "infer", request: crossing.work }, crossing.transfer);
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

  private tell(message: ToWorker<Work>, transfer: ArrayBuffer[] = []): void {
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
        this.settle((pending) => pending.resolve({ response: message.response, inferenceMs: message.inferenceMs }));
        return;
      case "failure":
        this.fruitlessStarts = 0;
        this.settle((pending) => pending.reject(message.code === undefined ? failed(message.message) : new RequestError(message.code, message.message, message.path)));
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

const failed = (message: string): RequestError => new RequestError("runtime-failed", `the model failed: ${message}`);
const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
