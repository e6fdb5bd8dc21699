import { CreateEndpointConfigCommand, type CreateEndpointConfigCommandInput, type ProductionVariant } from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { Sampler } from "../../local/endpoints/sampler";
import { Machine, until } from "./fixtures/machine";

const variant = (VariantName: string, ModelName: string, changes: Partial<ProductionVariant> = {}): ProductionVariant => ({ VariantName, ModelName, InstanceType: "ml.c5.large", InitialInstanceCount: 1, InitialVariantWeight: 100, ...changes });

describe("a sampler", () => {
  it("takes its share, evenly", () => {
    const taken = (share: number, count: number) => {
      const sampler = new Sampler();
      return Array.from({ length: count }, () => sampler.takes(share)).filter(Boolean).length;
    };
    assert.deepEqual([taken(0.1, 100), taken(0.2, 10), taken(1, 7), taken(0, 50), taken(0.01, 1000)], [10, 2, 7, 0, 10]);
  });
});

describe("local shadow variants and data capture, through the AWS SDK", function () {
  this.timeout(60_000);
  let machine: Machine;
  before(async () => {
    machine = await Machine.start();
    for (const label of ["live", "dark"]) await machine.createModel(label, machine.environment({}, { LABEL: label }));
    await machine.sagemaker.objects.createBucket("example-captures");
  });
  after(() => machine.close());

  async function serve(name: string, config: Partial<CreateEndpointConfigCommandInput>): Promise<void> {
    await machine.control.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant("v1", "live")], ...config }));
    await machine.createEndpoint(name, name);
    assert.equal((await machine.settled(name)).EndpointStatus, "InService");
  }

  it("copies its share of the requests to the shadow, whose answers and errors nobody sees", async () => {
    await serve("shadowed", { ShadowProductionVariants: [variant("v2", "dark", { InitialVariantWeight: 20 })] });
    for (let call = 0; call < 10; call += 1) {
      const { json, InvokedProductionVariant } = await machine.invoke("shadowed", { sleepMs: call === 4 ? 30 : 0 });
      assert.deepEqual([json.label, InvokedProductionVariant], ["live", "v1"]);
    }
    const total = (name: string) => machine.sagemaker.metrics.total("shadowed", name);
    await until(() => total("v2").invocations === 2);
    assert.equal(total("v1").invocations, 10);
    await assert.rejects(machine.invoke("shadowed", {}, { TargetVariant: "v2" }), { name: "ValidationError" });
    const { ProductionVariants } = await machine.describe("shadowed");
    assert.deepEqual(ProductionVariants?.map(({ VariantName }) => VariantName), ["v1"]);
  });

  it("answers as ever when the shadow is gone", async () => {
    await serve("widowed", { ShadowProductionVariants: [variant("v2", "dark")] });
    const { json } = await machine.invoke("widowed");
    const shadow = machine.sagemaker.host.containers.find(({ pid }) => pid !== json.pid && pid !== undefined && machine.sagemaker.context.endpoints.get("widowed")!.fleet!.variants.every((each) => each.containers.every((one) => one.pid !== pid)));
    for (const one of machine.sagemaker.host.containers.slice(-2)) if (one.pid !== json.pid) process.kill(one.pid!, "SIGKILL");
    assert.ok(shadow !== undefined);
    for (let call = 0; call < 3; call += 1) assert.equal((await machine.invoke("widowed")).json.label, "live");
    assert.equal((await machine.describe("widowed")).EndpointStatus, "InService");
  });

  it("keeps captures as SageMaker writes them: JSON lines, text as text, the rest as base64", async () => {
    const capture = {
      EnableCapture: true,
      InitialSamplingPercentage: 50,
      DestinationS3Uri: "s3://example-captures/model/capture/",
      CaptureOptions: [{ CaptureMode: "Input" as const }, { CaptureMode: "Output" as const }],
      CaptureContentTypeHeader: { JsonContentTypes: ["application/json"] },
    };
    await serve("captured", { DataCaptureConfig: capture });
    for (let call = 0; call < 4; call += 1) await machine.invoke("captured", { call }, { InferenceId: `request-${call}`, ContentType: call === 1 ? "application/json; charset=utf-8" : "application/x-bytes" });
    const { objects } = machine.sagemaker;
    await until(() => objects.list("example-captures", "model/capture/captured/v1/").length === 2);
    const records = [];
    for (const { key } of objects.list("example-captures")) {
      assert.match(key, /^model\/capture\/captured\/v1\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/);
      const text = (await objects.bytes({ bucket: "example-captures", key })).body.toString();
      assert.ok(text.endsWith("}\n") && text.indexOf("\n") === text.length - 1);
      records.push(JSON.parse(text));
    }
    const [first, second] = records.sort((a, b) => (a.eventMetadata.inferenceId < b.eventMetadata.inferenceId ? -1 : 1));
    assert.deepEqual(first.captureData.endpointInput, { observedContentType: "application/json", mode: "INPUT", data: '{"call":1}', encoding: "JSON" });
    assert.equal(JSON.parse(first.captureData.endpointOutput.data).label, "live");
    assert.deepEqual([second.captureData.endpointInput.encoding, Buffer.from(second.captureData.endpointInput.data, "base64").toString()], ["BASE64", '{"call":3}']);
    assert.deepEqual([first.eventVersion, first.eventMetadata.inferenceId], ["0", "request-1"]);
    assert.match(first.eventMetadata.inferenceTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("keeps nothing where capture is switched off, and answers where the bucket is not there", async () => {
    const capture = { InitialSamplingPercentage: 100, DestinationS3Uri: "s3://example-absent/", CaptureOptions: [{ CaptureMode: "Input" as const }] };
    await serve("off", { DataCaptureConfig: { ...capture, DestinationS3Uri: "s3://example-captures/off/", EnableCapture: false } });
    await serve("nowhere", { DataCaptureConfig: capture });
    for (const name of ["off", "nowhere"]) assert.equal((await machine.invoke(name)).json.label, "live");
    await machine.sagemaker.context.captures!.settled();
    assert.deepEqual(machine.sagemaker.objects.list("example-captures", "off/"), []);
  });

  it("refuses what SageMaker refuses", async () => {
    const refused = (config: Partial<CreateEndpointConfigCommandInput>, message: RegExp) =>
      assert.rejects(machine.control.send(new CreateEndpointConfigCommand({ EndpointConfigName: "refused", ProductionVariants: [variant("v1", "live")], ...config })), message);
    const serverless = (VariantName: string): ProductionVariant => ({ VariantName, ModelName: "live", ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } });
    const capture = { InitialSamplingPercentage: 10, DestinationS3Uri: "s3://example-captures/", CaptureOptions: [{ CaptureMode: "Input" as const }] };
    await refused({ ShadowProductionVariants: [variant("v2", "dark"), variant("v3", "dark")] }, /exactly one production variant and one shadow/);
    await refused({ ProductionVariants: [variant("v1", "live"), variant("v3", "live")], ShadowProductionVariants: [variant("v2", "dark")] }, /exactly one production variant/);
    await refused({ ShadowProductionVariants: [variant("v1", "dark")] }, /unique/);
    await refused({ ProductionVariants: [serverless("v1")], ShadowProductionVariants: [variant("v2", "dark")] }, /not supported for serverless/);
    await refused({ ProductionVariants: [serverless("v1")], DataCaptureConfig: capture }, /not supported for serverless/);
    await refused({ ProductionVariants: [{ ...serverless("v1"), ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1, ProvisionedConcurrency: 2 } }] }, /must not be above its MaxConcurrency/);
    await refused({ DataCaptureConfig: { ...capture, InitialSamplingPercentage: 101 } }, /initialSamplingPercentage.*less than or equal to 100/);
    await refused({ DataCaptureConfig: { ...capture, CaptureOptions: [] } }, /captureOptions/);
  });
});
