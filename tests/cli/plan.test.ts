import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { columns, shorten, wrap } from "../../cli/render/columns";
import { planMarkdown } from "../../cli/render/plan-markdown";
import { WIDTH, planTree } from "../../cli/render/plan-tree";
import { priceRange } from "../../cli/render/plan-words";
import type { PlanDocument } from "../../planning/plan-document";
import { model, planned, realtimeServing } from "../planning/support/resolved";

const root = join(__dirname, "..", "..");
const bin = join(root, "cli", "bin.js");
const plain = pc.createColors(false);

/** Runs the command as a person does, without AWS variables or a home. */
function plan(cwd: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "plan", ...options], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

describe("slipway plan", function () {
  this.timeout(60_000);

  it("prints the real prod stack in a hundred columns", () => {
    const { status, stdout, stderr } = plan(root, "--stack", "prod");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^prod in us-east-1, ap-south-1, eu-west-3: 4 models, \d+ resources\n/);
    for (const model of ["omnisearch-clip", "scin-search", "stygig-clip", "velib-lstm"]) assert.match(stdout, new RegExp(`^${model} {2,}\\S`, "m"));
    assert.match(stdout, /velib-lstm +serverless 3072 MiB · concurrency 5 +v3 100 %.*\n +outside the VPC\n/);
    assert.match(stdout, /scin-search +beanstalk m5\.2xlarge × 1–3 · 100 GiB/);
    assert.match(stdout, /v4 90 %, v5 10 %/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= WIDTH, line);
  });

  it("prints JSON that holds everything, and nothing else", () => {
    const { status, stdout } = plan(root, "--stack", "dev", "--format", "json");
    const document = JSON.parse(stdout) as PlanDocument;
    assert.equal(status, 0);
    assert.deepEqual(Object.keys(document), ["planVersion", "stack", "region", "models", "resources", "outputs", "cost", "warnings"]);
    for (const resource of document.resources) assert.deepEqual(Object.keys(resource), ["type", "name", "parent", "inputs", "options"]);
    assert.deepEqual(document.models.map(({ name }) => name), ["omnisearch-clip", "scin-search", "stygig-clip", "velib-lstm"]);
  });

  it("names the stacks there are, where there is no such stack", () => {
    const { status, stdout, stderr } = plan(root, "--stack", "staging");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /stack-unknown\n.*"staging".*\n.*dev, prod/);
  });

  it("asks for the stack, and refuses a format that it does not know", () => {
    assert.equal(plan(root).status, 2);
    assert.equal(plan(root, "--stack", "dev", "--format", "xml").status, 2);
  });

  it("says where to run it, where there is no registry", () => {
    const { status, stdout, stderr } = plan(tmpdir(), "--stack", "dev");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /there is no registry.models here/);
  });

  describe("in a copy of the repository", () => {
    const copy = mkdtempSync(join(tmpdir(), "slipway-plan-"));
    before(() => {
      for (const path of ["registry", "container/src", "contract", ".dockerignore", ".npmrc", "package.json", "package-lock.json", "scripts", "Pulumi.yaml", "Pulumi.dev.yaml"]) {
        cpSync(join(root, path), join(copy, path), { recursive: true });
      }
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
    });
    after(() => rmSync(copy, { recursive: true, force: true }));
    const rewrite = (path: string, change: (text: string) => string): void =>
      writeFileSync(join(copy, path), change(readFileSync(join(copy, path), "utf8")));

    it("shows a plan above the budget, and fails", () => {
      rewrite("Pulumi.dev.yaml", (text) => text.replace(/monthlyBudget: .*/, "monthlyBudget: 1"));
      const { status, stdout, stderr } = plan(copy, "--stack", "dev");
      assert.equal(status, 1);
      assert.match(stdout, /^dev in /);
      assert.match(stderr, /^Pulumi\.dev\.yaml:\d+:\d+ +error +over-budget$/m);
    });

    it("prints every mistake as validate does, and no plan", () => {
      rewrite("registry/models/velib-lstm.yaml", (text) => text.replace("3072 MiB", "2500 MiB").replace("owner:", "ownr:"));
      const { status, stdout, stderr } = plan(copy, "--stack", "dev", "--format", "json");
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr, /velib-lstm\.yaml:\d+:\d+ +error/);
      assert.match(stderr, /2500/);
      assert.match(stderr, /owner/);
    });
  });
});

describe("rendering a plan", () => {
  const many = planned([
    model(),
    model({
      name: "a".repeat(32),
      serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge", scaling: { min: 1, max: 4, cpuPercent: 70, requestsPerSecond: 5 } }) },
      traffic: Array.from({ length: 10 }, (_, index) => ({ version: `version-number-${index}`, weight: index })),
      versions: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`version-number-${index}`, model().versions.v3!])),
    }),
  ]);

  it("keeps to its width with the longest names", () => {
    for (const line of planTree(many, 12_345, [], plain).split("\n")) assert.ok(line.length <= WIDTH, line);
  });

  it("colours only what it is told to colour", () => {
    assert.ok(!planTree(many, undefined, [], plain).includes("\u001b"));
    assert.ok(planTree(many, undefined, [], pc.createColors(true)).includes("\u001b[1m"));
  });

  it("keeps text of a descriptor inside its cell of a Markdown table", () => {
    const warning = { code: "x", severity: "warning", file: "a|b.yaml", line: 1, column: 1, path: "", message: "one | two\n# three" } as const;
    const markdown = planMarkdown(many, 5000, [warning]);
    assert.ok(markdown.includes("one \\| two # three"));
    assert.match(markdown, /of a budget of \$5,000\.00/);
    const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
    assert.ok(rows.length > 60);
  });

  it("says what is paid at rest and at most", () => {
    assert.equal(priceRange({ fixedMonthly: 74.46, maximumMonthly: 74.46 }), "$74.46");
    assert.equal(priceRange({ fixedMonthly: 0, maximumMonthly: 1.2 }), "up to $1.20");
    assert.equal(priceRange({ fixedMonthly: 537.57, maximumMonthly: 2150.29 }), "$537.57 to $2,150.29");
    assert.equal(priceRange({ fixedMonthly: 0, maximumMonthly: 0, lines: [] }), "–");
  });

  it("lays out columns, shortens in the middle, wraps at spaces", () => {
    assert.deepEqual(columns([["a", "bb"], ["ccc", ""]]), ["a    bb", "ccc"]);
    assert.equal(shorten("abcdefghij", 5), "ab…ij");
    assert.equal(shorten("abc", 5), "abc");
    assert.deepEqual(wrap("aa bb cc", 5), ["aa bb", "cc"]);
  });
});
