import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { RuntimeName } from "../../contract/runtimes";
import { encodeServeSpec, type ServeSpec } from "../../contract/serve-spec";
import { Caller } from "./caller";

const root = join(__dirname, "../..");
const models: { readonly [runtime in RuntimeName]?: string } = { "clip-embed": "omnisearch-clip", "clip-recommend": "stygig-clip", forecast: "velib-lstm" };
/** As the image's Dockerfile has it. */
const ENVIRONMENT = { NODE_ENV: "production", MALLOC_MMAP_THRESHOLD_: "524288" };

export interface Served {
  readonly caller: Caller;
  readonly child: ChildProcess;
  /** From the start of the process to its first answer. */
  readonly firstAnswerMs: number;
  stop(): Promise<void>;
}

export interface Memory {
  readonly residentMiB: number;
  readonly peakMiB: number;
}

/** The bundle, made anew. @returns the file that starts it. */
export async function bundle(): Promise<string> {
  const { buildContainer } = (await import("../../container/build.mjs")) as { buildContainer(): Promise<{ serve: string }> };
  return (await buildContainer()).serve;
}

export const contractOf = (runtime: RuntimeName): { request: ServeSpec["request"]; examples: { request: object }[] } =>
  parse(readFileSync(join(root, `registry/contracts/${models[runtime]}.yaml`), "utf8")) as never;

/** Starts the container over an extracted artifact, and waits for its answer to a first request. */
export async function serve(script: string, runtime: RuntimeName, folder: string, threads: number, first: { readonly type: string; readonly body: Buffer }): Promise<Served> {
  const spec: ServeSpec = {
    specVersion: 1,
    model: models[runtime]!,
    version: "v1",
    runtime,
    settings: { threads },
    artifact: { uri: "s3://example-models/v1/model.tar.gz", sha256: "0".repeat(64) },
    request: contractOf(runtime).request,
    contractSha256: "0".repeat(64),
    limits: { timeoutSeconds: 60, maxBodyBytes: 6 * 2 ** 20 },
  };
  const began = performance.now();
  const child = fork(script, ["serve"], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { PATH: process.env.PATH, ...ENVIRONMENT, ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" },
  });
  // Not by asking until it answers: a photo every few milliseconds takes a processor from what loads.
  const caller = new Caller(await readyPort(child), first.type, first.body);
  const answer = await caller.call();
  if (answer.status !== 200) throw new Error(`the first answer is ${answer.status}: ${answer.body.toString().slice(0, 300)}`);
  const firstAnswerMs = performance.now() - began;
  return {
    caller,
    child,
    firstAnswerMs,
    async stop() {
      caller.close();
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The port of a container that has said that its model is loaded. */
function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let listening = 0;
    child.on("message", ({ type, port, message }: { readonly type: string; readonly port?: number; readonly message?: string }) => {
      if (type === "listening") listening = port!;
      else if (type === "ready") resolve(listening);
      else reject(new Error(`the container did not start: ${message}`));
    });
    child.once("exit", (code) => reject(new Error(`the container left with ${code}`)));
  });
}

export function memoryOf({ pid }: ChildProcess): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { residentMiB: mebibytes("VmRSS"), peakMiB: mebibytes("VmHWM") };
}
