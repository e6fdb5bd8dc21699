/**
 * An hour's requests in minutes, and whether memory stays where it is:
 *
 *     npx tsx bench/soak.ts [--minutes 5] [--rate 2] [--write]     # writes bench/results/soak.json
 *
 * `--rate` is what a model is asked in a second over an hour; its 3600 × rate requests are spread evenly over the
 * minutes, and over the four runtimes at once, each in a container of its own. Good and bad requests alternate as in
 * real traffic: nine in ten are good. Resident memory of each container, with every process that it started, is read
 * each second.
 *
 * Memory is flat where, over the second half of the run, the line of least squares through the samples rises by
 * less than ALLOWED_MIB in as long again; the first half is for caches and allocators to fill.
 */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as tar from "tar";
import { parse } from "yaml";
import type { RuntimeName } from "../contract/runtimes";
import { encodeServeSpec, type ServeSpec } from "../contract/serve-spec";
import { machine, round } from "./support/machine";

const root = join(__dirname, "..");
const ALLOWED_MIB = 8;
const SAMPLE_MS = 1000;
const CONNECTIONS = 4;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" }, rate: { type: "string", default: "2" }, write: { type: "boolean", default: false } } });
const minutes = Number(values.minutes);
const rate = Number(values.rate);
if (!(minutes > 0 && rate > 0)) throw new Error("--minutes and --rate must be numbers above 0");

const demos: readonly { readonly model: string; readonly runtime: RuntimeName; readonly archive: string }[] = [
  { model: "velib-lstm", runtime: "forecast", archive: "velib-lstm/model.tar.gz" },
  { model: "omnisearch-clip", runtime: "clip-embed", archive: "omnisearch-clip/model.tar.gz" },
  { model: "stygig-clip", runtime: "clip-recommend", archive: "stygig-clip/v4/model.tar.gz" },
  { model: "scin-search", runtime: "image-search", archive: "scin-search/model.tar.gz" },
];

interface Call {
  readonly body: string | Buffer;
  readonly type: string;
  readonly expected: number;
}

class Served {
  readonly residentMiB: number[] = [];
  readonly statuses: { [status: string]: number } = {};
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  private constructor(
    readonly model: string,
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly calls: readonly Call[],
  ) {}

  static async start({ model, runtime, archive }: (typeof demos)[number], serveFile: string, work: string): Promise<Served> {
    const folder = mkdtempSync(join(work, "model-"));
    await tar.extract({ file: join(root, "registry/demo", archive), cwd: folder });
    const contract = parse(readFileSync(join(root, `registry/contracts/${model}.yaml`), "utf8")) as { request: ServeSpec["request"]; examples: { request: object }[] };
    const spec: ServeSpec = {
      specVersion: 1,
      model,
      version: "soak",
      runtime,
      settings: { threads: 1 },
      artifact: { uri: "s3://example-models/model.tar.gz", sha256: "0".repeat(64) },
      request: contract.request,
      contractSha256: "0".repeat(64),
      limits: { timeoutSeconds: 60, maxBodyBytes: 6 * 2 ** 20 },
    };
    const child = fork(serveFile, ["serve"], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { PATH: process.env.PATH, ...encodeServeSpec(spec), SLIPWAY_MODEL_DIR: folder, SLIPWAY_HOST: "127.0.0.1", SAGEMAKER_BIND_TO_PORT: "0", SLIPWAY_LOG_LEVEL: "silent" },
    });
    const port = await new Promise<number>((resolve, reject) => {
      let listening = 0;
      child.on("message", (message: { type: string; port: number; message?: string }) => {
        if (message.type === "listening") listening = message.port;
        else if (message.type === "ready") resolve(listening);
        else reject(new Error(message.message));
      });
      child.once("exit", (code) => reject(new Error(`${model} left with ${code}`)));
    });
    return new Served(model, child, port, [...goodCalls(contract.examples, runtime), ...badCalls(contract.examples[0]!.request, runtime)]);
  }

  /** One in ten is bad: every bad call in turn. */
  async ask(number: number): Promise<void> {
    const isGood = number % 10 !== 9;
    const some = this.calls.filter(({ expected }) => (expected === 200) === isGood);
    const { body, type, expected } = some[Math.floor(number / (isGood ? 1 : 10)) % some.length]!;
    const status = await new Promise<number>((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port: this.port, agent: this.agent, method: "POST", path: "/invocations", headers: { "content-type": type, "content-length": Buffer.byteLength(body) } }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", reject);
      });
      call.on("error", reject);
      call.end(body);
    });
    if (status !== expected) throw new Error(`${this.model} answered ${status} where ${expected} was due`);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  sample(): void {
    this.residentMiB.push(residentMiB(this.child.pid!));
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    const exited = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await exited;
  }
}

const json = "application/json";
const sample = (file: string): Buffer => readFileSync(join(root, "registry/demo/samples", file));

function goodCalls(examples: readonly { readonly request: object }[], runtime: RuntimeName): Call[] {
  const calls = examples.map(({ request: example }): Call => ({ body: JSON.stringify(example), type: json, expected: 200 }));
  if (runtime === "forecast") return calls;
  return [...calls, { body: sample("red-striped-shirt.jpg"), type: "image/jpeg", expected: 200 }, { body: sample("deep-dots-swatch.png"), type: "image/png", expected: 200 }];
}

function badCalls(example: object, runtime: RuntimeName): Call[] {
  const calls: Call[] = [
    { body: "{", type: json, expected: 400 },
    { body: JSON.stringify({ ...example, unknown: "x".repeat(50_000) }), type: json, expected: 400 },
    { body: "[".repeat(5000), type: json, expected: 400 },
    { body: "text", type: "text/plain", expected: 415 },
  ];
  if (runtime === "forecast") return calls;
  return [...calls, { body: sample("deep-dots-swatch.png").subarray(0, 20_000), type: "image/png", expected: 400 }, { body: "junk", type: "image/png", expected: 415 }];
}

/** Of a process and all below it, by the system's own books. */
function residentMiB(pid: number): number {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      parents.set(Number(entry), Number(/^PPid:\s+(\d+)/m.exec(status)![1]));
      resident.set(Number(entry), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // Ended meanwhile.
    }
  }
  const isBelow = (child: number): boolean => child === pid || (parents.has(child) && parents.get(child) !== 0 && isBelow(parents.get(child)!));
  return [...resident].reduce((sum, [each, mib]) => sum + (isBelow(each) ? mib : 0), 0);
}

/** Rise of the line of least squares from one sample to the next. */
function slope(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  let [products, squares] = [0, 0];
  samples.forEach((value, at) => {
    products += (at - middle) * (value - mean);
    squares += (at - middle) ** 2;
  });
  return squares === 0 ? 0 : products / squares;
}

async function main(): Promise<void> {
  const { buildContainer } = await import("../container/build.mjs");
  const { serve } = await buildContainer();
  const work = mkdtempSync(join(tmpdir(), "slipway-soak-"));
  const requests = 3600 * rate;
  const served: Served[] = [];
  try {
    for (const demo of demos) served.push(await Served.start(demo, serve, work));
    const began = performance.now();
    const timer = setInterval(() => served.forEach((one) => one.sample()), SAMPLE_MS);
    await Promise.all(served.map(async (one) => {
      let next = 0;
      await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        while (next < requests) {
          const number = next++;
          // Never ahead of the even spread; a machine that is slower takes longer and asks no less.
          const early = began + (number / requests) * minutes * 60_000 - performance.now();
          if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
          await one.ask(number);
        }
      }));
    }));
    clearInterval(timer);
    const seconds = (performance.now() - began) / 1000;
    const results = Object.fromEntries(served.map(({ model, residentMiB: all, statuses }) => {
      const half = all.slice(Math.floor(all.length / 2));
      const rise = slope(half) * half.length;
      return [model, { requests, statuses, residentMiB: { first: round(all[0]!), atHalf: round(half[0]!), last: round(all.at(-1)!), most: round(Math.max(...all)) }, riseInSecondHalfMiB: Number(rise.toFixed(2)), flat: rise < ALLOWED_MIB, everyTenSeconds: all.filter((_, at) => at % 10 === 0).map((mib) => Math.round(mib)) }];
    }));
    const report = { what: `npx tsx bench/soak.ts --minutes ${minutes} --rate ${rate}`, date: new Date().toISOString().slice(0, 10), machine: machine(), seconds: Math.round(seconds), requestsInAll: requests * served.length, hourAtPerSecond: rate, allowedRiseMiB: ALLOWED_MIB, models: results };
    console.log(JSON.stringify(report, null, 2));
    if (values.write) writeFileSync(join(root, "bench/results/soak.json"), `${JSON.stringify(report, null, 2)}\n`);
    if (Object.values(results).some(({ flat }) => !flat)) process.exitCode = 1;
  } finally {
    await Promise.all(served.map((one) => one.stop()));
    rmSync(work, { recursive: true, force: true });
  }
}

void main();
