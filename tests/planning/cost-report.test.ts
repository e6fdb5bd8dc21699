import assert from "node:assert/strict";
import fc from "fast-check";
import { costClaims } from "../../planning/cost-claims";
import { LOG_BYTES_PER_REQUEST, atLoad, costReport, loadOf, logCost, type CostReport, type LoadOverride } from "../../planning/cost-report";
import { batchDefaults } from "../../planning/modes/batch/schema";
import { serverlessMemoriesMiB } from "../../planning/modes/serverless/schema";
import type { ResolvedModel, ResolvedServing, StackFacts } from "../../planning/types";
import { facts, model, planned, realtimeServing, serverlessServing } from "./support/resolved";

const velib = model();
const stygig = model({ name: "stygig-clip", serving: { realtime: realtimeServing() } });
const omnisearch = model({ name: "omnisearch-clip", serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge" }) } });

function reported(models: readonly ResolvedModel[], override: LoadOverride = {}, stack: Partial<StackFacts> = {}): CostReport & { codes: string[] } {
  const loaded = atLoad(models, override);
  const { report, issues } = costReport(planned(loaded, stack), loaded, { ...facts, ...stack }, override);
  return { ...report, codes: issues.map(({ code }) => code) };
}
const comparisonOf = (report: CostReport, name: string) => report.comparisons.find((each) => each.model === name)!;

describe("cost report", () => {
  it("bills every line of the plan to its owner, and logs to each model", () => {
    const report = reported([velib, stygig]);
    const plan = planned([velib, stygig]);
    for (const { name, cost } of plan.models) {
      const owner = report.owners.find((each) => each.owner === name)!;
      assert.deepEqual(owner.lines.slice(0, -1), cost.lines);
      assert.equal(owner.lines.at(-1)!.item, "logs of 100,000 requests");
    }
    // 100,000 × 256 bytes = 0.0256 GB, at 0.50 = 0.0128
    assert.equal(logCost("us-east-1", loadOf(velib)).maximumMonthly, 0.01);
    assert.deepEqual(logCost("us-east-1", { requestsPerMonth: 10_000_000, durationMilliseconds: 1 }), {
      item: "logs of 10,000,000 requests",
      fixedMonthly: 0,
      maximumMonthly: 1.28,
      basis: "$0.50/GB × 10,000,000 × 256 bytes",
    });
  });

  it("bills what capture keeps at the load, for as long as it is kept", () => {
    const capture = { percent: 20, input: true, output: true, retentionDays: 60 };
    const linesOf = (over: object): string[] => {
      const captured = model({ name: "stygig-clip", serving: { realtime: realtimeServing({ capture: { ...capture, ...over } }) } });
      const examples = [{ name: "one", request: "x".repeat(19_998), response: "y".repeat(9_998) }]; // 20,000 and 10,000 bytes with their quotes
      const { owners } = reported([{ ...captured, contract: { ...captured.contract, examples } }], { requestsPerMonth: 1_000_000 });
      return owners[1]!.lines.flatMap(({ item, maximumMonthly }) => (item.startsWith("captures") ? [`${item}: ${maximumMonthly}`] : []));
    };
    // 200,000 copies × 30,000 bytes × 60 / 30.4167 days = 11.84 GB, at 0.023 = 0.27; written: 200 × 0.005 = 1.00
    assert.deepEqual(linesOf({}), ["captures of 200,000 requests, kept 60 days: 1.27"]);
    // 3.95 GB of answers alone = 0.09
    assert.deepEqual(linesOf({ input: false }), ["captures of 200,000 requests, kept 60 days: 1.09"]);
    assert.deepEqual(linesOf({ percent: 10, output: false }), ["captures of 100,000 requests, kept 60 days: 0.59"]);
    assert.deepEqual(reported([stygig]).owners[1]!.lines.filter(({ item }) => item.startsWith("captures")), []);
  });

  it("counts a log line for what the container writes", () => {
    const line = `{"level":"info","time":"2026-11-23T10:57:11.123Z","model":"omnisearch-clip","version":"v1","event":"request","requestId":"0123456789abcdef0123456789abcdef0123","status":200,"durationMs":12.345,"queueMs":0.123,"inferenceMs":12.001}`;
    assert.ok(line.length <= LOG_BYTES_PER_REQUEST && LOG_BYTES_PER_REQUEST < 2 * line.length, String(line.length));
  });

  it("counts at the load that is asked for", () => {
    // 3 GB × 0.04 s × 5,000,000 × 0.00002 = 12.00
    const report = reported([velib], { requestsPerMonth: 5_000_000, durationMilliseconds: 40 });
    const [serverless] = report.owners[1]!.lines;
    assert.deepEqual([serverless!.item, serverless!.maximumMonthly], ["serverless 3072 MiB, 5,000,000 requests of 40 ms", 12]);
    assert.deepEqual(comparisonOf(report, "velib-lstm").load, { requestsPerMonth: 5_000_000, durationMilliseconds: 40 });
  });

  it("takes the rest of a load from the descriptor where only one part is asked for", () => {
    assert.deepEqual(loadOf(velib, { requestsPerMonth: 7 }), { requestsPerMonth: 7, durationMilliseconds: 200 });
    assert.deepEqual(loadOf(stygig), { requestsPerMonth: 100_000, durationMilliseconds: 200 });
  });

  it("takes no run over files for a load of requests", () => {
    const nightly = { ...batchDefaults, instanceType: "ml.m5.large", schedule: { ...batchDefaults.schedule, rate: "1 day" } } as ResolvedServing;
    const both = model({ serving: { batch: nightly, serverless: { ...serverlessServing, load: { requestsPerMonth: 3, durationMilliseconds: 5 } } } });
    assert.deepEqual(loadOf(both), { requestsPerMonth: 3, durationMilliseconds: 5 });
    assert.deepEqual(atLoad([both], { requestsPerMonth: 9 })[0]!.serving.batch, nightly);
  });

  it("compares the ways of serving a load", () => {
    const { ways, breakEven } = comparisonOf(reported([velib]), "velib-lstm");
    assert.deepEqual(ways, [
      { way: "always on", on: "ml.c5.large", leastMonthly: 74.46, mostMonthly: 74.46, perMillionRequests: 744.6 },
      // 100,000 × 0.2 s = 20,000 s, 0.102 / 3600 × 20,000 = 0.5666…
      { way: "asleep when idle", on: "ml.c5.large", leastMonthly: 0.57, mostMonthly: 74.46, perMillionRequests: 744.6 },
      { way: "serverless", on: "3072 MiB", leastMonthly: 1.2, mostMonthly: 1.2, perMillionRequests: 12 },
    ]);
    // A month of 2,628,000 s in pieces of 900 s until it sleeps again and 0.2 s of work.
    assert.deepEqual(breakEven.find(({ cheaper }) => cheaper === "asleep when idle"), { cheaper: "asleep when idle", than: "always on", upToRequestsPerMonth: 2919, when: "each request comes alone" });
    assert.deepEqual(breakEven.find(({ cheaper }) => cheaper === "serverless"), {
      cheaper: "serverless",
      than: "always on",
      upToRequestsPerMonth: 6_205_000,
      when: "whenever they come",
    });
  });

  it("does not offer serverless to a model that has more memory than there is", () => {
    assert.deepEqual(comparisonOf(reported([omnisearch]), "omnisearch-clip").ways.map(({ way }) => way), ["always on", "asleep when idle"]);
  });

  it("offers the types that hold the memory, cheapest first, and marks the declared one", () => {
    const { instances, memoryMiB } = comparisonOf(reported([omnisearch]), "omnisearch-clip");
    assert.equal(memoryMiB, 16 * 1024);
    for (const { memoryGiB } of instances) assert.ok(memoryGiB! >= 16);
    assert.deepEqual(instances.filter(({ isDeclared }) => isDeclared).map(({ type, monthly }) => [type, monthly]), [["ml.g4dn.xlarge", 537.57]]);
    assert.deepEqual(instances.map(({ monthly }) => monthly), [...instances.map(({ monthly }) => monthly)].sort((a, b) => a - b));
    assert.ok(!instances.some(({ type }) => type === "ml.g5.xlarge"), "another kind of processor is another question");
  });

  it("adds up: lines to owners, owners to the stack", () => {
    const cents = (usd: number): number => Math.round(usd * 100);
    fc.assert(
      fc.property(
        fc.constantFrom(...serverlessMemoriesMiB),
        fc.integer({ min: 0, max: 1e8 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.constantFrom("ml.c5.large", "ml.m5.xlarge"),
        (memoryMiB, requestsPerMonth, durationMilliseconds, instanceType) => {
          const models = [
            model({ serving: { serverless: { ...serverlessServing, memoryMiB } } }),
            model({ name: "other", serving: { realtime: realtimeServing({ instanceType }) } }),
          ];
          const report = reported(models, { requestsPerMonth, durationMilliseconds });
          for (const end of ["fixedMonthly", "maximumMonthly"] as const) {
            for (const owner of report.owners) assert.equal(cents(owner[end]), owner.lines.reduce((sum, line) => sum + cents(line[end]), 0));
            assert.equal(cents(report[end]), report.owners.reduce((sum, owner) => sum + cents(owner[end]), 0));
          }
          assert.deepStrictEqual(JSON.parse(JSON.stringify(report)), report);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("never gets cheaper with more requests", () => {
    fc.assert(
      fc.property(fc.nat(1e8), fc.nat(1e8), (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((requestsPerMonth) => reported([velib, stygig], { requestsPerMonth }));
        assert.ok(less!.maximumMonthly <= more!.maximumMonthly);
        assert.equal(less!.fixedMonthly, more!.fixedMonthly);
      }),
      { numRuns: 40 },
    );
  });

  it("holds the budget against the load that is asked for", () => {
    assert.deepEqual(reported([velib], {}, { monthlyBudget: 100 }).codes, []);
    assert.deepEqual(reported([velib], { requestsPerMonth: 100_000_000 }, { monthlyBudget: 100 }).codes, ["over-budget"]);
  });

  it("puts the claims of the systems that models come from beside what is right", () => {
    const claims = comparisonOf(reported([stygig]), "stygig-clip").claims;
    const c5 = claims.find(({ what }) => what === "ml.c5.large, a month")!;
    // 0.102 × 730 = 74.46; the claim is 0.096 × 730 = 70.08, and 0.096 is EC2's m5.large.
    assert.deepEqual([c5.claimedUsd, c5.usd], [70.08, 74.46]);
    const request = costClaims.find(({ what }) => what.startsWith("a request"))!;
    // 0.00002 × 3 GB × 0.6 s
    assert.ok(Math.abs(request.usd - 0.000036) < 1e-12);
    for (const { source, usd, claimedUsd, remark } of costClaims) {
      assert.match(source, /^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
      assert.equal(remark === "", Math.abs(claimedUsd / usd - 1) < 0.005, `${claimedUsd} against ${usd}`);
    }
  });

  it("says of each declared mode without a plan that it costs nothing yet", () => {
    const unplanned = reported([velib]).owners.flatMap(({ notPlannedYet }) => notPlannedYet);
    assert.deepEqual(unplanned, []);
  });
});
