import { RequestError } from "../failure";
import type { Answer } from "../runtimes/wire";
import { type Backlog, type BatchLimits, countOf, joined, nextBatch, type Waiting, without } from "./batching";
import type { Engine } from "./engine";
import { Pace } from "./pace";

export interface DispatcherOptions<Request> {
  /** Calls that may wait beside those that are computed. One more is answered `overloaded`. */
  readonly places: number;
  /** From arrival to answer. */
  readonly timeoutMs: number;
  /** What can be computed together. Default: everything. */
  readonly kindOf?: (request: Request) => string;
  /** What goes to the model with a request. Default: nothing. */
  readonly bytesOf?: (request: Request) => number;
  /** How many of a kind are computed together. Default: one. */
  readonly limitsOf?: (kind: string) => BatchLimits;
}

export interface Dispatched {
  readonly response: Answer;
  readonly queueMs: number;
  /** Of the whole batch. */
  readonly inferenceMs: number;
  /** Requests that were computed together, this one among them. */
  readonly batchSize: number;
}

/** Says once that a caller has left; an AbortSignal is one. */
export interface Leaving {
  addEventListener(type: "abort", leave: () => void): void;
  removeEventListener(type: "abort", leave: () => void): void;
}

export interface SubmitOptions {
  /** The caller is gone: what still waits is dropped. */
  readonly signal?: Leaving;
  /** Whether the first request that fails takes the others of the call along. */
  readonly allOrNone?: boolean;
}

/** What one caller asked at once: it has one place, one deadline, and one caller who may go away. */
interface Call<Request> {
  readonly jobs: Job<Request>[];
  /** Requests of it that wait. */
  waiting: number;
  /** Requests of it without an outcome. */
  open: number;
  readonly allOrNone: boolean;
  /** Lets go of deadline and caller. */
  readonly close: () => void;
}

interface Job<Request> extends Waiting {
  readonly request: Request;
  readonly call: Call<Request>;
  readonly resolve: (answer: Dispatched) => void;
  readonly reject: (error: RequestError) => void;
  settled: boolean;
}

/** Where nothing was measured: another container, or this one when its model is loaded. Seconds. */
const SOON = { "retry-after": "1" };
/** A computation that has run this many deadlines long is stuck: health says so and the platform replaces the container. */
const STUCK_AFTER_DEADLINES = 2;
const ALONE: BatchLimits = { maxSize: 1, maxBytes: Infinity, maxWaitMs: 0 };

/** Admission and queue in front of an engine that computes one batch at a time; `batching.ts` says which comes next. */
export class Dispatcher<Request> {
  private backlog: Backlog<Job<Request>> = [];
  /** Calls with a request that waits. */
  private waitingCalls = 0;
  private busy = false;
  private computing: { readonly since: number; readonly kind: string; readonly count: number } | undefined;
  private draining = false;
  private wake: NodeJS.Timeout | undefined;
  private readonly idle: (() => void)[] = [];
  private readonly pace = new Pace();
  private readonly options: Required<DispatcherOptions<Request>>;

  constructor(
    private readonly engine: Engine<Request>,
    options: DispatcherOptions<Request>,
  ) {
    this.options = { kindOf: () => "", bytesOf: () => 0, limitsOf: () => ALONE, ...options };
  }

  /** Whether a load balancer should send requests here. */
  get healthy(): boolean {
    const stuck = this.computing !== undefined && performance.now() - this.computing.since > STUCK_AFTER_DEADLINES * this.options.timeoutMs;
    return this.engine.state === "ready" && !this.draining && !stuck;
  }

  /** Requests that wait, and that are computed now. */
  get load(): { readonly waiting: number; readonly computing: number } {
    return { waiting: countOf(this.backlog), computing: this.computing?.count ?? 0 };
  }

  /**
   * Whether another call would be taken: to be asked before its body is read.
   *
   * @throws RequestError `draining`, `model-not-ready` or `overloaded`.
   */
  admit(): void {
    if (this.draining) throw new RequestError("draining", "the server is shutting down", undefined, SOON);
    if (this.engine.state === "loading") throw new RequestError("model-not-ready", "the model is still loading", undefined, SOON);
    if (this.waitingCalls < this.options.places) return;
    throw new RequestError("overloaded", `all ${this.options.places} places of the queue are taken`, undefined, { "retry-after": String(this.retryAfterSeconds()) });
  }

  /**
   * Computes the requests of one call in their turn.
   *
   * @returns a promise for each, in their order. They reject with RequestError: `deadline-exceeded`,
   *   `caller-gone`, `runtime-failed`, or what the model has against that request.
   * @throws RequestError as `admit` does.
   */
  submit(requests: readonly Request[], options: SubmitOptions = {}): Promise<Dispatched>[] {
    this.admit();
    const call = this.open(requests.length, options);
    const arrivedAt = performance.now();
    const answers = requests.map(
      (request) =>
        new Promise<Dispatched>((resolve, reject) => {
          call.jobs.push({ request, call, arrivedAt, kind: this.options.kindOf(request), bytes: this.options.bytesOf(request), settled: false, resolve, reject });
        }),
    );
    // Who reads the answers one after another has not yet looked at one that fails early.
    if (answers.length > 1) for (const answer of answers) answer.catch(() => undefined);
    this.backlog = joined(this.backlog, call.jobs);
    this.waitingCalls += 1;
    void this.pump();
    return answers;
  }

  /** Takes nothing more; settles when everything that was admitted has been answered. */
  drain(): Promise<void> {
    this.draining = true;
    if (!this.busy && this.waitingCalls === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private open(size: number, { signal, allOrNone = false }: SubmitOptions): Call<Request> {
    const timer = setTimeout(() => this.giveUp(call, late(this.options.timeoutMs)), this.options.timeoutMs);
    const leave = (): void => this.giveUp(call, new RequestError("caller-gone", "the caller closed the connection before the answer"));
    signal?.addEventListener("abort", leave);
    const close = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
    };
    const call: Call<Request> = { jobs: [], waiting: size, open: size, allOrNone, close };
    return call;
  }

  /** Fails what has no outcome yet. What the engine is computing goes on, for nobody. */
  private giveUp(call: Call<Request>, error: RequestError): void {
    if (call.waiting > 0) {
      this.backlog = without(this.backlog, (job) => job.call === call);
      this.leaveQueue(call, call.waiting);
    }
    for (const job of call.jobs) if (settles(job)) job.reject(error);
    this.announceIdle();
  }

  private fail(job: Job<Request>, error: RequestError): void {
    if (job.call.allOrNone) this.giveUp(job.call, error);
    else if (settles(job)) job.reject(error);
  }

  private leaveQueue(call: Call<Request>, count: number): void {
    call.waiting -= count;
    if (call.waiting === 0) this.waitingCalls -= 1;
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.wake);
    for (;;) {
      if (this.waitingCalls > 0 && this.engine.state !== "ready") await this.engine.whenReady();
      const decision = nextBatch(this.backlog, this.options.limitsOf, performance.now());
      if (decision.batch === undefined) {
        if (decision.dueAt < Infinity) this.wake = setTimeout(() => void this.pump(), decision.dueAt - performance.now());
        break;
      }
      this.backlog = decision.rest;
      for (const { call } of decision.batch) this.leaveQueue(call, 1);
      await this.compute(decision.batch);
    }
    this.busy = false;
    this.announceIdle();
  }

  private async compute(batch: readonly Job<Request>[]): Promise<void> {
    const began = performance.now();
    const { kind } = batch[0]!;
    this.computing = { since: began, kind, count: batch.length };
    try {
      const { outcomes, inferenceMs } = await this.engine.infer(batch.map(({ request }) => request));
      this.pace.note(kind, batch.length, performance.now() - began);
      batch.forEach((job, place) => {
        const outcome = outcomes[place]!;
        if (outcome instanceof RequestError) this.fail(job, outcome);
        else if (settles(job)) job.resolve({ response: outcome, queueMs: began - job.arrivedAt, inferenceMs, batchSize: batch.length });
      });
    } catch (error) {
      if (batch.length === 1) this.fail(batch[0]!, error as RequestError);
      else await this.computeEach(batch);
    } finally {
      this.computing = undefined;
    }
  }

  /** One of them made the model fail: alone, it fails alone. */
  private async computeEach(batch: readonly Job<Request>[]): Promise<void> {
    for (const job of batch) {
      if (this.engine.state !== "ready") await this.engine.whenReady();
      if (!job.settled) await this.compute([job]);
    }
  }

  /** Until those that wait now have been computed, as fast as it went until now. */
  private retryAfterSeconds(): number {
    const { computing, pace } = this;
    const left = computing === undefined ? 0 : Math.max(0, pace.expect(computing.kind, computing.count) - (performance.now() - computing.since));
    const queued = this.backlog.reduce((sum, { kind, items }) => sum + pace.expect(kind, items.length), 0);
    return Math.max(1, Math.ceil(Math.min(left + queued, this.options.timeoutMs) / 1000));
  }

  private announceIdle(): void {
    if (!this.busy && this.waitingCalls === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

/** Whether this is the job's first outcome; the call is closed with its last. */
function settles(job: { settled: boolean; readonly call: { open: number; readonly close: () => void } }): boolean {
  if (job.settled) return false;
  job.settled = true;
  job.call.open -= 1;
  if (job.call.open === 0) job.call.close();
  return true;
}

const late = (timeoutMs: number): RequestError => new RequestError("deadline-exceeded", `no answer within ${timeoutMs / 1000} s`);
