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
});
