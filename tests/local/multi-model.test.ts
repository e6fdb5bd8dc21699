import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import { ModelError, type InvokeEndpointCommandInput } from "@aws-sdk/client-sagemaker-runtime";
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as tar from "tar";
import { EVERY_VERSION } from "../../contract/serve-spec";
import { alarmState, type AlarmDefinition } from "../../local/metrics/alarms";
import { sha256Of } from "../../local/artifacts/store";
import { readManifest, writeManifest } from "../container/support/artifacts";
import { heldByAll } from "../container/multi/support";
import { build, contract, example, extractDemo, temporaryFolder } from "../container/support/container";
import { Machine, ROLE } from "./fixtures/machine";

const PREFIX = "s3://example-data/velib-lstm/multi-model/";

/** The demo artifact as another version, packed. */
async function archiveOf(version: string, change: object = {}): Promise<{ readonly file: string; readonly target: string }> {
  const folder = await extractDemo(temporaryFolder());
  writeManifest(folder, { ...readManifest(folder), version, ...change });
  const file = path.join(temporaryFolder(), "model.tar.gz");
  await tar.create({ gzip: true, portable: true, file, cwd: folder }, ["."]);
  return { file, target: `${version}-${(await sha256Of(file)).slice(0, 12)}.tar.gz` };
}

describe("a multi-model endpoint on this machine, through the AWS SDK", function () {
  this.timeout(60_000);
  let machine: Machine;
  const targets: Record<string, string> = {};

  const serve = async (name: string, cache = "Enabled", environment: Record<string, string> = {}): Promise<void> => {
    const PrimaryContainer = {
      Image: "111122223333.dkr.ecr.eu-west-3.amazonaws.com/slipway-dev:1",
      Mode: "MultiModel" as const,
      ModelDataUrl: PREFIX,
      MultiModelConfig: { ModelCacheSetting: cache as "Enabled" },
      Environment: {
        ...machine.environment({ model: "velib-lstm", version: EVERY_VERSION, artifact: { uri: EVERY_VERSION, sha256: EVERY_VERSION }, settings: { threads: 1 }, request: contract.request }),
        ...environment,
      },
    };
    await machine.control.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
    await machine.createConfig(name, { VariantName: "all", ModelName: name });
    await machine.createEndpoint(name, name);
    await machine.settled(name);
  };
  const invoke = (name: string, TargetModel: string | undefined, input: Partial<InvokeEndpointCommandInput> = {}) => machine.invoke(name, example.request, { TargetModel, ContentType: "application/json", ...input });
  const versionOf = async (name: string, target: string | undefined): Promise<string> => String((await invoke(name, target)).json.model_version);
  const loadedOn = (name: string): string[] => machine.sagemaker.context.endpoints.get(name)!.fleet!.variant("all")!.containers.flatMap(({ targets: held }) => held!.names);

  before(async () => {
    const artifacts = temporaryFolder();
    const [v3, v5, v9] = await Promise.all([archiveOf("v3"), archiveOf("v5"), archiveOf("v9", { model: "stygig-clip" })]);
    machine = await Machine.start({ image: { script: [(await build()).serve, "serve"], runtimes: ["forecast"] }, artifacts });
    await machine.s3.send(new CreateBucketCommand({ Bucket: "example-data" }));
    const put = (target: string, Body: Buffer) => machine.s3.send(new PutObjectCommand({ Bucket: "example-data", Key: `velib-lstm/multi-model/${target}`, Body }));
    for (const { target, file } of [v3, v5, v9]) await put(target, readFileSync(file));
    await put("broken.tar.gz", Buffer.from("no archive"));
    // One version is not in S3, and among this machine's artifacts.
    const v4 = await archiveOf("v4");
    mkdirSync(path.join(artifacts, "velib-lstm", "v4"), { recursive: true });
    copyFileSync(v4.file, path.join(artifacts, "velib-lstm", "v4", "model.tar.gz"));
    Object.assign(targets, { v3: v3.target, v4: v4.target, v5: v5.target, v9: v9.target });
    await serve("several");
  });
  after(() => machine.close());

  it("is in service before it has loaded a model", () => {
    assert.deepEqual(loadedOn("several"), []);
  });

  it("answers with the version that the target names: from S3, and from this machine's artifacts", async () => {
    assert.equal(await versionOf("several", targets.v3), "v3");
    assert.equal(await versionOf("several", targets.v4), "v4");
    assert.equal(await versionOf("several", targets.v3), "v3");
    assert.deepEqual(loadedOn("several"), [targets.v3, targets.v4].sort());
  });

  it("says what a request waited for its model, and how often it was there", () => {
    const alarm = (metricName: string, statistic: string): AlarmDefinition => ({
      name: metricName,
      alarmDescription: "",
      namespace: "AWS/SageMaker",
      metricName,
      dimensions: { EndpointName: "several", VariantName: "all" },
      statistic,
      period: 3600,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
    });
    const value = (metricName: string, statistic: string): number | undefined => alarmState(alarm(metricName, statistic), machine.sagemaker.metrics, Date.now()).value;
    assert.equal(value("ModelCacheHit", "Sum"), 1);
    assert.equal(value("ModelCacheHit", "SampleCount"), 3);
    assert.ok(value("ModelLoadingWaitTime", "Maximum")! > 10_000, "microseconds to start a process");
  });

  it("wants a target, and one that is there", async () => {
    await assert.rejects(invoke("several", undefined), { name: "ValidationError", message: /TargetModel is required/ });
    await assert.rejects(invoke("several", "v7-000000000000.tar.gz"), {
      name: "ValidationError",
      message: /^Failed to download model data\(bucket: example-data, key: velib-lstm\/multi-model\/v7-000000000000\.tar\.gz\)/,
    });
    await assert.rejects(invoke("several", "broken.tar.gz"), { name: "ValidationError" });
    await assert.rejects(invoke("several", " x"), { name: "ValidationError" });
  });

  it("hands on why the container does not load a model", async () => {
    await assert.rejects(invoke("several", targets.v9), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.OriginalStatusCode, 400);
      assert.equal(JSON.parse(error.OriginalMessage!).error.code, "model-not-loadable");
      return true;
    });
    assert.ok(!loadedOn("several").includes(targets.v9!));
  });

  it("is made over a prefix, not over one archive", async () => {
    const PrimaryContainer = { Image: "x", Mode: "MultiModel" as const, ModelDataUrl: "s3://example-data/model.tar.gz" };
    await assert.rejects(machine.control.send(new CreateModelCommand({ ModelName: "bad", ExecutionRoleArn: ROLE, PrimaryContainer })), { name: "ValidationException", message: /prefix/ });
  });

  it("loads again what the container lost when it was started anew", async () => {
    const [container] = machine.sagemaker.context.endpoints.get("several")!.fleet!.variant("all")!.containers;
    process.kill(container!.pid!, "SIGKILL");
    const { restarts } = container!;
    while (container!.restarts === restarts || !container!.healthy) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await versionOf("several", targets.v4), "v4");
  });

  it("keeps nothing in memory where the cache is off", async () => {
    await serve("uncached", "Disabled");
    assert.equal(await versionOf("uncached", targets.v3), "v3");
    assert.deepEqual(loadedOn("uncached"), []);
  });

  it("answers by turns where not all versions fit in memory", async () => {
    const instance = (name: string) => machine.sagemaker.context.endpoints.get(name)!.fleet!.variant("all")!.containers[0]!;
    await serve("roomy");
    for (const version of ["v3", "v4"]) await invoke("roomy", targets[version]);
    const two = heldByAll(instance("roomy").pid!);
    await invoke("roomy", targets.v5);
    const three = heldByAll(instance("roomy").pid!);

    await serve("narrow", "Enabled", { SLIPWAY_MEMORY_MIB: String(Math.round((two + three) / 2 / 1024 ** 2)) });
    for (const version of ["v3", "v4", "v5", "v3", "v4"]) assert.equal(await versionOf("narrow", targets[version]), version);
    assert.ok(instance("narrow").log.all().some((line) => line.includes("model-evicted")));
  });
});
