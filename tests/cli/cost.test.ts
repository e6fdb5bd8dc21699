import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { costMarkdown } from "../../cli/render/cost-markdown";
import { costTable } from "../../cli/render/cost-table";
import { WIDTH } from "../../cli/render/plan-tree";
import { costReport, type CostReport } from "../../planning/cost-report";
import { facts, model, planned, realtimeServing } from "../planning/support/resolved";

const root = join(__dirname, "..", "..");
const bin = join(root, "cli", "bin.js");
const plain = pc.createColors(false);

/** Runs the command as a person does, without AWS variables or a home. */
function cost(cwd: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "cost", ...options], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

describe("slipway cost", function () {
  this.timeout(60_000);

  it("prints the real prod stack in a hundred columns, with the seeds' figures set right", () => {
    const { status, stdout, stderr } = cost(root, "--stack", "prod");
    assert.equal(status, 0);
    // Of two regions no prices are on record.
    assert.deepEqual(stderr.match(/warning {2}\S+$/gm), ["warning  prices-other-region", "warning  prices-other-region"]);
    assert.match(stdout, /^prod in us-east-1, ap-south-1, eu-west-3, at prices of us-east-1 read on \d{4}-\d\d-\d\d\n/);
    assert.match(stdout, /^total .* \$[\d,]+\.\d\d {2}\$[\d,]+\.\d\d$/m);
    assert.match(stdout, /^budget /m);
    assert.match(stdout, /ml\.c5\.large, a month: \$74\.46 \(\$0\.102\/h × 730 h\); claimed \$70\.08/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= WIDTH, line);
  });

  it("prints JSON at the load that is asked for", () => {
    const { status, stdout } = cost(root, "--stack", "dev", "--format", "json", "--requests", "1000", "--duration", "2s");
    const report = JSON.parse(stdout) as CostReport;
    assert.equal(status, 0);
    assert.deepEqual(Object.keys(report), [
      "costVersion", "stack", "region", "regions", "prices", "fixedMonthly", "maximumMonthly", "monthlyBudget", "owners", "comparisons", "leftOut",
    ]);
    for (const { load } of report.comparisons) assert.deepEqual(load, { requestsPerMonth: 1000, durationMilliseconds: 2000 });
  });

  it("fails above the budget, and shows the bill all the same", () => {
    const { status, stdout, stderr } = cost(root, "--stack", "dev", "--requests", "9000000000");
    assert.equal(status, 1);
    assert.match(stdout, /^dev in us-east-1/);
    assert.match(stderr, /^Pulumi\.dev\.yaml:\d+:\d+ +error +over-budget$/m);
  });

  it("refuses a load that is none", () => {
    for (const options of [["--requests", "-1"], ["--requests", "1e3"], ["--duration", "fast"], ["--duration", "0"]]) {
      const { status, stdout, stderr } = cost(root, "--stack", "dev", ...options);
      assert.deepEqual([status, stdout], [2, ""], options.join(" "));
      assert.match(stderr, /^error: option/);
    }
  });

  it("says where to run it, where there is no registry", () => {
    assert.equal(cost(tmpdir(), "--stack", "dev").status, 2);
  });
});

describe("rendering a cost report", () => {
  const models = [
    model(),
    model({ name: "a".repeat(32), serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge", scaling: { min: 1, max: 4, cpuPercent: 70 } }) } }),
  ];
  const { report } = costReport(planned(models), models, { ...facts, monthlyBudget: 5000 });

  it("keeps to its width, and colours only what it is told to", () => {
    for (const line of costTable(report, plain).split("\n")) assert.ok(line.length <= WIDTH, line);
    assert.ok(!costTable(report, plain).includes("\u001b"));
    assert.ok(costTable(report, pc.createColors(true)).includes("\u001b[1m"));
  });

  it("gives every row of a Markdown table its cells", () => {
    const widths = costMarkdown(report).split("\n\n").filter((block) => block.startsWith("| ")).map((block) => new Set(block.split("\n").map((row) => row.split(" | ").length)).size);
    assert.ok(widths.length >= 4);
    for (const width of widths) assert.equal(width, 1);
  });
});
