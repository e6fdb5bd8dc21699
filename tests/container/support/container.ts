import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import type { Json, JsonSchema } from "../../../contract/json";
import { encodeServeSpec, type ServeSpec } from "../../../contract/serve-spec";

// For the networks that tests load in their own process; the container sees to itself.
process.env.ORT_DISABLE_TELEMETRY = "1";

export const root = join(__dirname, "../../..");
export const demoArtifact = join(root, "registry/demo/velib-lstm/model.tar.gz");

interface Contract {
  readonly request: JsonSchema;
  readonly response: JsonSchema;
  readonly examples: readonly { readonly request: { readonly [field: string]: Json }; readonly response: Json }[];
}
export const contract = parse(readFileSync(join(root, "registry/contracts/velib-lstm.yaml"), "utf8")) as Contract;
export const example = contract.examples[0]!;

export const spec: ServeSpec = {
  specVersion: 1,
  model: "velib-lstm",
  version: "v3",
  runtime: "forecast",
  settings: { label: "v3_475snapshots", threads: 1 },
  artifact: { uri: "s3://example-velib-models/v3/model.tar.gz", sha256: "a".repeat(64) },
  request: contract.request,
  contractSha256: "c".repeat(64),
  limits: { timeoutSeconds: 20, maxBodyBytes: 6 * 1024 * 1024 },
};

/** A folder that a test may fill, removed after the suite. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-container-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The demo artifact as SageMaker lays it out: extracted into a folder. */
export async function extractDemo(folder: string): Promise<string> {
  await tar.extract({ file: demoArtifact, cwd: folder });
  return folder;
}

export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

export interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly log: LogLine[];
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
  ready(): Promise<void>;
}

export interface StartOptions {
  readonly modelDirectory: string;
  readonly spec?: Partial<ServeSpec>;
  readonly serveFile?: string;
  /** On top of the spec; undefined takes a variable away. */
  readonly environment?: Record<string, string | undefined>;
}

/** Forks the real container; it is killed after the suite if it still runs. */
export function launch(options: StartOptions & { serveFile: string }): { child: ChildProcess; log: LogLine[]; exited: Promise<number | null> } {
  const child = fork(options.serveFile, ["serve"], {
    silent: true,
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      ...encodeServeSpec({ ...spec, ...options.spec }),
      SLIPWAY_MODEL_DIR: options.modelDirectory,
      SLIPWAY_HOST: "127.0.0.1",
      SAGEMAKER_BIND_TO_PORT: "0",
      ...options.environment,
    },
  });
  const log: LogLine[] = [];
  let partial = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    const lines = (partial + text).split("\n");
    partial = lines.pop()!;
    for (const line of lines) log.push(JSON.parse(line) as LogLine);
  });
  child.stderr!.resume();
  // Not "close": it never comes once the channel was disconnected.
  const exited = Promise.all([once(child, "exit"), once(child.stdout!, "close")]).then(([[code]]) => code as number | null);
  after(() => void child.kill("SIGKILL"));
  return { child, log, exited };
}

/** The container, listening. */
export async function start(options: StartOptions): Promise<Running> {
  const serveFile = options.serveFile ?? (await build()).serve;
  const { child, log, exited } = launch({ ...options, serveFile });
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.on("message", (message: { type: string; port: number; message?: string }) => {
      if (message.type === "listening") resolve(message);
      else reject(new Error(message.message));
    });
    void exited.then((code) => reject(new Error(`the container left with ${code}: ${JSON.stringify(log.at(-1))}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<void> => {
    while ((await fetch(`${url}/ping`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { child, url, port, log, exited, ready };
}

/** An ES module: `require` cannot take it. */
export const builder = async () => await import("../../../container/build.mjs");

let built: Promise<{ serve: string; worker: string }> | undefined;
export const build = (): NonNullable<typeof built> => (built ??= builder().then(({ buildContainer }) => buildContainer()));

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly error?: { readonly code: string; readonly message: string; readonly path?: string; readonly requestId: string } } & Record<string, Json>;
}

/** POST /invocations; a string or bytes go as they are, anything else as JSON. */
export async function invoke(running: { url: string }, request: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const body = typeof request === "string" || request instanceof Uint8Array ? request : JSON.stringify(request);
  const response = await fetch(`${running.url}/invocations`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === "" ? {} : (JSON.parse(text) as Reply["body"]) };
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
