import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { ServeSpec } from "../../contract/serve-spec";
import { PeakMemory, processTree } from "../../packaging/fit/held";
import { measure } from "../../packaging/fit/measure";
import { limitMemory } from "../../packaging/fit/memory-limit";
import { buildContainer } from "../../packaging/trial";
import { withArtifact } from "../../packaging/verify";
import { root } from "./support";

const contract = parse(readFileSync(join(root, "registry/contracts/velib-lstm.yaml"), "utf8")) as { request: ServeSpec["request"]; examples: { request: object }[] };
const spec: ServeSpec = {
  specVersion: 1,
  model: "velib-lstm",
  version: "v3",
  runtime: "forecast",
  settings: { threads: 1 },
  artifact: { uri: "file:", sha256: "0".repeat(64) },
  request: contract.request,
  contractSha256: "0".repeat(64),
  limits: { timeoutSeconds: 20, maxBodyBytes: 2 ** 20 },
};

describe("memory", function () {
  this.timeout(60_000);

  it("is counted over all that a process starts, and stays counted when it is given back", async function () {
    if (process.platform !== "linux") this.skip();
    const held = 80;
    const inner = `const b = Buffer.alloc(${held} * 2 ** 20, 1); process.stdout.write("held"); setTimeout(() => b, 60000);`;
    const outer = `const c = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: ["ignore", 1, 2] }); process.on("SIGTERM", () => { c.kill("SIGKILL"); c.on("exit", () => process.exit()); });`;
    const child = spawn(process.execPath, ["-e", outer], { stdio: ["ignore", "pipe", "inherit"] });
    const peak = new PeakMemory(child.pid!);
    await once(child.stdout, "data");
    assert.equal(processTree(child.pid!).length, 2);
    peak.look();
    child.kill("SIGTERM");
    await once(child, "exit");
    const found = peak.stop();
    assert.ok(found > held + 40 && found < held + 400, `${found} MiB`);
  });

  it("is limited by a group that is there for as long as it is needed", async function () {
    const limit = limitMemory(64);
    // A container without the right to make one says so, and slipway fit goes on without.
    if (limit === undefined) this.skip();
    assert.ok(existsSync(limit.procsFile));
    const child = spawn("/bin/sh", ["-c", 'echo $$ > "$0" && exec "$@"', limit.procsFile, process.execPath, "-e", "const all = []; for (;;) all.push(Buffer.alloc(2 ** 20, 1));"], { stdio: "ignore" });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    assert.ok(signal === "SIGKILL" || code !== 0);
    assert.ok(limit.killed() >= 1);
    limit.remove();
    assert.ok(!existsSync(dirname(limit.procsFile)));
  });
});

describe("measuring", function () {
  this.timeout(120_000);
  const demo = join(root, "registry/demo/velib-lstm/model.tar.gz");
  const body = JSON.stringify(contract.examples[0]!.request);

  it("finds how soon, how fast and with how much memory the container answers", async () => {
    const serve = await buildContainer();
    await withArtifact(demo, async ({ folder }) => {
      const found = await measure({ serve, folder, spec, requests: [body], concurrencies: [1, 3], seconds: 0.3, limitMiB: 1024, host: process.env });
      assert.equal(found.failure, undefined);
      assert.ok(found.coldStartMs! > 50);
      if (process.platform === "linux") assert.ok(found.peakMiB > 40 && found.peakMiB < 900, `${found.peakMiB} MiB`);
      assert.deepEqual(found.loads.map(({ concurrency, refused }) => [concurrency, refused]), [[1, 0], [3, 0]]);
      for (const { requests, p50Ms, p99Ms, perSecond } of found.loads) assert.ok(requests >= 1 && p50Ms > 0 && p99Ms >= p50Ms && perSecond > 0);
    });
  });

  it("says that a size was not survived, or why the model does not come up", async function () {
    const serve = await buildContainer();
    await withArtifact(demo, async ({ folder }) => {
      const wrong = await measure({ serve, folder, spec: { ...spec, runtime: "clip-embed" }, requests: [body], concurrencies: [1], seconds: 0.1, host: process.env });
      assert.match(wrong.failure!, /slipway\.json is for the runtime "forecast"|ended with exit code 65/);
      const refused = await measure({ serve, folder, spec, requests: ["{}"], concurrencies: [1], seconds: 0.1, host: process.env });
      assert.ok(refused.loads[0]!.refused === refused.loads[0]!.requests);
      const tiny = await measure({ serve, folder, spec, requests: [body], concurrencies: [1], seconds: 0.1, limitMiB: 24, host: process.env });
      if (tiny.limitedBy === "nothing") this.skip();
      assert.equal(tiny.failure, "out of memory");
    });
  });
});
