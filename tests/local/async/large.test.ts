import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateEndpointConfigCommand } from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { limits as planLimits } from "../../../planning/limits";
import { build, contract, demoArtifact, example, root } from "../../container/support/container";
import { Machine } from "../fixtures/machine";

describe("a large request through a queue, answered by the real container", function () {
  this.timeout(60_000);
  let machine: Machine;

  before(async () => {
    machine = await Machine.start({ image: { script: [(await build()).serve, "serve"], runtimes: ["forecast"] }, artifacts: path.join(root, "registry/demo") });
    await machine.s3.send(new CreateBucketCommand({ Bucket: "example-async" }));
    const sha256 = createHash("sha256").update(readFileSync(demoArtifact)).digest("hex");
    // As the plan of an asynchronous model says, with a quarter of an hour for each request.
    const limits = { timeoutSeconds: 900, maxBodyBytes: planLimits.asyncBodyBytes.value };
    await machine.createModel("velib", machine.environment({ model: "velib-lstm", version: "v3", artifact: { uri: "s3://example-velib-models/v3/model.tar.gz", sha256 }, settings: { threads: 1 }, request: contract.request, limits }));
    await machine.control.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: "velib",
        ProductionVariants: [{ VariantName: "v3", ModelName: "velib", InstanceType: "ml.c5.large", InitialInstanceCount: 1 }],
        AsyncInferenceConfig: { OutputConfig: { S3OutputPath: "s3://example-async/output/", S3FailurePath: "s3://example-async/failure/" } },
      }),
    );
    await machine.createEndpoint("velib", "velib");
    await machine.settled("velib");
  });
  after(() => machine.close());

  it("is read and answered, as large as a plan lets it be: ten times what an endpoint without a queue takes", async () => {
    const body = Buffer.alloc(planLimits.asyncBodyBytes.value, " ");
    body.write(JSON.stringify(example.request));
    await machine.s3.send(new PutObjectCommand({ Bucket: "example-async", Key: "in/large.json", Body: body, ContentType: "application/json" }));
    const { OutputLocation } = await machine.invokeAsync("velib", undefined, { InputLocation: "s3://example-async/in/large.json", InvocationTimeoutSeconds: 600 });
    const answer = JSON.parse(await machine.appears(OutputLocation!)) as { predictions: object };
    assert.deepEqual(answer.predictions, (example.response as { predictions: object }).predictions);
  });
});
