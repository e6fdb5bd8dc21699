/**
 * What the container adds to a CLIP image tower, side by side in one run:
 *
 *     npx tsx bench/clip.ts            # prints
 *     npx tsx bench/clip.ts --write    # and writes bench/results/clip.md
 *
 * Two towers: the demo's, and ViT-B/32 of the true architecture with random weights
 * (bench/vit-b32.ts, 351 MB, written to a temporary folder). The bare side runs the same file in a
 * process that does nothing else, on an input that is ready. Rounds of both sides alternate.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import * as tar from "tar";
import { parse } from "yaml";
import { encodeServeSpec, type ServeSpec } from "../contract/serve-spec";
import { machine, summary } from "./support/machine";
import { writeVitB32 } from "./assets/vit-b32";

const root = join(__dirname, "..");
const THREADS = 2;
const ROUNDS = 5;
const towers = [
  { name: "demo tower", calls: 60 },
  { name: "ViT-B/32, fp32, random weights", calls: 12 },
] as const;

/** Loads, runs once, then times as many runs as each line of stdin says. */
const bareProgram = `
  const { InferenceSession, Tensor } = require("onnxruntime-node");
  (async () => {
    const session = await InferenceSession.create(process.argv[1], { intraOpNumThreads: ${THREADS}, interOpNumThreads: 1, logSeverityLevel: 3 });
    const feeds = { pixel_values: new Tensor("float32", new Float32Array(3 * 224 * 224).fill(0.5), [1, 3, 224, 224]) };
    await session.run(feeds);
    console.log("ready");
    process.stdin.on("data", async (calls) => {
      const times = [];
      for (let call = 0; call < Number(calls); call += 1) {
        const before = performance.now();
        await session.run(feeds);
        times.push(performance.now() - before);
      }
      console.log(JSON.stringify(times));
    });
  })();
`;

interface Measured {
  readonly name: string;
  readonly bare: number[];
  readonly served: number[];
  readonly network: number[];
  readonly readyMs: number;
  readonly residentMiB: number;
}

async function main(): Promise<void> {
  const { buildContainer } = (await import("../container/build.mjs")) as { buildContainer(): Promise<{ serve: string }> };
  const { serve } = await buildContainer();
  const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-clip-"));
  try {
    const photo = await photoOf(640, 480);
    const measured: Measured[] = [];
    for (const [place, tower] of towers.entries()) {
      const folder = join(scratch, String(place));
      mkdirSync(folder);
      await tar.extract({ file: join(root, "registry/demo/omnisearch-clip/model.tar.gz"), cwd: folder });
      if (place > 0) await replaceTower(folder);
      measured.push(await measure(tower, folder, serve, photo));
    }
    const text = report(measured, photo.length);
    process.stdout.write(text);
    if (process.argv.includes("--write")) writeFileSync(join(root, "bench/results/clip.md"), text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A photo with a photo's detail: a sample, enlarged, under noise. */
async function photoOf(width: number, height: number): Promise<Buffer> {
  const noise = await sharp({ create: { width, height, channels: 3, background: "grey", noise: { type: "gaussian", mean: 128, sigma: 12 } } }).png().toBuffer();
  const sample = sharp(readFileSync(join(root, "registry/demo/samples/red-striped-shirt.jpg"))).resize(width, height, { fit: "cover" });
  return sample.composite([{ input: noise, blend: "soft-light" }]).jpeg({ quality: 88 }).toBuffer();
}

async function replaceTower(folder: string): Promise<void> {
  const file = join(folder, "vision_model.onnx");
  writeVitB32(file);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const manifestFile = join(folder, "slipway.json");
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as { files: Record<string, { bytes: number; sha256: string }> };
  manifest.files["vision_model.onnx"] = { bytes: statSync(file).size, sha256: hash.digest("hex") };
  writeFileSync(manifestFile, JSON.stringify(manifest));
}

async function measure({ name, calls }: (typeof towers)[number], folder: string, serve: string, photo: Buffer): Promise<Measured> {
  const bare = spawn(process.execPath, ["-e", bareProgram, join(folder, "vision_model.onnx")], { cwd: root, stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" } });
  const lines = createInterface({ input: bare.stdout });
  const bareReady = nextLine(lines);
  const began = performance.now();
  const served = start(serve, folder);
  try {
    const [{ port }] = (await once(served.child, "message")) as [{ port: number }];
    const url = `http://127.0.0.1:${port}`;
    await bareReady;
    while ((await fetch(`${url}/ping`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
    const readyMs = performance.now() - began;
    await ask(url, photo, 5);

    const [bareTimes, servedTimes]: [number[], number[]] = [[], []];
    const skipped = served.network.length;
    for (let round = 0; round < ROUNDS; round += 1) {
      const line = nextLine(lines);
      bare.stdin.write(`${calls}\n`);
      bareTimes.push(...(JSON.parse(await line) as number[]));
      servedTimes.push(...(await ask(url, photo, calls)));
    }
    const status = readFileSync(`/proc/${served.child.pid}/status`, "utf8");
    const residentMiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    return { name, bare: bareTimes, served: servedTimes, network: served.network.slice(skipped), readyMs, residentMiB };
  } finally {
    bare.kill();
    served.child.kill();
  }
}

/** The container; what its log says of each request's time inside the network is kept. */
function start(serve: string, folder: string): { child: ChildProcess; network: number[] } {
  const contract = parse(readFileSync(join(root, "registry/contracts/omnisearch-clip.yaml"), "utf8")) as { request: ServeSpec["request"] };
  const spec: ServeSpec = {
    specVersion: 1,
    model: "omnisearch-clip",
    version: "v1",
    runtime: "clip-embed",
    settings: { threads: THREADS, normalize: true },
    artifact: { uri: "s3://example-omnisearch-models/v1/model.tar.gz", sha256: "0".repeat(64) },
    request: contract.request,
    contractSha256: "0".repeat(64),
    limits: { timeoutSeconds: 60, maxBodyBytes: 6 * 1024 * 1024 },
  };
  const child = fork(serve, ["serve"], {
    silent: true,
    execArgv: [],
    env: { PATH: process.env.PATH, ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0" },
  });
  const network: number[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const { event, inferenceMs } = JSON.parse(line) as { event: string; inferenceMs?: number };
    if (event === "request" && inferenceMs !== undefined) network.push(inferenceMs);
  });
  return { child, network };
}

async function ask(url: string, photo: Buffer, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const before = performance.now();
    const response = await fetch(`${url}/invocations`, { method: "POST", headers: { "content-type": "image/jpeg" }, body: photo });
    await response.arrayBuffer();
    times.push(performance.now() - before);
    if (response.status !== 200) throw new Error(`the container answered ${response.status}`);
  }
  return times;
}

const nextLine = async (lines: Interface): Promise<string> => ((await once(lines, "line")) as [string])[0];

function report(measured: readonly Measured[], photoBytes: number): string {
  const { cpu, cores, memoryGiB, node, platform } = machine();
  const ms = (value: number): string => value.toFixed(2);
  const rows = measured.map(({ name, bare, served, network, readyMs, residentMiB }) => {
    const [one, all, inside] = [summary(bare), summary(served), summary(network)];
    return `| ${name} | ${ms(one.median)} | ${ms(all.median)} | ${(all.median / one.median).toFixed(2)} | ${(all.median - inside.median).toFixed(2)} | ${ms(one.min)} | ${ms(all.min)} | ${(all.min / one.min).toFixed(2)} | ${Math.round(readyMs)} | ${Math.round(residentMiB)} |`;
  });
  return `# A CLIP image tower, served

${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, ${platform}; ${THREADS} threads. One caller, batch 1, loopback.
A JPEG of 640 × 480 (${photoBytes} bytes) to 512 floats as JSON: HTTP, decoding, the transform, the network, the answer.
Bare is \`session.run\` alone on an input that is ready. ${ROUNDS} rounds of both sides alternate. Milliseconds.
Load average at the end: ${loadavg()[0]!.toFixed(1)}. Above the number of cores, both sides wait for them: compare the sides, not the figures.

| tower | bare p50 | served p50 | × | around the network, p50 | bare best | served best | × | process start to ready | resident MiB |
|---|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}

"Around the network" is the served median less the container's own median inside \`session.run\`: what is not the network.
Start to ready holds the bare process's own start beside it, and both towers with the tokenizer.
Written by \`npx tsx bench/clip.ts --write\`.
`;
}

void main();
