import { S3Client, CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runBatch } from "../../client/batch";
import type { SlipwayError } from "../../client";
import type { StackOutputs } from "../../contract/outputs";
import { build, demoArtifact, example, root, spec, temporaryFolder } from "../container/support/container";
import { Machine } from "../local/fixtures/machine";

const BUCKET = "example-batch";
const uri = (folder: string): string => `s3://${BUCKET}/velib-lstm/batch/${folder}/`;

/** As `planning/modes/batch` plans them. */
const outputs: StackOutputs = {
  outputsVersion: 1,
  stack: "dev",
  models: {
    "velib-lstm": {
      version: "v3",
      traffic: { v3: 1 },
      region: "eu-west-3",
      contractSha256: "c".repeat(64),
      image: "example",
      artifacts: {},
      invokePolicyArn: "arn:aws:iam::111122223333:policy/example",
      alarms: [],
      serving: {
        batch: {
          jobPrefix: "velib-lstm-dev",
          inputUri: uri("input"),
          outputUri: uri("output"),
          byHandUri: uri("by-hand"),
          version: "v3",
          job: {
            ModelName: "velib",
            MaxConcurrentTransforms: 1,
            MaxPayloadInMB: 6,
            BatchStrategy: "MultiRecord",
            ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 0 },
            TransformInput: { DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: uri("input") } }, ContentType: "application/jsonlines", CompressionType: "None", SplitType: "Line" },
            TransformOutput: { S3OutputPath: uri("output"), Accept: "application/jsonlines", AssembleWith: "Line", KmsKeyId: "arn:aws:kms:eu-west-3:111122223333:key/example" },
            TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
            DataProcessing: { JoinSource: "None" },
            Tags: [{ Key: "slipway:model", Value: "velib-lstm" }],
          },
        },
      },
    },
    other: { version: "v1", traffic: { v1: 1 }, region: "eu-west-3", contractSha256: "c", image: "example", artifacts: {}, invokePolicyArn: "arn:aws:iam::111122223333:policy/example", alarms: [], serving: {} },
  },
};

describe("a batch run by hand", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let machine: Machine;
  let s3: S3Client;

  before(async () => {
    machine = await Machine.start({ image: { script: [(await build()).serve, "serve"], runtimes: ["forecast"] }, artifacts: join(root, "registry", "demo"), outputs: () => outputs });
    s3 = new S3Client({ endpoint: machine.sagemaker.url, region: "eu-west-3", credentials: { accessKeyId: "local", secretAccessKey: "local" }, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const sha256 = createHash("sha256").update(readFileSync(demoArtifact)).digest("hex");
    await machine.createModel("velib", machine.environment({ ...spec, artifact: { ...spec.artifact, sha256 } }));
  });

  after(async () => {
    s3.destroy();
    await machine.close();
  });

  const local = () => ({ local: machine.sagemaker.url });
  const line = JSON.stringify(example.request);

  it("answers given requests, beside the schedule's input and never in it", async () => {
    const statuses: string[] = [];
    const run = await runBatch({ from: local(), model: "velib-lstm", requests: Buffer.from(`${line}\n${line}\n`), wait: true, onStatus: (status) => statuses.push(status) });
    assert.match(run.jobName, /^velib-lstm-dev-\d{8}t\d{6}-[0-9a-f]{6}$/);
    assert.ok(run.jobName.length <= 63);
    assert.equal(run.outputUri, `${uri("output")}${run.jobName}/`);
    assert.equal(Buffer.from(run.answers!).toString().trimEnd().split("\n").length, 2);
    assert.deepEqual(statuses, ["InProgress", "Completed"]);
    assert.deepEqual(machine.sagemaker.objects.list(BUCKET, "velib-lstm/batch/input/"), []);
  });

  it("answers what lies in the schedule's input where nothing is given, without waiting", async () => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "velib-lstm/batch/input/day.jsonl", Body: line }));
    const run = await runBatch({ from: local(), model: "velib-lstm", wait: false });
    assert.deepEqual([run.status, run.answers], ["InProgress", undefined]);
    const job = machine.sagemaker.transforms.get(run.jobName)!;
    await job.settled;
    assert.equal(job.status, "Completed");
    assert.deepEqual(machine.sagemaker.objects.list(BUCKET, `velib-lstm/batch/output/${run.jobName}/`).map(({ key }) => key.split("/").at(-1)), ["day.jsonl.out"]);
  });

  it("says what stands against it", async () => {
    const code = (expected: string) => (error: SlipwayError) => error.code === expected;
    await assert.rejects(runBatch({ from: local(), model: "velib", wait: false }), code("unknown-model"));
    await assert.rejects(runBatch({ from: { outputs }, model: "other", wait: false }), code("not-batch"));
    const tooLarge = Buffer.alloc(7 * 1024 * 1024, "x");
    await assert.rejects(runBatch({ from: local(), model: "velib-lstm", requests: tooLarge, wait: true }), (error: SlipwayError) => error.code === "batch-failed" && /larger than MaxPayloadInMB/.test(error.message));
  });

  describe("on the command line", () => {
    const slipway = (...args: string[]) =>
      new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
        execFile(process.execPath, [join(root, "cli", "bin.js"), "batch", ...args], { cwd: root, env: { ...process.env, NO_COLOR: "1" } }, (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
      });
    const file = (content: string): string => {
      const path = join(folder, "requests.jsonl");
      writeFileSync(path, content);
      return path;
    };

    it("prints the answers, and nothing else, to standard output", async () => {
      const { code, stdout, stderr } = await slipway("velib-lstm", "--file", file(`${line}\n{}\n`), "--wait", "--local", machine.sagemaker.url);
      assert.equal(code, 0, stderr);
      const [first, second, ...more] = stdout.trimEnd().split("\n").map((text) => JSON.parse(text) as { predictions?: object; error?: { code: string } });
      assert.ok(first!.predictions !== undefined && more.length === 0);
      assert.equal(second!.error!.code, "validation-failed");
      assert.match(stderr, /velib-lstm {2}Completed\n/);
    });

    it("leaves with a code that says whose turn it is", async () => {
      const at = ["--local", machine.sagemaker.url];
      const [unknown, missing, nowhere] = await Promise.all([slipway("nobody", ...at), slipway("velib-lstm", "--file", join(folder, "nothing"), ...at), slipway("velib-lstm", "--local", "http://127.0.0.1:9")]);
      assert.deepEqual([unknown.code, missing.code, nowhere.code], [1, 2, 1]);
      assert.match(unknown.stderr, /unknown-model/);
      assert.match(missing.stderr, /there is no such file/);
      assert.match(nowhere.stderr, /outputs-unreadable/);
    });
  });
});
