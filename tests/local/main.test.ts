import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { FrontDoor, root } from "./fixtures/front-door";
import { alive, until } from "./fixtures/machine";

const run = promisify(execFile);

/** Processes whose parent is that one and whose command line matches. */
async function childrenOf(pid: number, command = /./): Promise<number[]> {
  const processes = existsSync("/proc/self/stat") ? await fromProc() : await fromPs();
  return processes.filter((one) => one.parent === pid && command.test(one.command)).map((one) => one.pid);
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Slim images have no `ps`. */
async function fromProc(): Promise<ProcessRow[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    ids.map(async (id) => {
      // A process may end between the listing and the reading.
      const [stat, command] = await Promise.all(["stat", "cmdline"].map((file) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")));
      // The name, in brackets, may hold anything; what follows it is the state and the parent.
      const parent = /\) \S (\d+) /.exec(stat!.slice(stat!.lastIndexOf(")")))?.[1];
      return parent === undefined ? [] : [{ pid: Number(id), parent: Number(parent), command: command!.replaceAll("\0", " ") }];
    }),
  );
  return rows.flat();
}

async function fromPs(): Promise<ProcessRow[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const rows = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  return rows.flatMap((row) => (row ? [{ pid: Number(row[1]), parent: Number(row[2]), command: row[3]! }] : []));
}

/** The line that says that one call went well. */
function called(door: FrontDoor, model: string, way: string, what: string, how: string): RegExpExecArray {
  const line = new RegExp(`^ {2}✓ ${model} +${way} +${what} +${how}`, "m").exec(door.stdout);
  assert.ok(line, `${model} ${way} ${what} ${how}:\n${door.stdout}`);
  return line;
}

describe("npm start", function () {
  this.timeout(60_000);

  it("--once brings the dev stack up, calls every served model and leaves with 0, whatever AWS variables say", async () => {
    const environment = { AWS_PROFILE: "does-not-exist", AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_REGION: "mars-1", AWS_ACCESS_KEY_ID: "x", HTTPS_PROXY: "http://127.0.0.1:9" };
    const door = new FrontDoor(["--once", "--port", "0"], { environment });
    assert.equal(await door.ended, 0, door.stdout + door.stderr);
    assert.match(door.stdout, /velib-lstm +serverless 3072 MiB · concurrency 2 +v3 100 % +velib-lstm-dev +● in service +\$/);
    // Whatever is not served says why, below the table.
    for (const [, model] of door.stdout.matchAll(/^ {2}([a-z-]+) .*○ not served here/gm)) assert.match(door.stdout, new RegExp(`^ {2}${model}: not served on this machine: `, "m"));
    assert.match(door.stdout, /"predictions":\{"T\+1h":\d+,"T\+2h":\d+,"T\+3h":\d+\}/);
    // Every mode of dev, each called as its callers would.
    called(door, "omnisearch-clip", "realtime", "a-short-text", "variant v1");
    called(door, "omnisearch-clip", "realtime", "a-photo", "variant v1");
    called(door, "scin-search", "beanstalk", "swatch", "with its token");
    called(door, "stygig-clip", "async", "striped-shirt", "through its queue");
    called(door, "stygig-clip", "async", "striped-shirt, from zero instances", "woken to 1 instance");
    called(door, "stygig-clip", "multiModel", "striped-shirt", "version v4");
    called(door, "stygig-clip", "multiModel", "striped-shirt", "version v5");
    called(door, "velib-lstm", "serverless", "thursday-afternoon", "variant v3");
    called(door, "velib-lstm", "batch", "a file of 24 requests", "24 answers by velib-lstm-dev-");
    assert.equal(door.stdout.match(/^ {2}✓ /gm)!.length, 9);
  });

  it("--once of the prod stack splits traffic by weight, and goes to the fallback once the endpoint is gone", async () => {
    const door = new FrontDoor(["--once", "--port", "0", "--stack", "prod"]);
    assert.equal(await door.ended, 0, door.stdout + door.stderr);
    called(door, "stygig-clip", "realtime", "striped-shirt", "variant v[45]");
    const [, v4, v5] = called(door, "stygig-clip", "realtime", "200 calls by weight", "v4 (\\d+), v5 (\\d+)");
    assert.equal(Number(v4) + Number(v5), 200);
    assert.ok(Math.abs(Number(v5) - 20) <= 2, `${v4} and ${v5} by 90 and 10`);
    called(door, "stygig-clip", "fallback", "striped-shirt, its endpoint deleted", "by its fallback");
    for (const [model, way] of [["omnisearch-clip", "realtime"], ["scin-search", "beanstalk"], ["velib-lstm", "serverless"], ["velib-lstm", "batch"]]) called(door, model!, way!, ".*", "");
    assert.equal(door.stdout.match(/^ {2}✓ /gm)!.length, 8);
    assert.doesNotMatch(door.stdout, /✗/);
  });

  describe("up", () => {
    let door: FrontDoor;
    let url: string;
    before(async () => {
      door = new FrontDoor(["--stack", "prod", "--port", "0"]);
      url = await door.url();
    });
    after(() => door.child.kill("SIGKILL"));

    it("serves outputs that name what is there", async () => {
      const outputs = (await (await fetch(`${url}/slipway/outputs`)).json()) as { stack: string; outputsVersion: number; models: Record<string, { serving: { serverless?: { endpointName: string } } }> };
      assert.equal(outputs.outputsVersion, 1);
      assert.equal(outputs.stack, "prod");
      assert.equal(outputs.models["velib-lstm"]?.serving.serverless?.endpointName, "velib-lstm-prod");
    });

    it("prints a curl line for every endpoint that runs as printed", async () => {
      const lines = door.stdout.match(/^curl .*$/gm)!;
      assert.deepEqual(lines.map((line) => /endpoints\/([^/]+)\//.exec(line)![1]), ["omnisearch-clip-prod", "stygig-clip-prod", "velib-lstm-prod"]);
      for (const line of lines) assert.equal("ErrorCode" in (JSON.parse((await run("sh", ["-c", line])).stdout) as object), false, line);
    });

    it("prints an SDK program that runs as printed, and agrees with curl", async () => {
      const predictions = (text: string) => (JSON.parse(text) as { predictions: Record<string, number> }).predictions;
      const [curl] = /^curl .*velib-lstm-prod.*$/m.exec(door.stdout)!;
      const { stdout: byCurl } = await run("sh", ["-c", curl]);
      assert.equal(Object.values(predictions(byCurl)).filter(Number.isInteger).length, 3);

      const programs = door.stdout.match(/^import [^]*?^console\.log.*$/gm)!;
      const program = programs.find((text) => text.includes("velib-lstm-prod"))!;
      const folder = path.join(root, ".cache");
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `call-${process.pid}.mjs`);
      await writeFile(file, program);
      try {
        const { stdout: bySdk } = await run(process.execPath, ["--no-warnings", file]);
        assert.deepEqual(predictions(bySdk), predictions(byCurl));
      } finally {
        await rm(file);
      }
    });

    it("answers a request that breaks the contract with the container's own words", async () => {
      const response = await fetch(`${url}/endpoints/velib-lstm-prod/invocations`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"station_code":7}' });
      assert.equal(response.status, 424);
      assert.equal(response.headers.get("x-amzn-errortype"), "ModelError");
      const { OriginalStatusCode, OriginalMessage } = (await response.json()) as { OriginalStatusCode: number; OriginalMessage: string };
      assert.equal(OriginalStatusCode, 400);
      assert.ok(typeof (JSON.parse(OriginalMessage) as { error: { code: string } }).error.code === "string");
    });

    it("shows alarms, cost, traffic and latency as state", async () => {
      const state = (await (await fetch(`${url}/slipway/state`)).json()) as { stack: string; models: { name: string; alarms: { rule: string; state: string }[]; cost: { maximumMonthly: number }; serving: { endpoint: { variants: { share: number; invocations: number }[]; p50Ms: number | null } | null }[] }[] };
      const velib = state.models.find(({ name }) => name === "velib-lstm")!;
      assert.ok(velib.alarms.some(({ rule }) => /ModelLatency > 1 s/.test(rule)));
      assert.ok(velib.cost.maximumMonthly > 0);
      assert.ok(velib.serving[0]!.endpoint!.variants[0]!.invocations >= 2);
      assert.ok(velib.serving[0]!.endpoint!.p50Ms! > 0);
      const split = state.models.find(({ name }) => name === "stygig-clip")!.serving.find(({ endpoint }) => endpoint !== null)!.endpoint!;
      assert.ok(Math.abs(split.variants.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    });

    it("drains on Ctrl-C and leaves no process behind", async () => {
      const children = await childrenOf(door.child.pid!);
      assert.ok(children.length >= 1);
      door.child.kill("SIGINT");
      assert.equal(await door.ended, 0, door.stderr);
      await until(() => !children.some(alive));
      await assert.rejects(fetch(url));
    });
  });

  it("takes its containers along when it is killed with SIGKILL", async () => {
    const door = new FrontDoor();
    await door.url();
    const children = await childrenOf(door.child.pid!);
    assert.ok(children.length >= 1);
    door.child.kill("SIGKILL");
    await until(() => !children.some(alive));
  });

  it("gives up at Ctrl-C while it is still coming up, and leaves nothing behind", async () => {
    const door = new FrontDoor();
    let children: number[] = [];
    // The container's build is the first thing that is started, after the signals are heard.
    await until(async () => (children = await childrenOf(door.child.pid!, /build\.mjs|serve\.cjs/)).length > 0);
    door.child.kill("SIGINT");
    assert.equal(await door.ended, 130, door.stdout + door.stderr);
    await until(() => !children.some(alive));
    assert.equal(door.stderr, "");
  });

  it("says that a port is taken, and what to write instead", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const { port } = blocker.address() as AddressInfo;
    const door = new FrontDoor(["--port", String(port)]);
    assert.equal(await door.ended, 1);
    assert.match(door.stderr, new RegExp(`^port ${port} is taken on 127\\.0\\.0\\.1\\n {4}write: npm start -- --port`));
    assert.doesNotMatch(door.stderr, /\n\s+at /);
    blocker.close();
  });

  it("refuses a command line that it does not understand", async () => {
    const door = new FrontDoor(["--port", "70000"]);
    assert.equal(await door.ended, 2);
    assert.match(door.stderr, /must be a whole number from 0 to 65535/);
  });

  it("prints what is wrong in the registry, every issue with its line, and starts nothing", async () => {
    // In the repository, so that its node_modules are found from there.
    await mkdir(path.join(root, ".cache"), { recursive: true });
    const copy = await mkdtemp(path.join(root, ".cache", "broken-"));
    try {
      for (const name of await readdir(root)) {
        if (name === "registry" || name === "local" || name.startsWith(".") || name === "bench") continue;
        await symlink(path.join(root, name), path.join(copy, name));
      }
      await cp(path.join(root, "registry"), path.join(copy, "registry"), { recursive: true });
      await cp(path.join(root, "local"), path.join(copy, "local"), { recursive: true });
      const file = path.join(copy, "registry", "models", "velib-lstm.yaml");
      await writeFile(file, (await readFile(file, "utf8")).replace("memory: 3072 MiB", "memory: 2500 MiB").replace("owner:", "onwer:"));
      const door = new FrontDoor(["--once"], { cwd: copy });
      assert.equal(await door.ended, 2, door.stdout + door.stderr);
      assert.match(door.stderr, /registry\/models\/velib-lstm\.yaml:\d+:\d+ +error/);
      assert.match(door.stderr, /2500/);
      assert.match(door.stderr, /onwer/);
      assert.doesNotMatch(door.stderr, /\n\s+at /);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});
