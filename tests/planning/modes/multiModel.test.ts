import assert from "node:assert/strict";
import { joinServeSpec } from "../../../contract/serve-spec";
import { multiModel } from "../../../planning/modes/multiModel/mode";
import { targetOf } from "../../../planning/modes/multiModel/targets";
import { previousRules } from "../../../planning/rules/previous";
import type { ResolvedModel, ResolvedServing } from "../../../planning/types";
import { model, ofType, planned, realtimeServing } from "../support/resolved";

const MODEL = "aws:sagemaker/model:Model";
const CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";

const serving = (fields: ResolvedServing & { scaling?: ResolvedServing } = {}): ResolvedServing => ({ cache: true, memoryMiB: null, ...realtimeServing({ instanceType: "ml.m5.xlarge", ...fields }) });
const sha = (digits: string): string => digits.repeat(64).slice(0, 64);
const versions = {
  v3: { artifact: "s3://example-velib-models/v3/model.tar.gz", sha256: sha("3a") },
  v4: { artifact: "s3://example-velib-models/v4/model.tar.gz", sha256: sha("4b") },
};
const served = (fields: Parameters<typeof serving>[0] = {}, rest: Partial<ResolvedModel> = {}): ResolvedModel => model({ versions, serving: { multiModel: serving(fields) }, ...rest });
const issues = (each: ResolvedModel): string[] => multiModel.check(each, each.serving.multiModel!).map(({ code, severity = "error", path }) => `${code} ${severity} ${path}`);

describe("multiModel", () => {
  it("plans one model over the prefix, one variant, and an endpoint", () => {
    const plan = planned([served()]);
    const [one, ...others] = ofType(plan, MODEL);
    assert.equal(others.length, 0);
    const { mode, modelDataUrl, multiModelConfig } = one!.inputs.primaryContainer;
    assert.deepEqual([mode, modelDataUrl, multiModelConfig], ["MultiModel", { $join: ["s3://", { $ref: "shared/data-bucket", output: "bucket" }, "/velib-lstm/multi-model/"] }, { modelCacheSetting: "Enabled" }]);
    const [config] = ofType(plan, CONFIG);
    assert.deepEqual(config!.inputs.productionVariants, [
      { variantName: "all", modelName: { $ref: one!.name, output: "name" }, initialVariantWeight: 1, instanceType: "ml.m5.xlarge", initialInstanceCount: 1, containerStartupHealthCheckTimeoutInSeconds: 480 },
    ]);
  });

  it("copies every version below the prefix, under keys that carry the sha256, and exports them as targets", () => {
    const plan = planned([served()]);
    assert.deepEqual(
      ofType(plan, "aws:s3/objectCopy:ObjectCopy").map(({ name, inputs: { key, source } }) => [name, key, source]),
      [
        ["velib-lstm/target-v3", "velib-lstm/multi-model/v3-3a3a3a3a3a3a.tar.gz", "example-velib-models/v3/model.tar.gz"],
        ["velib-lstm/target-v4", "velib-lstm/multi-model/v4-4b4b4b4b4b4b.tar.gz", "example-velib-models/v4/model.tar.gz"],
      ],
    );
    const outputs = plan.outputs as unknown as { models: { [name: string]: { serving: { multiModel: { targets: object; variants: string[] } } } } };
    const { targets, variants } = outputs.models["velib-lstm"]!.serving.multiModel;
    assert.deepEqual([targets, variants], [{ v3: "v3-3a3a3a3a3a3a.tar.gz", v4: "v4-4b4b4b4b4b4b.tar.gz" }, ["all"]]);
    assert.equal(targetOf("V 2.1", sha("ab")), "v-2-1-abababababab.tar.gz");
  });

  it("keeps model and endpoint config when a version is added: only its copy is new", () => {
    const before = planned([served()]);
    const after = planned([served({}, { versions: { ...versions, v5: { artifact: "s3://example-velib-models/v5/model.tar.gz", sha256: sha("5c") } } })]);
    for (const type of [MODEL, CONFIG] as const) assert.deepEqual(ofType(after, type), ofType(before, type));
    assert.equal(ofType(after, "aws:s3/objectCopy:ObjectCopy").length, 3);
  });

  it("names another model where the cache or the memory is another", () => {
    const names = [served(), served({ cache: false }), served({ memoryMiB: 2048 })].map((each) => ofType(planned([each]), MODEL)[0]!.name);
    assert.equal(new Set(names).size, 3);
  });

  it("tells the container the shared spec, with no version of its own, and the cap on memory", () => {
    const { environment } = ofType(planned([served({ memoryMiB: 2048 })]), MODEL)[0]!.inputs.primaryContainer;
    const { model: name, version, artifact, runtime } = JSON.parse(joinServeSpec(environment)!);
    assert.deepEqual([name, version, artifact, runtime], ["velib-lstm", "*", { uri: "*", sha256: "*" }, "forecast"]);
    assert.equal(environment.SLIPWAY_MEMORY_MIB, "2048");
  });

  it("lets the model's role find and read what is below the prefix, and nothing beside it", () => {
    const [policy] = ofType(planned([served()]), "aws:iam/rolePolicy:RolePolicy");
    const { Statement } = (policy!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Resource: unknown; Condition?: unknown }[] } }).$json;
    const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)!;
    const bucket = { $ref: "shared/data-bucket", output: "arn" };
    assert.deepEqual(of("ReadTargets").Resource, { $join: [bucket, "/velib-lstm/multi-model/*"] });
    assert.deepEqual([of("ListTargets").Resource, of("ListTargets").Condition], [bucket, { StringLike: { "s3:prefix": ["velib-lstm/multi-model/*"] } }]);
  });

  it("scales its one variant as realtime does", () => {
    const plan = planned([served({ scaling: { min: 1, max: 3, cpuPercent: 70 } })]);
    const [target] = ofType(plan, "aws:appautoscaling/target:Target");
    assert.deepEqual(target!.inputs.resourceId, { $join: ["endpoint/", { $ref: "velib-lstm/versions-endpoint", output: "name" }, "/variant/all"] });
    assert.equal(plan.models[0]!.serving[0]!.summary, "multiModel ml.m5.xlarge × 1–3 · 2 versions");
  });

  it("is watched for versions that wait to be loaded", () => {
    const alarms = ofType(planned([served()]), "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ inputs }) => inputs.metricName === "ModelLoadingWaitTime");
    assert.deepEqual(alarms.map(({ inputs: { namespace, dimensions, threshold, statistic } }) => [namespace, dimensions, threshold, statistic]), [
      ["AWS/SageMaker", { EndpointName: "velib-lstm-dev-versions", VariantName: "all" }, 60_000_000, "Maximum"],
    ]);
  });

  it("stands beside the endpoint that the traffic goes to, and shares nothing of it but the role", () => {
    const split = [{ version: "v3", weight: 9, instanceType: "ml.m5.large" }, { version: "v4", weight: 1 }];
    const both = served({ scaling: { min: 1, max: 3, cpuPercent: 70 } }, { traffic: split });
    const beside = { ...both, serving: { ...both.serving, realtime: realtimeServing({ instances: 2, scaling: { min: 2, max: 3, cpuPercent: 70 } }) } };
    assert.deepEqual(issues(beside), [], "its traffic is the other's");
    const plan = planned([beside]);
    assert.deepEqual(ofType(plan, "aws:sagemaker/endpoint:Endpoint").map(({ name, inputs }) => [name, inputs.name]), [["velib-lstm/versions-endpoint", "velib-lstm-dev-versions"], ["velib-lstm/endpoint", "velib-lstm-dev"]]);
    const names = ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs.name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(names.filter((name) => String(name).includes("rollback")).sort(), ["velib-lstm-dev-rollback-latency", "velib-lstm-dev-rollback-server-errors", "velib-lstm-dev-versions-rollback-latency", "velib-lstm-dev-versions-rollback-server-errors"]);
    assert.deepEqual(ofType(plan, "aws:appautoscaling/target:Target").map(({ name }) => name), ["velib-lstm/scaling-all", "velib-lstm/scaling-v3", "velib-lstm/scaling-v4"]);
    // The main endpoint is what it was without it.
    const alone = planned([{ ...both, serving: { realtime: beside.serving.realtime } }]);
    assert.deepEqual(ofType(plan, CONFIG)[1], ofType(alone, CONFIG)[0]);
    assert.equal(ofType(plan, "aws:iam/role:Role").length, 1);
  });

  it("cannot change the type of instances that are scaled, in one release", () => {
    const rule = previousRules.find(({ code }) => code === "scaled-variant-changed")!;
    const scaled = { scaling: { min: 1, max: 3, cpuPercent: 70 } };
    const found = (before: ResolvedModel, after: ResolvedModel) => rule.check(after, before).map(({ path }) => path.join("."));
    assert.deepEqual(found(served(scaled), served({ ...scaled, instanceType: "ml.m5.2xlarge" })), ["serving.multiModel.instance"]);
    assert.deepEqual(found(served(scaled), served(scaled)), []);
    assert.deepEqual(found(served(), served({ instanceType: "ml.m5.2xlarge" })), []);
    // A version out of the traffic takes no variant away.
    assert.deepEqual(found(served(scaled), served(scaled, { traffic: [{ version: "v4", weight: 1 }] })), []);
  });

  it("says what stands against it", () => {
    assert.deepEqual(issues(served()), []);
    assert.deepEqual(issues(served({ instanceType: "ml.g4dn.xlarge" })), ["multi-model-accelerator error instance"]);
    assert.deepEqual(issues(served({ instanceType: "ml.inf2.xlarge" })), ["multi-model-accelerator error instance"]);
    assert.deepEqual(issues(served({ memoryMiB: 16 * 1024 })), []);
    assert.deepEqual(issues(served({ memoryMiB: 16 * 1024 + 1 })), ["multi-model-memory error memory"]);
    assert.deepEqual(issues(served({ memoryMiB: 1024, cache: false })), ["multi-model-memory-unused warning memory"]);
    assert.deepEqual(issues(served({ scaling: { min: 4, max: 2, cpuPercent: 70 } })), ["scaling-range error scaling.min"]);
    assert.deepEqual(issues(served({ instanceType: "ml.m6g.large" })), ["instance-architecture error instance"]);
    assert.deepEqual(issues(served({}, { traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 1 }] })), ["multi-model-traffic warning /traffic"]);
    assert.deepEqual(issues(served({}, { traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 0 }] })), []);
    assert.deepEqual(issues(served({}, { traffic: [{ version: "v3", weight: 1, instanceType: "ml.m5.large" }] })), ["multi-model-instance error /traffic.v3.instance"]);
    assert.deepEqual(issues(served({}, { settings: { label: "v3" } })), ["multi-model-label warning /settings.label"]);
  });

  it("wants a real sha256 of every version, and one target for each", () => {
    const artifact = "s3://example-velib-models/model.tar.gz";
    const of = (versions: ResolvedModel["versions"]) => issues(served({}, { versions, traffic: [{ version: "v3", weight: 1 }] }));
    assert.deepEqual(of({ v3: { artifact, sha256: sha("12") }, v4: { artifact, sha256: sha("0") } }), ["multi-model-placeholder error /versions.v4.sha256"]);
    assert.deepEqual(of({ v3: { artifact, sha256: sha("12") }, V3: { artifact, sha256: sha("12") } }), ["multi-model-target-collision error /versions.v3"]);
    assert.deepEqual(of({ v3: { artifact, sha256: sha("12") }, V3: { artifact, sha256: sha("13") } }), []);
  });
});
