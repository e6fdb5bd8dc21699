/**
 * What the container adds to the network it serves, side by side in one run:
 *
 *     npx tsx bench/container.ts            # prints
 *     npx tsx bench/container.ts --write    # and writes bench/results/container.md
 *
 * The bare side runs the same ONNX file in a process that does nothing else.
 * Rounds of both sides alternate, so that a noisy machine is noisy for both.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import { encodeServeSpec, type ServeSpec } from "../contract/serve-spec";

const root = join(__dirname, "..");
const STARTS = 15;
const ROUNDS = 5;
const CALLS_PER_ROUND = 400;

const contract = parse(readFileSync(join(root, "registry/contracts/velib-lstm.yaml"), "utf8")) as { request: ServeSpec["request"]; examples: { request: object }[] };
const body = JSON.stringify(contract.examples[0]!.request);
const spec: ServeSpec = {
  specVersion: 1,
  model: "velib-lstm",
  version: "v3",
  runtime: "forecast",
  settings: { label: "bench", threads: 1 },
  artifact: { uri: "s3://example-velib-models/v3/model.tar.gz", sha256: "0".repeat(64) },
  request: contract.request,
  contractSha256: "0".repeat(64),
  limits: { timeoutSeconds: 60, maxBodyBytes: 6 * 1024 * 1024 },
};

/** The bare side, as a program of its own: load, run once, then time what it is asked to. */
const bareProgram = `
  const began = performance.now();
  const { InferenceSession, Tensor } = require("onnxruntime-node");
  (async () => {
    const session = await InferenceSession.create(process.argv[1], { intraOpNumThreads: 1, interOpNumThreads: 1 });
    const feeds = { history: new Tensor("float32", new Float32Array(24), [1, 24]), statics: new Tensor("float32", new Float32Array(7), [1, 7]) };
    await session.run(feeds);
    console.log("ready");
    process.stdin.on("data", async () => {
      const times = [];
      for (let call = 0; call < ${CALLS_PER_ROUND}; call += 1) {
        const before = performance.now();
        await session.run(feeds);
        times.push(performance.now() - before);
      }
      console.log(JSON.stringify(times));
    });
  })();
`;

async function main(): Promise<void> {
  const { buildContainer } = await import("../container/build.mjs");
  const buildBegan = performance.now();
  const { serve } = await buildContainer();
  const buildMs = performance.now() - buildBegan;
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    await tar.extract({ file: join(root, "registry/demo/velib-lstm/model.tar.gz"), cwd: folder });
    const starts = { bare: [] as number[], served: [] as number[] };
    for (let round = 0; round < STARTS; round += 1) {
      starts.bare.push(await bareStart(folder));
      starts.served.push(await servedStart(serve, folder));
    }
    const { bare, served, rssMiB, peakMiB } = await calls(serve, folder);
    report({ buildMs, starts, bare, served, rssMiB, peakMiB });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bareProcess = (folder: string): ChildProcess => spawn(process.execPath, ["-e", bareProgram, join(folder, "model.onnx")], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
  });

async function bareStart(folder: string): Promise<number> {
  const began = performance.now();
  const child = bareProcess(folder);
  await once(child.stdout!, "data");
  const took = performance.now() - began;
  child.kill("SIGKILL");
  await once(child, "exit");
  return took;
}

function startContainer(serve: string, folder: string): ChildProcess {
  return fork(serve, ["serve"], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { PATH: process.env.PATH, ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" },
  });
}

async function portOf(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, "message")) as [{ port: number }];
  return message.port;
}

async function servedStart(serve: string, folder: string): Promise<number> {
  const began = performance.now();
  const child = startContainer(serve, folder);
  const port = await portOf(child);
  const agent = new Agent({ keepAlive: true });
  while ((await post(port, agent)) !== 200) await new Promise((resolve) => setTimeout(resolve, 1));
  const took = performance.now() - began;
  agent.destroy();
  child.kill("SIGTERM");
  await once(child, "exit");
  return took;
}

function post(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const call = request({ port, agent, host: "127.0.0.1", path: "/invocations", method: "POST", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode!));
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function calls(serve: string, folder: string): Promise<{ bare: number[]; served: number[]; rssMiB: number; peakMiB: number }> {
  const bareSide = bareProcess(folder);
  await once(bareSide.stdout!, "data");
  const container = startContainer(serve, folder);
  const port = await portOf(container);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while ((await post(port, agent)) !== 200) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let warm = 0; warm < CALLS_PER_ROUND; warm += 1) await post(port, agent);

  const bare: number[] = [];
  const served: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bareSide.stdin!.write("go\n");
    bare.push(...(JSON.parse(await line(bareSide)) as number[]));
    for (let call = 0; call < CALLS_PER_ROUND; call += 1) {
      const before = performance.now();
      await post(port, agent);
      served.push(performance.now() - before);
    }
  }
  const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
  const mebibytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  const result = { bare, served, rssMiB: mebibytes("VmRSS"), peakMiB: mebibytes("VmHWM") };
  agent.destroy();
  bareSide.kill("SIGKILL");
  container.kill("SIGTERM");
  await Promise.all([once(bareSide, "exit"), once(container, "exit")]);
  return result;
}

async function line(child: ChildProcess): Promise<string> {
  let text = "";
  while (!text.endsWith("\n")) text += String((await once(child.stdout!, "data"))[0]);
  return text;
}

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;

function report(results: { buildMs: number; starts: { bare: number[]; served: number[] }; bare: number[]; served: number[]; rssMiB: number; peakMiB: number }): void {
  const { buildMs, starts, bare, served, rssMiB, peakMiB } = results;
  const row = (name: string, values: readonly number[], digits: number): string =>
    `| ${name} | ${[quantile(values, 0.5), Math.min(...values), quantile(values, 0.99)].map((value) => value.toFixed(digits)).join(" | ")} |`;
  const text = `# The container beside the bare network

\`npx tsx bench/container.ts --write\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]!.model.trim()}, ${cpus().length} cores,
${Math.round(totalmem() / 2 ** 30)} GiB. Both sides alternate in one run; other work may have shared the machine, so read the ratios.

| milliseconds | median | best | p99 |
|---|---|---|---|
${row("one network run, bare process", bare, 3)}
${row("one request over loopback, keep-alive: JSON in, validated, worker thread, JSON out", served, 3)}
${row("process start to first network run, bare process", starts.bare, 0)}
${row("process start to first answered request", starts.served, 0)}

- The container adds ${(quantile(served, 0.5) - quantile(bare, 0.5)).toFixed(2)} ms to a request and ${(quantile(starts.served, 0.5) - quantile(starts.bare, 0.5)).toFixed(0)} ms to a start (medians).
- Resident memory after ${(ROUNDS + 1) * CALLS_PER_ROUND} requests: ${rssMiB.toFixed(0)} MiB, at most ${peakMiB.toFixed(0)} MiB.
- Bundling took ${buildMs.toFixed(0)} ms, esbuild's own start included.
- ${served.length} requests and ${starts.served.length} starts measured.
`;
  console.log(text);
  if (process.argv.includes("--write")) writeFileSync(join(root, "bench/results/container.md"), text);
}

void main();
