import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FitReport } from "../../cli/render/fit";

const root = join(__dirname, "..", "..");
const bin = join(root, "cli", "bin.js");
const demo = join(root, "registry/demo/velib-lstm/model.tar.gz");

describe("slipway fit", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-fit-"));
    cpSync(join(root, "registry/models"), join(folder, "registry/models"), { recursive: true });
    cpSync(join(root, "registry/contracts"), join(folder, "registry/contracts"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const slipway = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1" } });
    return { status, stdout, stderr };
  };

  it("measures the demo, recommends where to serve it, and writes its memory down", () => {
    const file = join(folder, "registry/models/velib-lstm.yaml");
    const before = readFileSync(file, "utf8");
    const { status, stdout, stderr } = slipway("fit", demo, "--seconds", "1", "--concurrency", "2", "--json", "--write");
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout) as FitReport & { readonly fitVersion: number };
    assert.deepEqual([report.fitVersion, report.model, report.version, report.runtime], [1, "velib-lstm", "v3", "forecast"]);
    assert.deepEqual(report.measurements[0]!.loads.map(({ concurrency }) => concurrency), [1, 2]);
    assert.equal(report.advice.serverless!.memoryMiB, 1024);
    assert.equal(report.advice.instance!.type, "ml.c5.large");
    assert.equal(readFileSync(file, "utf8").replace(`\n    memory: ${report.peakMiB} MiB`, ""), before);
    assert.equal(slipway("validate").status, 0);
  });

  it("reads well, with requests of its own", () => {
    const { examples } = (require("yaml") as typeof import("yaml")).parse(readFileSync(join(root, "registry/contracts/velib-lstm.yaml"), "utf8")) as { examples: { request: object }[] };
    writeFileSync(join(folder, "request.json"), JSON.stringify(examples[0]!.request));
    const { status, stdout, stderr } = slipway("fit", demo, "--seconds", "1", "--concurrency", "1", "--request", "request.json");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^velib-lstm v3 · forecast\nmeasured on .*, \d+ cores, \d+ GiB, Node v[\d.]+; (sizes enforced by cgroup v[12]|no control group can be made here, so that no size was enforced)\n/);
    assert.match(stdout, /\n {2}MEMORY +COLD START +HELD +AT ONCE +P50 +P99 +A SECOND\n {2}no limit +\d+ ms +\d+ MiB +1 +[\d.]+ ms +[\d.]+ ms +[\d.]+\n/);
    assert.match(stdout, /serverless +1024 MiB +\$\d+\.\d\d for a million requests, each alone\n {2}instance +ml\.c5\.large/);
    assert.match(stdout, /descriptor +memory: \d+ MiB +under versions\.v3/);
  });

  it("refuses what it cannot measure, and what it would write in a wrong place", () => {
    writeFileSync(join(folder, "bad.json"), "{}");
    const refused = slipway("fit", demo, "--seconds", "1", "--concurrency", "1", "--request", "bad.json");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /package-golden\n {4}\d+ of \d+ requests were not answered 200, 1 at once: their times say nothing/);
    const file = join(folder, "registry/models/velib-lstm.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace("8e6a4110", "9e6a4110"));
    const elsewhere = slipway("fit", demo, "--write");
    writeFileSync(file, before);
    assert.equal(elsewhere.status, 1);
    assert.match(elsewhere.stderr, /package-version-taken\n {4}has sha256\n? *8e6a4110/);
    assert.equal(slipway("fit", demo, "--seconds", "none").status, 2);
    assert.equal(slipway("fit", join(folder, "absent.tar.gz")).status, 1);
    assert.equal(slipway("fit").status, 2);
  });
});
