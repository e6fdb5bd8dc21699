/**
 * How soon `/ping` is answered while the container is as busy as it can be:
 *
 *     npx tsx bench/ping.ts            # prints
 *     npx tsx bench/ping.ts --write    # and writes bench/results/ping.json
 *
 * Idle and loaded rounds alternate. Beside them, as a measure of the machine and not of us, a server that
 * does nothing but answer 200 is asked in the same rounds, with the container busy: what it takes longer is
 * the scheduler's.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import { encodeServeSpec, type ServeSpec } from "../contract/serve-spec";
import { machine, round } from "./support/machine";
import { replaceImageTower } from "./assets/replace-tower";

const root = join(__dirname, "..");
const ROUNDS = 6;
const ROUND_MS = 4000;
/** Between two pings; SageMaker asks every few seconds. */
const PAUSE_MS = 5;
const CALLERS = 16;
const GOAL_P99_MS = 50;

const bareProgram = `require("node:http").createServer((q, s) => s.end()).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

async function main(): Promise<void> {
  const { buildContainer } = await import("../container/build.mjs");
  const { serve } = await buildContainer();
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const bare = spawn(process.execPath, ["-e", bareProgram], { stdio: ["ignore", "pipe", "inherit"] });
  let container: ChildProcess | undefined;
  try {
    const barePort = Number(String((await once(bare.stdout, "data"))[0]));
    container = startContainer(serve, await artifact(folder));
    const [{ port }] = (await once(container, "message")) as [{ port: number }];
    const agents = { ping: new Agent({ keepAlive: true, maxSockets: 1 }), bare: new Agent({ keepAlive: true, maxSockets: 1 }), calls: new Agent({ keepAlive: true, maxSockets: CALLERS }) };
    while ((await call(port, agents.ping, "GET", "/ping")) !== 200) await pause(20);

    const times: { readonly [side in Side]: number[][] } = { idle: [], loaded: [], bare: [] };
    let answered = 0;
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      times.idle.push(await pings(port, agents.ping));
      let stop = false;
      const callers = Array.from({ length: CALLERS }, async (_, caller) => {
        while (!stop) if ((await call(port, agents.calls, "POST", "/invocations", caller % 2 === 0 ? photo : text)) === 200) answered += 1;
      });
      const [loaded, beside] = await Promise.all([pings(port, agents.ping), pings(barePort, agents.bare)]);
      times.loaded.push(loaded);
      times.bare.push(beside);
      stop = true;
      await Promise.all(callers);
    }
    report(times, answered);
  } finally {
    bare.kill("SIGKILL");
    container?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit(0);
}

type Side = "bare" | "idle" | "loaded";

interface Body {
  readonly bytes: Buffer;
  readonly type: string;
}
const photo: Body = { bytes: readFileSync(join(root, "registry/demo/samples/red-striped-shirt.jpg")), type: "image/jpeg" };
const text: Body = { bytes: Buffer.from(JSON.stringify({ data: "a red striped shirt" })), type: "application/json" };

/** The demo's tokenizer and text tower beside an image tower of ViT-B/32's true architecture and random weights. */
async function artifact(folder: string): Promise<string> {
  await tar.extract({ file: join(root, "registry/demo/omnisearch-clip/model.tar.gz"), cwd: folder });
  await replaceImageTower(folder);
  return folder;
}

function startContainer(serve: string, folder: string): ChildProcess {
  const contract = parse(readFileSync(join(root, "registry/contracts/omnisearch-clip.yaml"), "utf8")) as { request: ServeSpec["request"] };
  const spec: ServeSpec = {
    specVersion: 1,
    model: "omnisearch-clip",
    version: "v1",
    runtime: "clip-embed",
    settings: {},
    artifact: { uri: "s3://example-omnisearch-models/clip/v1/model.tar.gz", sha256: "0".repeat(64) },
    request: contract.request,
    contractSha256: "0".repeat(64),
    limits: { timeoutSeconds: 60, maxBodyBytes: 6 * 1024 * 1024 },
  };
  return fork(serve, ["serve"], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { PATH: process.env.PATH, ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" },
  });
}

async function pings(port: number, agent: Agent): Promise<number[]> {
  const times: number[] = [];
  for (const until = performance.now() + ROUND_MS; performance.now() < until; ) {
    const began = performance.now();
    await call(port, agent, "GET", "/ping");
    times.push(performance.now() - began);
    await pause(PAUSE_MS);
  }
  return times;
}

function call(port: number, agent: Agent, method: string, path: string, body?: Body): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": body.type, "content-length": body.bytes.length };
    const asked = request({ host: "127.0.0.1", port, agent, method, path, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode!));
    });
    asked.on("error", reject);
    asked.end(body?.bytes);
  });
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function report(times: { readonly [side in Side]: readonly number[][] }, answered: number): void {
  const at = (values: readonly number[], share: number): number => round([...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!);
  const of = (rounds: readonly number[][]) => ({ pings: rounds.flat().length, p50: at(rounds.flat(), 0.5), p99: at(rounds.flat(), 0.99), max: at(rounds.flat(), 1), "p99 of each round": rounds.map((values) => at(values, 0.99)) });
  const loaded = at(times.loaded.flat(), 0.99);
  const result = {
    what: "milliseconds until /ping is answered, over loopback, keep-alive",
    machine: machine(),
    "load average at the end": loadavg().map(round),
    load: `${CALLERS} callers without a pause, half photos through a ViT-B/32 image tower (random weights), half texts; ${answered} answered`,
    idle: of(times.idle),
    loaded: of(times.loaded),
    "a server that only answers 200, in the same rounds": of(times.bare),
    "loaded p99 over that server's": round(loaded / at(times.bare.flat(), 0.99)),
    "loaded p99 over the goal of 50 ms": round(loaded / GOAL_P99_MS),
  };
  console.log(JSON.stringify(result, undefined, 2));
  if (process.argv.includes("--write")) writeFileSync(join(root, "bench/results/ping.json"), `${JSON.stringify(result, undefined, 2)}\n`);
}

void main();
