import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import type { ServeSpec } from "../../contract/serve-spec";
import { containerCommand, type Host } from "../trial";
import { PeakMemory } from "./held";
import { limitMemory, type MemoryLimit } from "./memory-limit";

export interface MeasureOptions {
  /** The container's program, and the unpacked artifact. */
  readonly serve: string;
  readonly folder: string;
  readonly spec: ServeSpec;
  /** Bodies that are sent in turn. */
  readonly requests: readonly string[];
  /** How many requests are in flight at once, one measurement after another. */
  readonly concurrencies: readonly number[];
  /** Of each measurement. */
  readonly seconds: number;
  /** What the container and all that it starts may hold; enforced where this system can. */
  readonly limitMiB?: number;
  readonly host: Host;
}

/** What the container did at one size of memory. */
export interface Measurement {
  readonly limitMiB: number | null;
  /** What enforced it. */
  readonly limitedBy: MemoryLimit["by"] | "nothing";
  /** Why it could not go on; absent where it answered everything. */
  readonly failure?: string;
  /** From the start of its process to its first answer. */
  readonly coldStartMs?: number;
  /** The most that its processes held. */
  readonly peakMiB: number;
  readonly loads: readonly LoadMeasurement[];
}

export interface LoadMeasurement {
  readonly concurrency: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Answers that were not 200. */
  readonly refused: number;
}

const READY_TIMEOUT_MS = 180_000;
/** Requests before anything is counted: code is compiled and memory allocated by them. */
const WARM_REQUESTS = 5;

/** Starts the container under a limit, waits for its first answer, and sends requests as fast as they are answered. */
export async function measure({ serve, folder, spec, requests, concurrencies, seconds, limitMiB, host }: MeasureOptions): Promise<Measurement> {
  const limit = limitMiB === undefined ? undefined : limitMemory(limitMiB);
  const common = { limitMiB: limitMiB ?? null, limitedBy: limit?.by ?? ("nothing" as const) };
  const { args, environment } = containerCommand(serve, folder, spec, host);
  // The shell puts itself under the limit and becomes the container: not one page is held outside.
  const command = limit === undefined ? [process.execPath, ...args] : ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', limit.procsFile, process.execPath, ...args];
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), { env: environment, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const peak = new PeakMemory(child.pid!);
  const agent = new Agent({ keepAlive: true });
  const loads: LoadMeasurement[] = [];
  let coldStartMs: number | undefined;
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => Promise.reject(new Error(signal === null ? `ended with exit code ${String(code)}` : `was ended by ${String(signal)}`)));
  ended.catch(() => undefined);
  let failure: string | undefined;
  try {
    const port = await Promise.race([readyPort(child), ended]);
    await Promise.race([post(port, agent, requests[0]!), ended]);
    coldStartMs = Math.round(performance.now() - began);
    for (let warm = 0; warm < WARM_REQUESTS; warm += 1) await Promise.race([post(port, agent, requests[warm % requests.length]!), ended]);
    for (const concurrency of concurrencies) loads.push(await Promise.race([load(port, requests, concurrency, seconds), ended]));
    peak.look();
  } catch (error) {
    // The connection breaks before the end of the process is told.
    failure = await Promise.race([ended.catch((reason: Error) => reason.message), new Promise<string>((resolve) => setTimeout(resolve, 500, (error as Error).message).unref())]);
  } finally {
    agent.destroy();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    }
  }
  const killed = limit?.killed() ?? 0;
  const peakMiB = peak.stop();
  // Processes below the container end a moment after it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  limit?.remove();
  return { ...common, ...(failure === undefined ? {} : { failure: killed > 0 ? "out of memory" : failure }), ...(coldStartMs === undefined ? {} : { coldStartMs }), peakMiB, loads };
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let port = 0;
    const timer = setTimeout(() => reject(new Error(`was not ready within ${READY_TIMEOUT_MS / 1000} s`)), READY_TIMEOUT_MS);
    child.on("message", (message: { type: string; port?: number; message?: string }) => {
      if (message.type === "listening") port = message.port!;
      else if (message.type === "ready") resolve(port);
      else if (message.type === "failed") reject(new Error(message.message ?? "failed"));
      if (message.type !== "listening") clearTimeout(timer);
    });
    child.once("exit", () => clearTimeout(timer));
  });
}

/** So many callers, each sending its next request when it has its answer. */
async function load(port: number, requests: readonly string[], concurrency: number, seconds: number): Promise<LoadMeasurement> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const times: number[] = [];
  let refused = 0;
  let next = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const caller = async (): Promise<void> => {
    // One answer at least, however slow the model is.
    do {
      const sent = performance.now();
      const status = await post(port, agent, requests[(next += 1) % requests.length]!);
      times.push(performance.now() - sent);
      if (status !== 200) refused += 1;
    } while (performance.now() < until);
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, caller));
  } finally {
    agent.destroy();
  }
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => round(times[Math.min(times.length - 1, Math.floor(share * times.length))]!);
  return { concurrency, requests: times.length, p50Ms: at(0.5), p99Ms: at(0.99), perSecond: round(times.length / took), refused };
}

function post(port: number, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = request({ host: "127.0.0.1", port, agent, path: "/invocations", method: "POST", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode!));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

const round = (value: number): number => Number(value.toPrecision(3));
