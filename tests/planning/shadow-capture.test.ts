import assert from "node:assert/strict";
import { realtime } from "../../planning/modes/realtime/mode";
import type { ResolvedModel } from "../../planning/types";
import { model, ofType, planned, realtimeServing } from "./support/resolved";

const CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const POLICY = "aws:appautoscaling/policy:Policy";
const served = (serving: Parameters<typeof realtimeServing>[0] = {}, fields: Partial<ResolvedModel> = {}): ResolvedModel => model({ serving: { realtime: realtimeServing(serving) }, ...fields });
const configOf = (each: ResolvedModel) => ofType(planned([each]), CONFIG)[0]!;
const statements = (each: ResolvedModel) => JSON.stringify(ofType(planned([each]), "aws:iam/rolePolicy:RolePolicy")[0]!.inputs.policy);
const codes = (each: ResolvedModel): string[] => realtime.check(each, each.serving.realtime!).map(({ code, path }) => `${code} ${path}`);

describe("a shadow", () => {
  const shadowed = served({ instances: 2 }, { shadow: { version: "v4", percent: 20 } });

  it("is a variant beside the one that answers, weighed by its share of copies", () => {
    const { productionVariants, shadowProductionVariants } = configOf(shadowed).inputs;
    assert.deepEqual(productionVariants.map(({ variantName, initialVariantWeight }) => [variantName, initialVariantWeight]), [["v3", 100]]);
    const [{ modelName, ...shadow }] = shadowProductionVariants as unknown as [{ modelName: { $ref: string } } & object];
    assert.deepEqual(shadow, { variantName: "v4", initialVariantWeight: 20, instanceType: "ml.c5.large", initialInstanceCount: 2, containerStartupHealthCheckTimeoutInSeconds: 480 });
    assert.match(modelName.$ref, /^velib-lstm-dev-v4-/);
  });

  it("is read by the model's role, paid for, and watched by no alarm", () => {
    assert.match(statements(shadowed), /v4\/model\.tar\.gz/);
    assert.ok(planned([shadowed]).models[0]!.cost.lines.some(({ item, fixedMonthly }) => item === "ml.c5.large × 2 (v4, shadow)" && fixedMonthly > 0));
    assert.doesNotMatch(JSON.stringify(ofType(planned([shadowed]), "aws:cloudwatch/metricAlarm:MetricAlarm")), /v4/);
    assert.deepEqual(planned([shadowed]).models[0]!.traffic, { v3: 1 });
  });

  it("is part of what names the config", () => {
    const names = [served({ instances: 2 }), shadowed, { ...shadowed, shadow: { version: "v4", percent: 21 } }].map((each) => configOf(each).name);
    assert.equal(new Set(names).size, 3);
  });
});

describe("data capture", () => {
  const captured = served({ capture: { percent: 20 } });

  it("is switched on in so many words, below the model's own prefix", () => {
    const { dataCaptureConfig } = configOf(captured).inputs;
    assert.deepEqual(dataCaptureConfig, {
      enableCapture: true,
      initialSamplingPercentage: 20,
      destinationS3Uri: { $join: ["s3://", { $ref: "shared/data-bucket", output: "bucket" }, "/velib-lstm/capture/"] },
      kmsKeyId: { $ref: "shared/data-key", output: "arn" },
      captureOptions: [{ captureMode: "Input" }, { captureMode: "Output" }],
      captureContentTypeHeader: { jsonContentTypes: ["application/json"], csvContentTypes: ["text/csv"] },
    });
  });

  it("keeps what was asked for, for as long", () => {
    const answers = served({ capture: { percent: 20, input: false, retentionDays: 7 } });
    assert.deepEqual(configOf(answers).inputs.dataCaptureConfig?.captureOptions, [{ captureMode: "Output" }]);
    const rules = JSON.stringify(ofType(planned([answers]), "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")[0]!.inputs.rules);
    assert.match(rules, /"prefix":"velib-lstm\/capture\/"\},"expiration":\{"days":7\}/);
  });

  it("gives the role the right to write there, and nowhere without it", () => {
    assert.match(statements(captured), /WriteCaptures.*velib-lstm\/capture\/\*/);
    assert.doesNotMatch(statements(served()), /WriteCaptures/);
    assert.deepEqual(ofType(planned([served()]), "aws:s3/bucket:Bucket"), []);
  });

  it("refuses to keep nothing", () => {
    assert.deepEqual(codes(served({ capture: { percent: 20, input: false, output: false } })), ["capture-nothing capture"]);
    assert.deepEqual(codes(captured), []);
  });
});

describe("a real-time variant", () => {
  it("routes and downloads as asked, and says nothing where SageMaker's own way is wanted", () => {
    const [variant] = configOf(served({ routing: "leastOutstanding", downloadTimeoutSeconds: 600 })).inputs.productionVariants;
    assert.deepEqual(variant!.routingConfigs, [{ routingStrategy: "LEAST_OUTSTANDING_REQUESTS" }]);
    assert.equal(variant!.modelDataDownloadTimeoutInSeconds, 600);
    const [plain] = configOf(served()).inputs.productionVariants;
    assert.ok(!("routingConfigs" in plain!) && !("modelDataDownloadTimeoutInSeconds" in plain!));
  });

  it("scales by its GPUs, summed over them: 70 % of four is 280", () => {
    const scaling = { min: 1, max: 4, gpuPercent: 70 };
    const gpu = (instanceType: string) => ofType(planned([served({ instanceType, scaling })]), POLICY).map(({ inputs }) => inputs.targetTrackingScalingPolicyConfiguration!);
    const [one] = gpu("ml.g4dn.xlarge");
    assert.deepEqual([one!.targetValue, one!.customizedMetricSpecification?.metricName], [70, "GPUUtilization"]);
    assert.equal(gpu("ml.g5.12xlarge")[0]!.targetValue, 280);
    assert.deepEqual(codes(served({ instanceType: "ml.g4dn.xlarge", scaling })), []);
    assert.deepEqual(codes(served({ instanceType: "ml.m5.large", scaling })), ["scaling-gpu scaling.gpu"]);
  });
});
