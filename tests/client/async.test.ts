import { CreateBucketCommand } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { connect, type StackOutputs } from "../../client";
import { Machine } from "../local/fixtures/machine";
import { rejection } from "./support";

interface Types {
  readonly queued: { readonly request: { readonly [field: string]: unknown }; readonly response: { readonly length: number } };
  readonly plain: { readonly request: { readonly [field: string]: unknown }; readonly response: unknown };
}

describe("client: a model behind a queue", function () {
  this.timeout(30_000);
  let machine: Machine;
  let outputs: StackOutputs;
  before(async () => {
    machine = await Machine.start();
    await machine.s3.send(new CreateBucketCommand({ Bucket: "example-async" }));
    await machine.serveAsync("queued");
    const model = { version: "v1", traffic: { v1: 1 }, region: "eu-west-3", contractSha256: "0", image: "example", artifacts: {}, invokePolicyArn: "arn:aws:iam::111122223333:policy/example", alarms: [] };
    const endpoint = { endpointConfigName: "queued", variants: ["v1"] };
    const async = {
      ...endpoint,
      endpointName: "queued",
      inputUri: "s3://example-async/input/",
      outputUri: "s3://example-async/output/",
      failureUri: "s3://example-async/failure/",
      topics: { success: "a", error: "b" },
      invocation: { timeoutSeconds: 2, requestTtlSeconds: 60 },
    };
    outputs = { outputsVersion: 1, stack: "test", models: { queued: { ...model, serving: { async } }, plain: { ...model, serving: { realtime: { ...endpoint, endpointName: "plain" } } } } };
  });
  after(() => machine?.close());

  const models = () =>
    connect<Types>({
      outputs,
      contracts: { queued: { sha256: "0" }, plain: { sha256: "0" } },
      aws: { endpoint: machine.sagemaker.url, credentials: { accessKeyId: "local", secretAccessKey: "local" } },
    });

  it("comes back at once with a handle, whose result is the answer", async () => {
    const handle = await (await models()).queued.invokeAsync({ sleepMs: 200 });
    assert.match(handle.inferenceId, /^[0-9a-f-]{36}$/);
    assert.match(handle.outputLocation, /^s3:\/\/example-async\/output\//);
    assert.equal((await handle.result()).length, '{"sleepMs":200}'.length);
    assert.equal((await handle.result()).length, '{"sleepMs":200}'.length, "as often as it is asked for");
  });

  it("waits where it is invoked like any other", async () => {
    const { response, attempts } = await (await models()).queued.answer({ hello: 1 });
    assert.deepEqual([response.length, attempts], ['{"hello":1}'.length, 1]);
  });

  it("sends a request that is too large for the call through S3", async () => {
    const request = { text: "x".repeat(200_000) };
    const answer = await (await models()).queued.invoke(request);
    assert.equal(answer.length, JSON.stringify(request).length);
    assert.equal(machine.sagemaker.objects.list("example-async", "input/").length, 1);
  });

  it("gives up waiting in time, and leaves the request where it is", async () => {
    const handle = await (await models()).queued.invokeAsync({ sleepMs: 600 });
    assert.equal((await rejection(handle.result({ timeoutMs: 50 }))).code, "timed-out");
    assert.ok((await handle.result()).length > 0);
  });

  it("tells a failure as it tells any other", async () => {
    const refused = await rejection((await models()).queued.invoke({ status: 400 }, { retries: 0 }));
    assert.match(refused.message, /answered 400 as asked/);
    const late = await rejection((await models()).queued.invoke({ sleepMs: 4000 }, { retries: 0 }));
    assert.match(late.message, /InvocationTimeoutSeconds, which is 2/);
  });

  it("says what does not go together", async () => {
    assert.equal((await rejection((await models()).plain.invokeAsync({}))).code, "not-queued");
    assert.equal((await rejection((await models()).queued.invoke({}, { variant: "v1" }))).code, "option-invalid");
    const broken = { ...outputs, models: { queued: { ...outputs.models.queued!, serving: { async: { ...outputs.models.queued!.serving.async!, inputUri: "" } } } } } as StackOutputs;
    assert.match((await rejection(connect({ outputs: broken }))).message, /inputUri is not a text/);
  });
});
