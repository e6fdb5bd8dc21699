import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { Agent } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { restartDelayMs } from "./back-off";
import { forwardStream, NoAnswer, ping, whole, type ContainerRequest, type ContainerResponse, type ContainerStream } from "./exchange";
import { LogTail } from "./log-tail";
import { InstanceTargets, type MultiModel } from "./targets";

/** How to start one container. */
export interface LaunchSpec {
  /** Program and arguments; a Node script gets the leash preloaded by whoever builds the command. */
  readonly command: readonly string[];
  readonly environment: { readonly [name: string]: string };
  /** What it may load, where it serves several models. */
  readonly multiModel?: MultiModel;
}

export interface ContainerTimings {
  /** From start to the first 200 of /ping. */
  readonly startupMs: number;
  /** Between SIGTERM and SIGKILL; SageMaker gives 30 s. */
  readonly graceMs: number;
  /** Between two pings of a healthy container. */
  readonly pingIntervalMs: number;
}

/** The preload that ends a container with its parent. */
export const LEASH = path.join(__dirname, "leash.cjs");
/** Pings in a row that may go unanswered before a container is replaced. */
const MISSED_PINGS = 3;

/**
 * One instance of a variant: a child process that is kept running. Started
 * once by `start`, restarted with back-off whenever it ends or stops answering
 * /ping, until `stop`.
 */
export class Container {
  readonly log = new LogTail();
  /** Requests that wait for this instance's answer. */
  outstanding = 0;
  restarts = 0;
  /** What it has loaded, where it serves several models. */
  readonly targets: InstanceTargets | undefined;

  private child: ChildProcess | undefined;
  private port: number | undefined;
  private ready = false;
  private readonly stopping = new AbortController();
  private readonly agent = new Agent({ keepAlive: true, timeout: 4_000 });
  private readonly idle = new EventEmitter();

  constructor(
    private readonly spec: LaunchSpec,
    private readonly timings: ContainerTimings,
  ) {
    this.targets = spec.multiModel === undefined ? undefined : new InstanceTargets(spec.multiModel, (request, timeoutMs) => this.invoke(request, timeoutMs));
  }

  get healthy(): boolean {
    return this.ready && !this.stopping.signal.aborted;
  }

  /** Stopped for good: it will not be started again. */
  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves at the first 200 of /ping; rejects when the process ends before, or does not get there in time. */
  async start(): Promise<void> {
    await this.launch();
    void this.supervise();
  }

  async invoke(request: ContainerRequest, timeoutMs: number): Promise<ContainerResponse> {
    return whole(await this.invokeStream(request, timeoutMs));
  }

  /** The answer as it arrives; it must be read to its end, or given up by whoever reads. */
  async invokeStream(request: ContainerRequest, timeoutMs: number): Promise<ContainerStream> {
    this.outstanding += 1;
    try {
      const answer = await forwardStream(this.port!, this.agent, request, timeoutMs);
      return { ...answer, pieces: this.counted(answer.pieces) };
    } catch (error) {
      this.settled(error);
      throw error;
    }
  }

  private async *counted(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let failure: unknown;
    try {
      yield* pieces;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.settled(failure);
    }
  }

  private settled(failure: unknown): void {
    if (failure instanceof NoAnswer && failure.reason !== "timeout") void this.doubt();
    this.outstanding -= 1;
    if (this.outstanding === 0) this.idle.emit("idle");
  }

  /** Lets requests in flight finish, then SIGTERM, then SIGKILL. Never rejects. */
  async stop(): Promise<void> {
    const draining = this.outstanding > 0 && this.ready;
    this.stopping.abort();
    if (draining) await Promise.race([once(this.idle, "idle"), sleep(this.timings.graceMs, undefined, { ref: false })]);
    await this.end();
    this.agent.destroy();
  }

  /** A broken connection is often the first sign of a crash: no request comes here until a ping is answered. */
  private async doubt(): Promise<void> {
    const { child } = this;
    this.ready = false;
    const answers = await ping(this.port!, this.agent);
    if (answers && this.child === child) this.ready = true;
  }

  private async launch(): Promise<void> {
    const [program, ...args] = this.spec.command;
    const child = spawn(program!, args, {
      env: this.spec.environment,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Its own process group: Ctrl-C reaches the parent alone, which drains in order.
      detached: true,
    });
    this.child = child;
    this.port = undefined;
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => this.log.write(chunk));
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => this.log.write(chunk));
    child.on("message", (message) => {
      const { type, port } = message as { type?: unknown; port?: unknown };
      if (type === "listening" && typeof port === "number") this.port = port;
    });

    const ended = endOf(child);
    const deadline = Date.now() + this.timings.startupMs;
    while (!this.stopping.signal.aborted) {
      if (this.port !== undefined && (await ping(this.port, this.agent))) {
        this.ready = true;
        return;
      }
      const over = await Promise.race([ended, sleep(25)]);
      if (over) throw new Error(this.withLastWords(`its container ended ${over}`));
      if (Date.now() >= deadline) {
        await this.end();
        throw new Error(this.withLastWords(`it did not pass the ping health check within ${this.timings.startupMs / 1000} s`));
      }
    }
    throw new Error("it was stopped while it started");
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; ) {
      await this.untilUnhealthy();
      this.ready = false;
      while (!signal.aborted && !this.ready) {
        await this.end();
        await sleep(restartDelayMs(attempt), undefined, { signal, ref: false }).catch(() => undefined);
        if (signal.aborted) return;
        this.restarts += 1;
        await this.launch().then(() => (attempt = 1), () => (attempt += 1));
      }
    }
  }

  /** Resolves when the process has ended, or has missed several pings in a row, or is being stopped. */
  private async untilUnhealthy(): Promise<void> {
    const { signal } = this.stopping;
    const over = endOf(this.child!);
    for (let missed = 0; missed < MISSED_PINGS && !signal.aborted; ) {
      const turn = new AbortController();
      const waited = sleep(this.timings.pingIntervalMs, false, { signal: AbortSignal.any([turn.signal, signal]), ref: false }).catch(() => false);
      const ended = await Promise.race([over.then(() => true), waited]);
      turn.abort();
      if (ended || signal.aborted) return;
      const answers = await ping(this.port!, this.agent);
      missed = answers ? 0 : missed + 1;
      if (answers) this.ready = true;
    }
  }

  private async end(): Promise<void> {
    this.ready = false;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = endOf(child);
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), this.timings.graceMs);
    await ended;
    clearTimeout(timer);
  }

  private withLastWords(sentence: string): string {
    const words = this.log.lastWords();
    return words === undefined ? sentence : `${sentence}; it last said: ${words}`;
  }
}

/** How the process ended, in words, once it has. */
function endOf(child: ChildProcess): Promise<string> {
  const describe = () => (child.signalCode === null ? `with exit code ${child.exitCode}` : `on ${child.signalCode}`);
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(describe());
  return new Promise((resolve) => {
    child.once("exit", () => resolve(describe()));
    child.once("error", (error) => resolve(`before it began (${error.message})`));
  });
}
