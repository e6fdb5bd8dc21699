/**
 * Runs an unpacked image as Docker would with `--read-only`: a root file system that cannot be written, the server
 * as process 1, its entry point, environment and user from the image's own config. Called by prove-image.sh:
 *
 *   npx tsx scripts/prove-image.ts <root file system> <image.json> <manifest.json>
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import type { Json, JsonSchema } from "../contract/json";
import type { RuntimeName } from "../contract/runtimes";
import { encodeServeSpec } from "../contract/serve-spec";

const [rootfs, imageFile, manifestFile] = process.argv.slice(2) as [string, string, string];
const repository = join(__dirname, "..");
const work = mkdtempSync(join(tmpdir(), "slipway-prove-"));

interface ImageConfig {
  readonly Env: readonly string[];
  readonly Cmd: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}
const { config } = (JSON.parse(readFileSync(imageFile, "utf8")) as { Docker: { config: ImageConfig } }).Docker;

interface Contract {
  readonly request: JsonSchema;
  readonly examples: readonly { readonly request: Json; readonly response: Json }[];
}
interface Case {
  readonly title: string;
  readonly model: string;
  readonly runtime: RuntimeName;
  readonly folder: string;
  readonly settings?: { readonly [name: string]: Json };
  /** As SageMaker starts it, or as `docker run --user` does. */
  readonly user: "root" | "1000:1000";
  /** Whether /tmp is a tmpfs: `docker run --tmpfs /tmp`. */
  readonly temporary?: boolean;
  readonly backend?: string;
}

/** A demo artifact as SageMaker lays it out. */
async function unpack(archive: string): Promise<string> {
  const folder = mkdtempSync(join(work, "model-"));
  await tar.extract({ file: join(repository, "registry/demo", archive), cwd: folder });
  readable(folder);
  return folder;
}

/** mkdtemp's folders are their owner's alone. */
function readable(folder: string): void {
  chmodSync(folder, 0o755);
}

/** The artifact with the rows of its flat index in an index of another kind, built by faiss-node inside the image. */
function reindexed(folder: string, factory: string): string {
  const copy = mkdtempSync(join(work, "model-"));
  cpSync(folder, copy, { recursive: true });
  readable(copy);
  const script = `
    const { Index, IndexFlatIP, MetricType } = require("/opt/slipway/node_modules/faiss-node");
    const bytes = require("node:fs").readFileSync("/opt/ml/model/index.faiss");
    const dimension = bytes.readInt32LE(4);
    const rows = Array.from({ length: (bytes.length - 45) / 4 }, (_, at) => bytes.readFloatLE(45 + 4 * at));
    const index = Index.fromFactory(dimension, ${JSON.stringify(factory)}, MetricType.METRIC_INNER_PRODUCT);
    if (!index.isTrained()) index.train(rows);
    index.add(rows);
    index.write("/tmp/out.faiss");
    process.stdout.write(require("node:fs").readFileSync("/tmp/out.faiss"));`;
  const bytes = execFileSync("unshare", ["--mount", "sh", "-c", `${mounts({ folder, temporary: true })}\nexec chroot ${rootfs} /usr/local/bin/node -e "$1"`, "sh", script], { maxBuffer: 2 ** 26 });
  writeFileSync(join(copy, "index.faiss"), bytes);
  const manifest = JSON.parse(readFileSync(join(copy, "slipway.json"), "utf8")) as { files: Record<string, object> };
  manifest.files["index.faiss"] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  writeFileSync(join(copy, "slipway.json"), JSON.stringify(manifest));
  return copy;
}

/** In a mount namespace of its own. What an engine makes is made: the mount point of the model, /proc, the devices. */
function mounts({ folder, temporary = false }: Pick<Case, "folder" | "temporary">): string {
  return [
    "set -e",
    `mount --bind ${rootfs} ${rootfs}`,
    `mkdir -p ${rootfs}/opt/ml/model`,
    `mount --bind ${folder} ${rootfs}/opt/ml/model`,
    `mount -o remount,bind,ro ${rootfs}/opt/ml/model`,
    `mount -t proc proc ${rootfs}/proc`,
    `mount --bind /dev ${rootfs}/dev`,
    ...(temporary ? [`mount -t tmpfs tmpfs ${rootfs}/tmp`] : []),
    `mount -o remount,bind,ro ${rootfs}`,
    `! touch ${rootfs}/written 2>/dev/null`,
  ].join("\n");
}

/** Ended at the end, however that comes. */
const started: ChildProcess[] = [];

interface Line {
  readonly event: string;
  readonly port?: number;
  readonly [field: string]: unknown;
}

interface Server {
  readonly process: ChildProcess;
  readonly lines: Line[];
  readonly url: string;
  readonly port: number;
  /** Of the server itself, as this machine counts. */
  readonly pid: number;
}

async function start(one: Case, contract: Contract): Promise<Server> {
  const environment = {
    ...Object.fromEntries(config.Env.map((pair) => pair.split(/=(.*)/s) as [string, string])),
    ...encodeServeSpec({
      specVersion: 1,
      model: one.model,
      version: "v1",
      runtime: one.runtime,
      settings: { threads: 2, ...one.settings },
      artifact: { uri: "s3://example-models/model.tar.gz", sha256: "0".repeat(64) },
      request: contract.request,
      contractSha256: "0".repeat(64),
      limits: { timeoutSeconds: 20, maxBodyBytes: 6 * 2 ** 20 },
    }),
    SAGEMAKER_BIND_TO_PORT: "0",
    SLIPWAY_HOST: "127.0.0.1",
  };
  const command = [...config.Entrypoint, ...config.Cmd];
  const user = one.user === "root" ? [] : [`--userspec=${one.user}`, "--groups="];
  const child = spawn("unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", `${mounts(one)}\nexec chroot ${user.join(" ")} ${rootfs} "$@"`, "sh", ...command], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const lines: Line[] = [];
  let partial = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const whole = (partial + text).split("\n");
    partial = whole.pop()!;
    for (const line of whole) lines.push(JSON.parse(line) as Line);
  });
  const port = await until(() => lines.find(({ event }) => event === "listening")?.port, child, lines);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => ((await fetch(`${url}/ping`)).status === 200 ? true : undefined), child, lines);
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ")[0]);
  return { process: child, lines, url, port, pid };
}

async function until<T>(found: () => T | undefined | Promise<T | undefined>, child: ChildProcess, lines: readonly Line[]): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const value = await found();
    if (value !== undefined) return value;
    if (child.exitCode !== null) throw new Error(`the container left with ${child.exitCode}: ${JSON.stringify(lines.at(-1))}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing after 30 s: ${JSON.stringify(lines.at(-1))}`);
}

const statusOf = (pid: number, field: string): string => new RegExp(`^${field}:[ \\t]*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!;

async function prove(one: Case): Promise<string> {
  const contract = parse(readFileSync(join(repository, `registry/contracts/${one.model}.yaml`), "utf8")) as Contract;
  const server = await start(one, contract);
  const { lines, url, pid } = server;

  assert.equal(statusOf(pid, "NSpid").split(/\s+/).at(-1), "1", "the server is process 1");
  assert.match(statusOf(pid, "Uid"), /^1000\s+1000\s+1000\s+1000$/, "no user id is root's any more");
  assert.match(statusOf(pid, "Gid"), /^1000\s+1000\s+1000\s+1000$/);
  assert.equal(statusOf(pid, "Groups").trim(), "");
  assert.equal(statusOf(pid, "CapEff"), "0000000000000000");
  if (one.user === "root") assert.ok(lines.some(({ event }) => event === "left-root"));

  const [health, ...argument] = config.Healthcheck.Test;
  assert.equal(health, "CMD");
  execFileSync("nsenter", ["--mount", "--pid", "--target", String(pid), "chroot", rootfs, "env", `SAGEMAKER_BIND_TO_PORT=${server.port}`, ...argument], { env: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" } });

  for (const { request } of contract.examples) {
    const reply = await fetch(`${url}/invocations`, { method: "POST", body: JSON.stringify(request), headers: { "content-type": "application/json" } });
    assert.equal(reply.status, 200, await reply.text());
  }
  const opened = lines.find(({ event }) => event === "index-opened");
  assert.equal(opened?.backend, one.backend);
  assert.deepEqual(lines.filter(({ level }) => level === "error" || level === "fatal"), []);

  // Signalled in the middle of requests: what was taken is answered, what comes later is told that the server leaves.
  const body = JSON.stringify(contract.examples[0]!.request);
  const inFlight = Array.from({ length: 32 }, () => fetch(`${url}/invocations`, { method: "POST", body, headers: { "content-type": "application/json" } }));
  await Promise.race(inFlight);
  const exited = new Promise<number | null>((resolve) => server.process.once("exit", resolve));
  process.kill(pid, "SIGTERM");
  const statuses = (await Promise.allSettled(inFlight)).map((reply) => (reply.status === "fulfilled" ? reply.value.status : "refused"));
  assert.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 503 || status === "refused"), statuses.join());
  assert.equal(await exited, 0);
  assert.ok(lines.some(({ event }) => event === "drained"));
  const backend = opened === undefined ? "" : `, index ${String(opened.kind)} by ${String(opened.backend)}`;
  return `${one.title}: ${contract.examples.length} golden examples answered${backend}, as uid 1000, drained`;
}

/** A copy to which the server's user has no access: it stays root, as the artifact is worth more than the user. */
async function proveStaysRoot(one: Case): Promise<string> {
  const folder = mkdtempSync(join(work, "model-"));
  cpSync(one.folder, folder, { recursive: true });
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o600);
  const contract = parse(readFileSync(join(repository, `registry/contracts/${one.model}.yaml`), "utf8")) as Contract;
  const server = await start({ ...one, folder }, contract);
  assert.match(String(server.lines.find(({ event }) => event === "stays-root")?.reason), /EACCES/);
  const exited = new Promise((resolve) => server.process.once("exit", resolve));
  process.kill(server.pid, "SIGTERM");
  await exited;
  return `${one.title}: files that only root may read: stays root and says so`;
}

function sizes(): string[] {
  const { layers } = JSON.parse(readFileSync(manifestFile, "utf8")) as { layers: { size: number }[] };
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const folder = (path: string): number => Number(execFileSync("du", ["-sb", join(rootfs, path)], { encoding: "utf8" }).split("\t")[0]);
  const own = layers.slice(1).reduce((sum, { size }) => sum + size, 0);
  return [
    `layers as a registry stores them: ${layers.map(({ size }) => mib(size)).join(" + ")}; all but the base: ${mib(own)}`,
    `/opt/slipway unpacked: ${mib(folder("opt/slipway"))}, of it onnxruntime ${mib(folder("opt/slipway/node_modules/onnxruntime-node"))}, sharp and libvips ${mib(folder("opt/slipway/node_modules/sharp") + folder("opt/slipway/node_modules/@img"))}, FAISS ${mib(folder("opt/slipway/node_modules/faiss-node"))}`,
  ];
}

async function main(): Promise<void> {
  mkdirSync(join(rootfs, "opt/ml/model"), { recursive: true });
  assert.equal(config.Labels["com.amazonaws.sagemaker.capabilities.accept-bind-to-port"], "true");
  const scin = await unpack("scin-search/model.tar.gz");
  const flat = { model: "scin-search", runtime: "image-search", user: "1000:1000" } as const;
  const velib: Case = { title: "velib-lstm", model: "velib-lstm", runtime: "forecast", settings: { label: "v3" }, folder: await unpack("velib-lstm/model.tar.gz"), user: "root" };
  const cases: Case[] = [
    velib,
    { title: "omnisearch-clip", model: "omnisearch-clip", runtime: "clip-embed", folder: await unpack("omnisearch-clip/model.tar.gz"), user: "1000:1000" },
    { title: "stygig-clip", model: "stygig-clip", runtime: "clip-recommend", folder: await unpack("stygig-clip/v4/model.tar.gz"), user: "root", backend: "exact" },
    { title: "scin-search", ...flat, folder: scin, backend: "exact" },
    { title: "scin-search, HNSW", ...flat, user: "root", folder: reindexed(scin, "HNSW16"), backend: "faiss" },
    { title: "scin-search, IVF, nprobe of its own, tmpfs at /tmp", ...flat, folder: reindexed(scin, "IVF8,Flat"), settings: { searchWidth: 4 }, temporary: true, backend: "faiss" },
  ];
  for (const one of cases) console.log(await prove(one));
  console.log(await proveStaysRoot(velib));
  for (const line of sizes()) console.log(line);
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => {
    for (const child of started) child.kill("SIGKILL");
    rmSync(work, { recursive: true, force: true });
  });
