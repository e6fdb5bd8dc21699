import type { Answer, Engine } from "./engine";
import { RequestError } from "../failure";

export interface DispatcherOptions {
  /** Requests that may wait beside the one that is computed. One more is answered `overloaded`. */
  readonly places: number;
  /** From arrival to answer. */
  readonly timeoutMs: number;
}

export interface Dispatched extends Answer {
  readonly queueMs: number;
}

interface Job<Work> {
  readonly work: Work;
  readonly arrivedAt: number;
  readonly resolve: (answer: Dispatched) => void;
  readonly reject: (error: RequestError) => void;
}

const RETRY_AFTER = { "retry-after": "1" };
/** A computation that has run this many deadlines long is stuck: health says so and the platform replaces the container. */
const STUCK_AFTER_DEADLINES = 2;

/** Admission and queue in front of an engine: first come, first served, one at a time. */
export class Dispatcher<Work> {
  private readonly waiting: Job<Work>[] = [];
  private busy = false;
  private computingSince: number | undefined;
  private draining = false;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly engine: Engine<Work>,
    private readonly options: DispatcherOptions,
  ) {}

  /** Whether a load balancer should send requests here. */
  get healthy(): boolean {
    const stuck = this.computingSince !== undefined && performance.now() - this.computingSince > STUCK_AFTER_DEADLINES * this.options.timeoutMs;
    return this.engine.state === "ready" && !this.draining && !stuck;
  }

  /**
   * Computes work in its turn.
   *
   * @param signal the caller is gone: a request that still waits is dropped.
   * @throws RequestError `model-not-ready`, `draining`, `overloaded`, `deadline-exceeded`, `caller-gone` or `runtime-failed`.
   */
  submit(work: Work, signal?: AbortSignal): Promise<Dispatched> {
    if (this.draining) return Promise.reject(new RequestError("draining", "the server is shutting down", undefined, RETRY_AFTER));
    if (this.engine.state === "loading") return Promise.reject(new RequestError("model-not-ready", "the model is still loading", undefined, RETRY_AFTER));
    if (this.waiting.length >= this.options.places) {
      const message = `all ${this.options.places} places of the queue are taken`;
      return Promise.reject(new RequestError("overloaded", message, undefined, RETRY_AFTER));
    }
    return new Promise((resolve, reject) => {
      const job: Job<Work> = { work, arrivedAt: performance.now(), resolve: (answer) => settle(resolve, answer), reject: (error) => settle(reject, error) };
      const timer = setTimeout(() => this.giveUp(job, late(this.options.timeoutMs)), this.options.timeoutMs);
      const leave = (): void => this.giveUp(job, new RequestError("caller-gone", "the caller closed the connection before the answer"));
      const settle = <T>(how: (value: T) => void, value: T): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", leave);
        how(value); // a promise settles once: the later of deadline and answer changes nothing
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.waiting.push(job);
      void this.pump();
    });
  }

  /** Takes nothing more; settles when everything that was admitted has been answered. */
  drain(): Promise<void> {
    this.draining = true;
    if (!this.busy && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private giveUp(job: Job<Work>, error: RequestError): void {
    const index = this.waiting.indexOf(job);
    if (index >= 0) this.waiting.splice(index, 1);
    job.reject(error);
    this.announceIdle();
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length > 0) {
      if (this.engine.state !== "ready") await this.engine.whenReady();
      const job = this.waiting.shift();
      if (job) await this.compute(job);
    }
    this.busy = false;
    this.announceIdle();
  }

  private async compute(job: Job<Work>): Promise<void> {
    const began = performance.now();
    this.computingSince = began;
    try {
      const answer = await this.engine.infer(job.work);
      job.resolve({ ...answer, queueMs: began - job.arrivedAt });
    } catch (error) {
      job.reject(error as RequestError);
    } finally {
      this.computingSince = undefined;
    }
  }

  private announceIdle(): void {
    if (!this.busy && this.waiting.length === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

const late = (timeoutMs: number): RequestError => new RequestError("deadline-exceeded", `no answer within ${timeoutMs / 1000} s`);
