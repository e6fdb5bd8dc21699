import assert from "node:assert/strict";
import { alarmCost, asyncCost, batchCost, dashboardCost, dollars, instanceCost, keyCost, serverlessCost, summarise } from "../../planning/cost";
import { priceRows, prices } from "../../planning/prices";
import { isHostingInstance } from "../../planning/instances";
import { planStack } from "../../planning/plan";
import { facts, model, planned, realtimeServing } from "./support/resolved";

const omnisearch = model({
  name: "omnisearch-clip",
  serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge", scaling: { min: 1, max: 4, cpuPercent: 70 } }) },
});

describe("cost", () => {
  it("counts an instance for a month of 730 hours, to the cent", () => {
    assert.equal(instanceCost("us-east-1", "ml.c5.large", "v4", 1, 1)!.fixedMonthly, 74.46);
    assert.equal(instanceCost("us-east-1", "ml.g4dn.xlarge", "v1", 1, 1)!.fixedMonthly, 537.57);
  });

  it("tells what is paid at rest from what scaling may add", () => {
    assert.deepEqual(instanceCost("us-east-1", "ml.g4dn.xlarge", "v1", 1, 4), {
      item: "ml.g4dn.xlarge × 1–4 (v1)",
      fixedMonthly: 537.57,
      maximumMonthly: 2150.29,
      basis: "$0.7364/h × 730 h × 1–4",
    });
  });

  it("counts serverless compute at the stated load, and nothing at rest", () => {
    // 3 GB × 0.2 s × 100,000 = 60,000 GB-s at $0.00002.
    assert.deepEqual(serverlessCost("us-east-1", 3072, { requestsPerMonth: 100_000, durationMilliseconds: 200 }), {
      item: "serverless 3072 MiB, 100,000 requests of 200 ms",
      fixedMonthly: 0,
      maximumMonthly: 1.2,
      basis: "$0.00002/GB-s × 3 GB × 100,000 requests × 200 ms",
    });
  });

  it("counts a queue from asleep to its most instances, and says what its load alone would take", () => {
    const load = { requestsPerMonth: 36_000, durationMilliseconds: 2_000, concurrency: 4 };
    // 36,000 × 2 s / 4 at once = 18,000 s = 5 h at $0.102.
    assert.deepEqual(asyncCost("us-east-1", "ml.c5.large", "v4", { min: 0, max: 2 }, load), {
      item: "ml.c5.large × 0–2 (v4)",
      fixedMonthly: 0,
      maximumMonthly: 148.92,
      basis: "$0.102/h × 730 h × 0–2; 36,000 requests of 2000 ms, 4 at once, keep one busy for $0.51",
    });
    assert.equal(asyncCost("us-east-1", "ml.p5.48xlarge", "v4", { min: 0, max: 2 }, load), undefined);
  });

  it("counts runs over files by the minute, for all of their instances", () => {
    // $0.115 × 2 × 20 min / 60 = $0.0767, thirty times.
    assert.deepEqual(batchCost("us-east-1", "ml.m5.large", 2, { runsPerMonth: 30, runSeconds: 1200 }), {
      item: "batch ml.m5.large × 2, 30 runs, $0.08 each",
      fixedMonthly: 0,
      maximumMonthly: 2.3,
      basis: "$0.115/h × 2 × 20 min × 30 runs",
    });
    assert.deepEqual(batchCost("us-east-1", "ml.m5.large", 1, { runsPerMonth: 4.34, runSeconds: 90 })!.basis, "$0.115/h × 1 × 1.5 min × 4.3 runs");
    assert.deepEqual(batchCost("us-east-1", "ml.m5.large", 1, { runsPerMonth: 0, runSeconds: 600 })!.item, "batch ml.m5.large × 1, by hand, $0.02 each");
    assert.equal(batchCost("us-east-1", "ml.p5.48xlarge", 1, { runsPerMonth: 1, runSeconds: 1 }), undefined);
  });

  it("counts what there is whatever the load: alarms by metric, dashboards, keys", () => {
    assert.deepEqual(alarmCost("us-east-1", 19), { item: "alarm metrics × 19", fixedMonthly: 1.9, maximumMonthly: 1.9, basis: "$0.10 × 19" });
    assert.deepEqual(dashboardCost("us-east-1", 2), { item: "dashboards × 2", fixedMonthly: 6, maximumMonthly: 6, basis: "$3.00 × 2, before three free of up to 50 metrics" });
    assert.deepEqual(keyCost("us-east-1", 3), { item: "keys × 3", fixedMonthly: 3, maximumMonthly: 3, basis: "$1.00 × 3" });
  });

  it("writes dollars with both cents, grouped by thousands", () => {
    assert.deepEqual([0, 0.005, 999.9, 1000, 1234567.891].map(dollars), ["$0.00", "$0.01", "$999.90", "$1,000.00", "$1,234,567.89"]);
  });

  it("adds up in cents, without the dust of floating point", () => {
    const line = { item: "x", fixedMonthly: 0.1, maximumMonthly: 0.2, basis: "" };
    assert.deepEqual([summarise(Array(3).fill(line)).fixedMonthly, summarise(Array(3).fill(line)).maximumMonthly], [0.3, 0.6]);
  });

  it("holds a source and a day for every price, of types that exist", () => {
    for (const rows of Object.values(prices)) {
      for (const { what, price } of priceRows(rows)) {
        assert.match(price.source, /^https:\/\/aws\.amazon\.com\//, what);
        assert.match(price.read, /^\d{4}-\d{2}-\d{2}$/, what);
        assert.ok(price.usd > 0, what);
      }
      for (const type of Object.keys(rows.instances)) assert.ok(isHostingInstance(type), type);
    }
  });

  it("refuses a plan whose upper end is above the budget, and names the dearest model", () => {
    const { plan, issues } = planStack([omnisearch, model()], { ...facts, monthlyBudget: 1200 });
    assert.equal(plan!.cost.maximumMonthly > 1200, true, "the plan is there to be looked at");
    assert.deepEqual(issues.map(({ code, file, path }) => [code, file, path]), [["over-budget", "Pulumi.dev.yaml", "config.slipway:monthlyBudget"]]);
    assert.match(issues[0]!.message, /up to \$2,15\d\.\d\d a month, and the budget is \$1,200\.00/);
    assert.match(issues[0]!.hint!, /omnisearch-clip \(up to \$2,15/);
  });

  it("takes a budget that is met to the cent, and a budget of 0 for what it says", () => {
    const { maximumMonthly } = planned([model()]).cost;
    assert.deepEqual(planStack([model()], { ...facts, monthlyBudget: maximumMonthly }).issues, []);
    assert.deepEqual(planStack([model()], { ...facts, monthlyBudget: 0 }).issues.map(({ code }) => code), ["over-budget"]);
  });

  it("says that another region's prices stand in, and that prices are old", () => {
    const abroad = planned([model()], { region: "eu-west-3" });
    assert.deepEqual(abroad.warnings.map(({ code, severity }) => [code, severity]), [["prices-other-region", "warning"]]);
    assert.equal(abroad.cost.maximumMonthly, planned([model()]).cost.maximumMonthly);
    assert.deepEqual(planned([model()], { today: "2027-05-22" }).warnings, []);
    assert.deepEqual(planned([model()], { today: "2027-05-23" }).warnings.map(({ code }) => code), ["prices-stale"]);
  });

  it("says which instances it could not count", () => {
    const plan = planned([model({ serving: { realtime: realtimeServing({ instanceType: "ml.p5.48xlarge" }) } })]);
    assert.deepEqual(plan.warnings.map(({ code, path }) => [code, path]), [["price-unknown", "serving.realtime.instance"]]);
  });
});
