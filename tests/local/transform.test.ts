import { CreateTransformJobCommand, DescribeTransformJobCommand, ListTransformJobsCommand, StopTransformJobCommand, type CreateTransformJobCommandInput } from "@aws-sdk/client-sagemaker";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { assemble, joinInput, payloads, split, TransformFailure } from "../../local/transform/records";
import { outputOf } from "../../local/transform/places";
import { build, demoArtifact, example, root, spec } from "../container/support/container";
import { Machine } from "./fixtures/machine";

const BUCKET = "example-batch";

describe("transform jobs", function () {
  this.timeout(60_000);
  let machine: Machine;
  let s3: S3Client;

  before(async () => {
    machine = await Machine.start({ image: { script: [(await build()).serve, "serve"], runtimes: ["forecast"] }, artifacts: join(root, "registry", "demo") });
    s3 = new S3Client({ endpoint: machine.sagemaker.url, region: "eu-west-3", credentials: { accessKeyId: "local", secretAccessKey: "local" }, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const sha256 = createHash("sha256").update(readFileSync(demoArtifact)).digest("hex");
    await machine.createModel("velib", machine.environment({ ...spec, artifact: { ...spec.artifact, sha256 } }));
  });

  after(async () => {
    s3.destroy();
    await machine.close();
  });

  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  const get = async (Key: string): Promise<string> => (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString();
  const keys = async (Prefix: string) => ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))).Contents ?? []).map(({ Key }) => Key);
  const request = (name: string, changes: Partial<CreateTransformJobCommandInput> = {}): CreateTransformJobCommandInput => ({
    TransformJobName: name,
    ModelName: "velib",
    BatchStrategy: "MultiRecord",
    TransformInput: { DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${BUCKET}/${name}/in/` } }, ContentType: "application/jsonlines", SplitType: "Line" },
    TransformOutput: { S3OutputPath: `s3://${BUCKET}/${name}/out`, Accept: "application/jsonlines", AssembleWith: "Line" },
    TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
    ...changes,
  });
  const create = (input: CreateTransformJobCommandInput) => machine.control.send(new CreateTransformJobCommand(input));
  const ended = async (TransformJobName: string) => {
    for (;;) {
      const job = await machine.control.send(new DescribeTransformJobCommand({ TransformJobName }));
      if (job.TransformJobStatus !== "InProgress" && job.TransformJobStatus !== "Stopping") return job;
      await sleep(20);
    }
  };
  const line = JSON.stringify(example.request);

  it("answers a file of fifty lines with one that the model refuses, each in its place", async () => {
    const lines = Array.from({ length: 50 }, (_, index) => (index === 20 ? JSON.stringify({ station_code: 1 }) : line));
    await put("fifty/in/day/one.jsonl", `${lines.join("\n")}\n`);
    const { TransformJobArn } = await create(request("fifty"));
    assert.equal(TransformJobArn, "arn:aws:sagemaker:eu-west-3:111122223333:transform-job/fifty");
    const job = await ended("fifty");
    assert.deepEqual([job.TransformJobStatus, job.FailureReason], ["Completed", undefined]);
    assert.ok(job.TransformEndTime! >= job.TransformStartTime!);
    assert.deepEqual(await keys("fifty/out"), ["fifty/out/day/one.jsonl.out"]);
    const answers = (await get("fifty/out/day/one.jsonl.out")).trimEnd().split("\n").map((text) => JSON.parse(text) as { predictions?: object; error?: { code: string } });
    assert.equal(answers.length, 50);
    assert.deepEqual(answers.flatMap(({ error }, index) => (error === undefined ? [] : [[index, error.code]])), [[20, "validation-failed"]]);
    assert.ok(answers.every(({ predictions, error }) => (predictions === undefined) !== (error === undefined)));
  });

  it("writes an object for each that it read, and joins answers with their input where asked", async () => {
    await Promise.all([put("two/in/a.jsonl", `${line}\n${line}`), put("two/in/b.jsonl", line), put("two/elsewhere.jsonl", line)]);
    await create(request("two", { BatchStrategy: "SingleRecord", MaxConcurrentTransforms: 2, DataProcessing: { JoinSource: "Input" } }));
    assert.equal((await ended("two")).TransformJobStatus, "Completed");
    assert.deepEqual(await keys("two/out"), ["two/out/a.jsonl.out", "two/out/b.jsonl.out"]);
    const [first, second, ...more] = (await get("two/out/a.jsonl.out")).trimEnd().split("\n").map((text) => JSON.parse(text) as { SageMakerOutput: { station_code: string } });
    assert.deepEqual([first!.SageMakerOutput.station_code, second!.SageMakerOutput.station_code, more.length], [example.request.station_code, example.request.station_code, 0]);
  });

  it("reads what a manifest names, and whole objects where nothing is split", async () => {
    await Promise.all([put("listed/data/a.json", line), put("listed/data/b.json", line), put("listed/list.json", JSON.stringify([{ prefix: `s3://${BUCKET}/listed/data/` }, "b.json"]))]);
    await create(
      request("listed", {
        BatchStrategy: "SingleRecord",
        TransformInput: { DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: `s3://${BUCKET}/listed/list.json` } }, ContentType: "application/json" },
        TransformOutput: { S3OutputPath: `s3://${BUCKET}/listed/out/` },
      }),
    );
    assert.equal((await ended("listed")).TransformJobStatus, "Completed");
    assert.deepEqual(await keys("listed/out"), ["listed/out/b.json.out"]);
  });

  it("fails where the input is not there, or the container refuses all of it, and says why", async () => {
    await put("csv/in/a.csv", "1,2\n");
    const whole = { DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: `s3://${BUCKET}/csv/in/` } }, ContentType: "text/csv", SplitType: "Line" as const };
    await Promise.all([create(request("nothing")), create(request("csv", { TransformInput: whole }))]);
    const [nothing, csv] = await Promise.all([ended("nothing"), ended("csv")]);
    assert.deepEqual([nothing.TransformJobStatus, csv.TransformJobStatus], ["Failed", "Failed"]);
    assert.match(nothing.FailureReason!, /^ClientError: no object lies below s3:\/\/example-batch\/nothing\/in\//);
    assert.match(csv.FailureReason!, /^ClientError: the container answered 415: .*unsupported-media-type/);
    assert.deepEqual(await keys("csv/out"), []);
  });

  it("stops when it is told to, and leaves no half an answer", async () => {
    await put("long/in/a.jsonl", Array.from({ length: 20_000 }, () => line).join("\n"));
    await create(request("long", { BatchStrategy: "SingleRecord" }));
    await machine.control.send(new StopTransformJobCommand({ TransformJobName: "long" }));
    assert.equal((await ended("long")).TransformJobStatus, "Stopped");
    assert.deepEqual(await keys("long/out"), []);
    await assert.rejects(machine.control.send(new StopTransformJobCommand({ TransformJobName: "long" })), /in status Stopped/);
  });

  it("tries again what may pass another time, as often as the job says, and then fails", async () => {
    const other = await Machine.start();
    try {
      await other.sagemaker.objects.createBucket(BUCKET);
      await other.sagemaker.objects.put({ bucket: BUCKET, key: "busy/in/a.jsonl" }, Buffer.from('{"status":503}'));
      await other.createModel("velib");
      await other.control.send(new CreateTransformJobCommand(request("busy", { ModelClientConfig: { InvocationsMaxRetries: 1 } })));
      await other.sagemaker.transforms.get("busy")!.settled;
      const { status, failureReason } = other.sagemaker.transforms.get("busy")!;
      assert.equal(status, "Failed");
      assert.match(failureReason!, /^AlgorithmError: the container answered 503: .*, 2 times$/);
      assert.deepEqual(other.sagemaker.host.containers, []);
    } finally {
      await other.close();
    }
  });

  it("sends as the job says, else as its container says, else as SageMaker does", async () => {
    const other = await Machine.start();
    const say = (BatchStrategy: string): string => JSON.stringify({ BatchStrategy, MaxConcurrentTransforms: 2, MaxPayloadInMB: 1 });
    try {
      await other.sagemaker.objects.createBucket(BUCKET);
      await other.createModel("single", other.environment({}, { PARAMETERS: say("SINGLE_RECORD") }));
      await other.createModel("odd", other.environment({}, { PARAMETERS: say("EVERY_RECORD") }));
      await other.createModel("silent");
      const requestsOf = async (name: string, ModelName: string, BatchStrategy?: "MultiRecord" | "SingleRecord"): Promise<number> => {
        await other.sagemaker.objects.put({ bucket: BUCKET, key: `${name}/in/a.jsonl` }, Buffer.from("{}\n{}\n{}\n"));
        await other.control.send(new CreateTransformJobCommand({ ...request(name, { ModelName }), BatchStrategy }));
        await other.sagemaker.transforms.get(name)!.settled;
        return (await other.sagemaker.objects.bytes({ bucket: BUCKET, key: `${name}/out/a.jsonl.out` })).body.toString("utf8").trimEnd().split("\n").length;
      };
      assert.deepEqual(await Promise.all([requestsOf("a", "single"), requestsOf("b", "single", "MultiRecord"), requestsOf("c", "odd"), requestsOf("d", "silent"), requestsOf("e", "silent", "SingleRecord")]), [3, 1, 1, 1, 3]);
    } finally {
      await other.close();
    }
  });

  it("refuses what the service refuses", async () => {
    const refused = (name: string, changes: Partial<CreateTransformJobCommandInput>, message: RegExp) => assert.rejects(create(request(name, changes)), message);
    await refused("x1", { ModelName: "nobody" }, /Could not find model/);
    await refused("x2", { MaxConcurrentTransforms: 17 }, /must not be more than 100/);
    await refused("x3", { TransformInput: { ...request("x3").TransformInput!, SplitType: "None" } }, /needs a SplitType/);
    await refused("x4", { MaxPayloadInMB: 101 }, /less than or equal to 100/);
    await refused("-x", {}, /regular expression/);
    await create(request("twice"));
    await refused("twice", {}, /name must be unique/);
    await assert.rejects(machine.control.send(new DescribeTransformJobCommand({ TransformJobName: "nobody" })), { name: "ResourceNotFound" });
  });

  it("are listed, newest first, by status", async () => {
    const { TransformJobSummaries } = await machine.control.send(new ListTransformJobsCommand({ StatusEquals: "Completed", SortBy: "Name", SortOrder: "Ascending" }));
    assert.deepEqual(TransformJobSummaries!.map(({ TransformJobName }) => TransformJobName), ["fifty", "listed", "two"]);
  });
});

describe("records of a transform job", () => {
  const text = (buffers: readonly Buffer[]): string[] => buffers.map(String);

  it("are lines, or the whole object", () => {
    assert.deepEqual(text(split(Buffer.from("a\n\nb"), "Line")), ["a", "", "b"]);
    assert.deepEqual(text(split(Buffer.from("a\nb\n"), "None")), ["a\nb\n"]);
  });

  it("fill requests up to their bound, lose nothing and keep their order (property)", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400_000), { maxLength: 20 }), fc.constantFrom("MultiRecord", "SingleRecord"), (sizes, strategy) => {
        const records = sizes.map((size, index) => Buffer.alloc(size, 97 + (index % 26)));
        const asked = payloads(records, strategy, 1);
        assert.deepEqual(asked.flatMap((payload) => payload.records), records);
        for (const { body, records: held } of asked) assert.ok(body.byteLength <= 1024 * 1024 && (strategy === "MultiRecord" || held.length === 1));
      }),
      { numRuns: 30 },
    );
    assert.throws(() => payloads([Buffer.alloc(1024 * 1024 + 1)], "MultiRecord", 1), TransformFailure);
    assert.equal(payloads([Buffer.alloc(1024 * 1024 + 1)], "MultiRecord", 0).length, 1);
  });

  it("are put together with one line end between them", () => {
    assert.equal(String(assemble([Buffer.from("a\n"), Buffer.from("b")], "Line")), "a\nb\n");
    assert.equal(String(assemble([Buffer.from("a"), Buffer.from("b")], "None")), "ab");
  });

  it("are joined with their answers only where there are as many", () => {
    assert.equal(String(joinInput([Buffer.from('{"a":1}'), Buffer.from("2")], Buffer.from("10\n20\n"))), '{"a":1,"SageMakerOutput":10}\n{"SageMakerInput":2,"SageMakerOutput":20}\n');
    assert.throws(() => joinInput([Buffer.from("1"), Buffer.from("2")], Buffer.from("10\n")), /1 answers to 2 records/);
  });

  it("go to the same place below the output", () => {
    assert.deepEqual(outputOf("s3://example/out", "day/a.jsonl"), { bucket: "example", key: "out/day/a.jsonl.out" });
    assert.deepEqual(outputOf("s3://example", "a"), { bucket: "example", key: "a.out" });
  });
});
