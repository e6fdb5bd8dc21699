import assert from "node:assert/strict";
import { realtime } from "../../../planning/modes/realtime/mode";
import type { ResolvedModel } from "../../../planning/types";
import { model, ofType, planned, realtimeServing } from "../support/resolved";

const TARGET = "aws:appautoscaling/target:Target";
const POLICY = "aws:appautoscaling/policy:Policy";
const scaled = (scaling: Parameters<typeof realtimeServing>[0] & object, fields: Partial<ResolvedModel> = {}) =>
  model({ serving: { realtime: realtimeServing({ instanceType: "ml.m5.xlarge", ...scaling }) }, ...fields });
const codes = (each: ResolvedModel): string[] => realtime.check(each, each.serving.realtime!).map(({ code, path }) => `${code} ${path}`);
const configurationOf = (each: ResolvedModel) => ofType(planned([each]), POLICY).map(({ inputs }) => inputs.targetTrackingScalingPolicyConfiguration!);

describe("realtime", () => {
  it("scales at percent × vCPU: 70 % of four is 280", () => {
    const [cpu] = configurationOf(scaled({ scaling: { min: 1, max: 4, cpuPercent: 70, cooldown: { outSeconds: 300, inSeconds: 600 } } }));
    assert.deepEqual([cpu!.targetValue, cpu!.scaleOutCooldown, cpu!.scaleInCooldown], [280, 300, 600]);
  });

  it("counts requests a minute, at half of what an instance takes", () => {
    const [requests] = configurationOf(scaled({ scaling: { max: 4, requestsPerSecond: 10 } }));
    assert.equal(requests!.targetValue, 300);
  });

  it("scales by both where both are written", () => {
    assert.deepEqual(configurationOf(scaled({ scaling: { max: 4, cpuPercent: 50, requestsPerSecond: 1 } })).map(({ targetValue }) => targetValue), [200, 30]);
  });

  it("scales a variant only once the endpoint is there", () => {
    const [target] = ofType(planned([scaled({ scaling: { max: 4, cpuPercent: 70 } })]), TARGET);
    assert.deepEqual(target!.inputs.resourceId, { $join: ["endpoint/", { $ref: "velib-lstm/endpoint", output: "name" }, "/variant/v3"] });
    assert.deepEqual([target!.inputs.minCapacity, target!.inputs.maxCapacity], [1, 4]);
  });

  it("scales each version by its own instance", () => {
    const traffic = [{ version: "v3", weight: 90 }, { version: "v4", weight: 10, instanceType: "ml.c5.large" }];
    assert.deepEqual(configurationOf(scaled({ scaling: { max: 4, cpuPercent: 70 } }, { traffic })).map(({ targetValue }) => targetValue), [280, 140]);
  });

  it("plans no scaling for a fixed count", () => {
    const plan = planned([scaled({ instances: 2 })]);
    assert.deepEqual([...ofType(plan, TARGET), ...ofType(plan, POLICY)], []);
    const [config] = ofType(plan, "aws:sagemaker/endpointConfiguration:EndpointConfiguration");
    assert.deepEqual(config!.inputs.productionVariants, [
      {
        variantName: "v3",
        modelName: { $ref: ofType(plan, "aws:sagemaker/model:Model")[0]!.name, output: "name" },
        initialVariantWeight: 100,
        instanceType: "ml.m5.xlarge",
        initialInstanceCount: 2,
        containerStartupHealthCheckTimeoutInSeconds: 480,
      },
    ]);
  });

  it("never starts with fewer instances than scaling allows", () => {
    const [config] = ofType(planned([scaled({ instances: 1, scaling: { min: 3, max: 4, cpuPercent: 70 } })]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration");
    assert.equal(config!.inputs.productionVariants[0]!.initialInstanceCount, 3);
  });

  it("refuses a range the wrong way round, and a start outside of it", () => {
    assert.deepEqual(codes(scaled({ scaling: { min: 4, max: 2, cpuPercent: 70 } })), ["scaling-range scaling.min"]);
    assert.deepEqual(codes(scaled({ instances: 3, scaling: { max: 2, cpuPercent: 70 } })), ["scaling-range scaling.max"]);
    assert.deepEqual(codes(scaled({ instances: 3, scaling: { min: 1, max: 2, cpuPercent: 70 } })), ["scaling-range instances"]);
    assert.deepEqual(codes(scaled({ instances: 2, scaling: { min: 1, max: 2, cpuPercent: 70 } })), []);
  });

  it("refuses a range with nothing to scale by", () => {
    assert.deepEqual(codes(scaled({ scaling: { max: 2 } })), ["scaling-target scaling"]);
  });

  it("refuses to scale a burstable type, in the mode or in a variant", () => {
    const { scaling } = realtimeServing({ scaling: { max: 2, cpuPercent: 70 } }) as { scaling: never };
    assert.ok(codes(scaled({ instanceType: "ml.t2.medium", scaling })).includes("instance-not-scalable scaling"));
    const traffic = [{ version: "v3", weight: 1, instanceType: "ml.t2.large" }];
    assert.deepEqual(codes(scaled({ scaling }, { traffic })), ["instance-retired /traffic.v3.instance", "instance-not-scalable scaling"]);
  });

  it("says in a line what it is", () => {
    const line = (each: ResolvedModel): string => realtime.summarise(each, each.serving.realtime!);
    assert.equal(line(scaled({})), "realtime ml.m5.xlarge × 1");
    assert.equal(line(scaled({ scaling: { max: 4, cpuPercent: 70 } })), "realtime ml.m5.xlarge × 1–4 at 70 % CPU");
    assert.equal(line(scaled({ scaling: { min: 2, max: 4, cpuPercent: 70, requestsPerSecond: 5 } })), "realtime ml.m5.xlarge × 2–4 at 70 % CPU or 5 requests/s");
  });
});
