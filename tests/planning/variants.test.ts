import assert from "node:assert/strict";
import { modes } from "../../planning/modes";
import { previousRules } from "../../planning/rules/previous";
import { productionRules } from "../../planning/rules/production";
import type { TrafficShare } from "../../planning/types";
import { asyncServing, model, ofType, planned, realtimeServing } from "./support/resolved";

const [v3, v4] = [{ version: "v3", weight: 90 }, { version: "v4", weight: 10 }];
const scaled = realtimeServing({ instances: 2, scaling: { min: 2, max: 4, cpuPercent: 70 } });
const fixed = realtimeServing({ instances: 2 });
const codesOf = (traffic: TrafficShare[], serving = scaled): string[] => {
  const each = model({ serving: { realtime: serving }, traffic });
  return modes.realtime!.check(each, each.serving.realtime!).map(({ code, path }) => `${code} ${path}`);
};

describe("variants with counts of their own", () => {
  it("start with their count, and keep the mode's where they have none", () => {
    const plan = planned([model({ serving: { realtime: fixed }, traffic: [v3, { ...v4, instances: 1, instanceType: "ml.c5.large" }] })]);
    const [config] = ofType(plan, "aws:sagemaker/endpointConfiguration:EndpointConfiguration");
    assert.deepEqual(config!.inputs.productionVariants.map(({ variantName, initialInstanceCount, instanceType }) => [variantName, initialInstanceCount, instanceType]), [
      ["v3", 2, fixed.instanceType],
      ["v4", 1, "ml.c5.large"],
    ]);
    assert.deepEqual(plan.models[0]!.cost.lines.slice(0, 2).map(({ item }) => item), [`${String(fixed.instanceType)} × 2 (v3)`, "ml.c5.large × 1 (v4)"]);
    assert.match(plan.models[0]!.serving[0]!.summary, /× v3 2, v4 1/);
  });

  it("are scaled within their own range by what the mode is scaled by, with its schedule or none", () => {
    const schedule = { night: { cron: "0 20 * * ? *", min: 1, max: 2 }, day: { cron: "0 7 * * ? *", min: 2, max: 4 } };
    const serving = { realtime: realtimeServing({ instances: 2, scaling: { min: 2, max: 4, cpuPercent: 70, schedule } }) };
    const plan = planned([model({ serving, traffic: [v3, { ...v4, instances: 1, scaling: { min: 1, max: 3 } }] })]);
    assert.deepEqual(ofType(plan, "aws:appautoscaling/target:Target").map(({ inputs }) => [inputs.minCapacity, inputs.maxCapacity]), [[2, 4], [1, 3]]);
    assert.equal(ofType(plan, "aws:appautoscaling/policy:Policy").length, 2);
    assert.deepEqual(ofType(plan, "aws:appautoscaling/scheduledAction:ScheduledAction").map(({ inputs }) => inputs.name), ["velib-lstm-dev-v3-day", "velib-lstm-dev-v3-night"]);
    assert.match(plan.models[0]!.serving[0]!.summary, /× v3 1–4, v4 1–3 at 70 % CPU · 2 scheduled ranges/);
  });

  it("may be all that is scaled", () => {
    const serving = { realtime: realtimeServing({ instances: 1, scaling: { cpuPercent: 70 } }) };
    const plan = planned([model({ serving, traffic: [v3, { ...v4, scaling: { max: 3 } }] })]);
    assert.deepEqual(ofType(plan, "aws:appautoscaling/target:Target").map(({ name, inputs }) => [name, inputs.minCapacity, inputs.maxCapacity]), [["velib-lstm/scaling-v4", 1, 3]]);
  });

  it("are held to the order of the numbers, at the place where they were written", () => {
    assert.deepEqual(codesOf([v3, v4]), []);
    assert.deepEqual(codesOf([v3, { ...v4, instances: 5 }]), ["scaling-range /traffic.v4.instances"]);
    assert.deepEqual(codesOf([v3, { ...v4, scaling: { min: 3, max: 2 } }]), ["scaling-range /traffic.v4.scaling.min"]);
    assert.deepEqual(codesOf([v3, { ...v4, scaling: { max: 1 } }]), ["scaling-range /traffic.v4.scaling.max"]);
    assert.deepEqual(codesOf([v3, { ...v4, scaling: { max: 3, schedule: { noon: { min: 1, max: 2 } } } }]), ["schedule-way /traffic.v4.scaling.schedule.noon"]);
    assert.deepEqual(codesOf([v3, { ...v4, scaling: { max: 3 } }], fixed), ["scaling-target scaling"]);
  });

  it("let no canary through that one of them is too small for", () => {
    const rollout = { strategy: "canary", sizePercent: 10, waitSeconds: 300, terminationWaitSeconds: 0, maximumExecutionSeconds: 3600 } as const;
    const check = (traffic: TrafficShare[]): string[] => {
      const each = model({ serving: { realtime: fixed }, traffic, rollout });
      return modes.realtime!.check(each, each.serving.realtime!).map(({ code }) => code);
    };
    assert.deepEqual(check([v3, v4]), []);
    assert.deepEqual(check([v3, { ...v4, instances: 1 }]), ["rollout-one-instance"]);
  });

  it("answer alone in production only where traffic goes to them", () => {
    const single = productionRules.find(({ code }) => code === "prod-single-instance")!;
    const found = (traffic: TrafficShare[]): number => single.check(model({ serving: { realtime: fixed }, traffic })).length;
    assert.equal(found([v3, { ...v4, instances: 1 }]), 1);
    assert.equal(found([v3, { version: "v4", weight: 0, instances: 1 }]), 0);
  });

  it("may not change their instance type while only they are scaled", () => {
    const rule = previousRules.find(({ code }) => code === "scaled-variant-changed")!;
    const before = (share: TrafficShare) => model({ serving: { realtime: realtimeServing({ instances: 1, scaling: { cpuPercent: 70 } }) }, traffic: [v3, share] });
    const after = before({ ...v4, instanceType: "ml.c5.xlarge" });
    assert.equal(rule.check(after, before({ ...v4, scaling: { max: 3 } })).length, 1);
    assert.equal(rule.check(after, before(v4)).length, 0);
  });

  it("have queues of different sizes", () => {
    const serving = { async: asyncServing({ instances: 1, scaling: { min: 1, max: 1 } }) };
    const plan = planned([model({ serving, traffic: [{ ...v3, instances: 3, scaling: { min: 3, max: 3 } }, v4] })]);
    const [config] = ofType(plan, "aws:sagemaker/endpointConfiguration:EndpointConfiguration");
    assert.deepEqual(config!.inputs.productionVariants.map(({ initialInstanceCount }) => initialInstanceCount), [3, 1]);
    assert.equal(ofType(plan, "aws:appautoscaling/target:Target").length, 0);
  });
});
