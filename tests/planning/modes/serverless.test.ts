import assert from "node:assert/strict";
import { joinServeSpec, type ServeSpec } from "../../../contract/serve-spec";
import { serverless } from "../../../planning/modes/serverless/mode";
import { model, ofType, planned, realtimeServing } from "../support/resolved";

/** What the container of the first model is told. */
const specOf = (each: ReturnType<typeof model>): ServeSpec => {
  const [first] = ofType(planned([each]), "aws:sagemaker/model:Model");
  return JSON.parse(joinServeSpec(first!.inputs.primaryContainer.environment)!) as ServeSpec;
};

describe("serverless", () => {
  it("serves one version, and says which to keep", () => {
    const split = model({ traffic: [{ version: "v3", weight: 10 }, { version: "v4", weight: 90 }] });
    assert.deepEqual(serverless.check(model(), model().serving.serverless!), []);
    const [issue] = serverless.check(split, split.serving.serverless!);
    assert.deepEqual([issue!.code, issue!.path], ["serverless-one-version", "/traffic"]);
    assert.match(issue!.hint!, /traffic: \{ v4: 100 \}/);
  });

  it("tells the container the service's limits: 4 MB here, 6 MB on instances", () => {
    assert.deepEqual(specOf(model()).limits, { timeoutSeconds: 60, maxBodyBytes: 4 * 1024 * 1024 });
    const onInstances = model({ serving: { realtime: realtimeServing({ timeoutSeconds: 30 }) } });
    assert.deepEqual(specOf(onInstances).limits, { timeoutSeconds: 30, maxBodyBytes: 6_291_456 });
  });

  it("tells the container its model, version, artifact and contract", () => {
    const spec = specOf(model());
    assert.deepEqual(
      [spec.specVersion, spec.model, spec.version, spec.runtime, spec.artifact.uri, spec.contractSha256],
      [1, "velib-lstm", "v3", "forecast", "s3://example-velib-models/v3/model.tar.gz", "c".repeat(64)],
    );
    assert.deepEqual(spec.request, model().contract.request);
  });

  const warm = (fields: { concurrency?: number; provisioned?: number | null; scaling?: { min: number; max: number; utilizationPercent: number } | null }) =>
    model({ serving: { serverless: { ...model().serving.serverless!, ...fields } } });
  const codes = (each: ReturnType<typeof model>): string[] => serverless.check(each, each.serving.serverless!).map(({ code, path }) => `${code} ${path}`);

  it("keeps containers warm, and none where it is not asked to", () => {
    const configOf = (each: ReturnType<typeof model>) => ofType(planned([each]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration")[0]!.inputs.productionVariants[0]!.serverlessConfig;
    assert.deepEqual(configOf(warm({ provisioned: 2 })), { memorySizeInMb: 3072, maxConcurrency: 5, provisionedConcurrency: 2 });
    assert.deepEqual(configOf(model()), { memorySizeInMb: 3072, maxConcurrency: 5 });
    assert.deepEqual(planned([warm({ provisioned: 2 })]).warnings.map(({ code, path }) => `${code} ${path}`), ["price-unknown serving.serverless.provisioned"]);
  });

  it("prices what it keeps warm as the stack file says, from the fewest to the most of any range", () => {
    const kept = (fields: Parameters<typeof warm>[0]): unknown => {
      const { models, warnings } = planned([warm(fields)], { prices: { provisionedConcurrency: 0.00001 } });
      assert.deepEqual(warnings, []);
      const line = models[0]!.cost.lines.find(({ item }) => item.startsWith("kept warm"));
      return line && [line.item, line.fixedMonthly, line.maximumMonthly];
    };
    // 0.00001 × 3 GB × 2,628,000 s = 78.84 each
    assert.deepEqual(kept({ provisioned: 2 }), ["kept warm 3072 MiB × 2", 157.68, 157.68]);
    assert.deepEqual(kept({ provisioned: 2, scaling: { min: 1, max: 3, utilizationPercent: 70 } }), ["kept warm 3072 MiB × 1–3", 78.84, 236.52]);
    assert.equal(kept({}), undefined);
  });

  it("scales what it keeps warm on a fraction, in a dimension of its own", () => {
    const plan = planned([warm({ provisioned: 2, scaling: { min: 1, max: 5, utilizationPercent: 70 } })]);
    const [target] = ofType(plan, "aws:appautoscaling/target:Target");
    assert.deepEqual([target!.inputs.scalableDimension, target!.inputs.minCapacity, target!.inputs.maxCapacity], ["sagemaker:variant:DesiredProvisionedConcurrency", 1, 5]);
    const [policy] = ofType(plan, "aws:appautoscaling/policy:Policy");
    const { targetValue, predefinedMetricSpecification } = policy!.inputs.targetTrackingScalingPolicyConfiguration!;
    assert.deepEqual([targetValue, predefinedMetricSpecification?.predefinedMetricType], [0.7, "SageMakerVariantProvisionedConcurrencyUtilization"]);
    assert.deepEqual(ofType(planned([warm({ provisioned: 2 })]), "aws:appautoscaling/target:Target"), []);
  });

  it("refuses more warm containers than answer at once, and a range with nothing to start from", () => {
    assert.deepEqual(codes(warm({ provisioned: 5 })), []);
    assert.deepEqual(codes(warm({ provisioned: 6 })), ["serverless-provisioned provisioned"]);
    assert.deepEqual(codes(warm({ scaling: { min: 1, max: 2, utilizationPercent: 70 } })), ["serverless-scaling scaling"]);
    assert.deepEqual(codes(warm({ provisioned: 1, scaling: { min: 1, max: 6, utilizationPercent: 70 } })), ["serverless-provisioned scaling.max"]);
    assert.deepEqual(codes(warm({ provisioned: 3, scaling: { min: 1, max: 2, utilizationPercent: 70 } })), ["scaling-range scaling"]);
    assert.deepEqual(codes(warm({ provisioned: 2, scaling: { min: 2, max: 1, utilizationPercent: 70 } })), ["scaling-range scaling"]);
    assert.deepEqual(codes(warm({ provisioned: 2, scaling: { min: 1, max: 5, utilizationPercent: 70 } })), []);
  });
});
