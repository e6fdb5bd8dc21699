import assert from "node:assert/strict";
import { joinServeSpec, type ServeSpec } from "../../../contract/serve-spec";
import { batchDefaults, batchSchema } from "../../../planning/modes/batch/schema";
import { batch } from "../../../planning/modes/batch/mode";
import { EXECUTION_ID } from "../../../planning/modes/batch/plan";
import { transformInstanceTypes } from "../../../planning/modes/batch/instances";
import { merge } from "../support/merge";
import { planStack } from "../../../planning/plan";
import type { Json } from "../../../contract/json";
import type { ResolvedModel, ResolvedServing } from "../../../planning/types";
import { matchesPattern } from "../../../local/events/pattern";
import { allResources, facts, model, ofType, planned, realtimeServing } from "../support/resolved";

type Written = { readonly [field: string]: Json };
const serving = (fields: Written = {}): ResolvedServing => merge({ ...batchDefaults, instanceType: "ml.m5.large" }, fields) as ResolvedServing;
const files = (fields: Written = {}, more: Partial<ResolvedModel> = {}): ResolvedModel => model({ serving: { batch: serving(fields) }, ...more });
const nightly = { schedule: { cron: "0 3 * * ? *", timezone: "Europe/Paris", windowSeconds: 900 } };
const own = { container: { image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/own@sha256:${"1".repeat(64)}` }, runtime: null };
const both = [{ version: "v3", weight: 1 }, { version: "v4", weight: 1 }];

describe("batch", () => {
  describe("rules", () => {
    const check = (each: ResolvedModel) => batch.check(each, each.serving.batch!);
    /** Each: what is written, what is right beside it, and where the issue points. */
    const cases: readonly { readonly code: string; readonly path: string; readonly wrong: ResolvedModel; readonly right: ResolvedModel; readonly severity?: "warning" }[] = [
      { code: "transform-instance", path: "instance", wrong: files({ instanceType: "ml.c5.large" }), right: files({ instanceType: "ml.c5.xlarge" }) },
      { code: "transform-instance", path: "instance", wrong: files({ instanceType: "ml.c6g.large" }), right: files({ instanceType: "ml.c6i.large" }) },
      { code: "instance-retired", path: "instance", wrong: files({ instanceType: "ml.p3.2xlarge" }), right: files({ instanceType: "ml.g5.2xlarge" }) },
      { code: "batch-volume-key", path: "volumeKey", wrong: files({ instanceType: "ml.g5.xlarge", volumeKey: "arn:aws:kms:x" }), right: files({ volumeKey: "arn:aws:kms:x" }) },
      { code: "batch-version", path: "version", wrong: files({ version: "v9" }), right: files({ version: "v3" }) },
      { code: "batch-version", path: "", wrong: files({}, { traffic: both }), right: files({ version: "v4" }, { traffic: both }) },
      { code: "batch-strategy-split", path: "strategy", wrong: files({ input: { split: "none" }, output: { assemble: "none" } }), right: files({ strategy: "singleRecord", input: { split: "none" }, output: { assemble: "none" } }) },
      { code: "batch-assemble-split", path: "output.assemble", wrong: files({ output: { assemble: "none" } }), right: files({ output: { assemble: "line" } }) },
      { code: "batch-assemble-split", path: "output.assemble", wrong: files({ input: { split: "none" }, strategy: "singleRecord" }), right: files() },
      { code: "batch-payload-concurrency", path: "concurrency", wrong: files({ concurrency: 17 }), right: files({ concurrency: 16 }) },
      { code: "batch-concurrency", path: "concurrency", wrong: files({ concurrency: 65, maxPayloadMiB: 1 }), right: files({ concurrency: 64, maxPayloadMiB: 1 }) },
      { code: "batch-payload-stream", path: "maxPayload", wrong: files({ maxPayloadMiB: 0 }), right: files({ maxPayloadMiB: 0 }, own) },
      { code: "batch-folders", path: "output.prefix", wrong: files({ output: { prefix: "input/answers/" } }), right: files({ output: { prefix: "input-answers/" } }) },
      { code: "batch-folders", path: "input.prefix", wrong: files({ input: { prefix: "output/new/" } }), right: files({ input: { prefix: "new/" } }) },
      { code: "batch-folders", path: "output.prefix", wrong: files({ output: { prefix: "input/" } }), right: files() },
      { code: "batch-folders", path: "input.prefix", wrong: files({ input: { prefix: "by-hand/" } }), right: files({ input: { prefix: "by-hands/" } }) },
      { code: "batch-format", path: "input.format", wrong: files({ input: { format: "csv" } }), right: files({ input: { format: "csv" } }, own) },
      { code: "batch-format", path: "input.format", wrong: files({ input: { format: "json" } }), right: files({ strategy: "singleRecord", input: { format: "json", split: "none" }, output: { assemble: "none" } }) },
      { code: "batch-filter-join", path: "output.filter", wrong: files({ output: { filter: "$['id','SageMakerOutput']" } }), right: files({ joinInput: true, output: { filter: "$['id','SageMakerOutput']" } }) },
      { code: "schedule-way", path: "schedule", wrong: files({ schedule: { cron: "0 3 * * ? *", rate: "1 day" } }), right: files({ schedule: { rate: "1 day" } }) },
      { code: "schedule-timezone", path: "schedule.timezone", wrong: files({ schedule: { rate: "1 day", timezone: "Paris" } }), right: files({ schedule: { rate: "1 day", timezone: "Europe/Paris" } }) },
      { code: "schedule-window", path: "schedule.window", wrong: files({ schedule: { rate: "1 day", windowSeconds: 90 } }), right: files({ schedule: { rate: "1 day", windowSeconds: 120 } }) },
      { code: "schedule-cron", path: "schedule.cron", wrong: files({ schedule: { cron: "0 3 * * * *" } }), right: files({ schedule: { cron: "0 3 * * ? *" } }) },
      { code: "schedule-cron", path: "schedule.cron", wrong: files({ schedule: { cron: "0 3 * * *" } }), right: files({ schedule: { cron: "0 3 ? * MON-FRI *" } }) },
      { code: "schedule-never", path: "schedule.cron", wrong: files({ schedule: { cron: "0 3 30 2 ? *" } }), right: files({ schedule: { cron: "0 3 29 2 ? *" } }) },
      { code: "schedule-rate", path: "schedule.rate", wrong: files({ schedule: { rate: "1 days" } }), right: files({ schedule: { rate: "1 day" } }) },
      { code: "schedule-at", path: "schedule.at", wrong: files({ schedule: { at: "2027-02-30T03:00:00" } }), right: files({ schedule: { at: "2027-02-28T03:00:00" } }) },
      { code: "schedule-overlap", path: "schedule.rate", severity: "warning", wrong: files({ schedule: { rate: "9 minutes", giveUpAfterSeconds: 60 } }), right: files({ schedule: { rate: "10 minutes", giveUpAfterSeconds: 60 } }) },
      { code: "schedule-give-up", path: "schedule.giveUpAfter", wrong: files({ schedule: { rate: "30 minutes" } }), right: files({ schedule: { rate: "1 hour" } }) },
    ];
    for (const [index, { code, path, severity, wrong, right }] of cases.entries()) {
      it(`${code} at ${path || "the mode"} (${index + 1})`, () => {
        const found = check(wrong).filter((issue) => issue.code === code);
        assert.deepEqual(found.map((issue) => [issue.path, issue.severity]), [[path, code === "instance-retired" ? "error" : severity]]);
        assert.ok(found[0]!.hint !== undefined);
        assert.deepEqual(check(right), []);
      });
    }

    it("know the service's own list of instance types, which is not the one that hosts", () => {
      assert.equal(transformInstanceTypes.length, 116);
      const [issue] = check(files({ instanceType: "ml.c5.large" }));
      assert.match(issue!.message, /hosts endpoints, and runs no transform job/);
      assert.match(issue!.hint!, /ml\.c5\.xlarge/);
    });

    it("leave the ranges of single fields to the schema, each with its source", () => {
      const { instances, retries, timeout } = batchSchema.properties as { readonly [field: string]: { readonly [keyword: string]: unknown } };
      assert.deepEqual([instances!.minimum, instances!.maximum, retries!.maximum], [1, 100, 3]);
      assert.equal((timeout!["x-quantity"] as { maximum: number }).maximum, 3600);
    });

    it("refuse a single run in the past, by the day of the plan", () => {
      const past = files({ schedule: { at: "2026-11-22T03:00:00" } });
      assert.deepEqual(planStack([past], facts).issues.map(({ code, severity }) => [code, severity]), [["schedule-at", "error"]]);
      assert.deepEqual(planStack([past], { ...facts, today: "2026-11-21" }).issues, []);
    });
  });

  describe("plan", () => {
    const target = (each: ResolvedModel) => ofType(planned([each]), "aws:scheduler/schedule:Schedule")[0]!.inputs.target;
    const request = (each: ResolvedModel) => (target(each).input as unknown as { $json: { [field: string]: unknown } }).$json;

    it("lets the scheduler itself call CreateTransformJob, few times, and keeps what did not start", () => {
      const { arn, retryPolicy, deadLetterConfig } = target(files(nightly));
      assert.deepEqual(arn, { $join: ["arn:", { $fact: "partition" }, ":scheduler:::aws-sdk:sagemaker:createTransformJob"] });
      assert.deepEqual(retryPolicy, { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 3600 });
      assert.deepEqual(deadLetterConfig, { arn: { $ref: "velib-lstm/batch-dead-letters", output: "arn" } });
    });

    it("names every run by its attempt, within 63 characters for the longest name", () => {
      const name = `m${"-abcdefghi".repeat(3)}`;
      const { TransformJobName } = request(files(nightly, { name }));
      const [prefix] = String(TransformJobName).split(EXECUTION_ID);
      assert.ok(prefix!.length + 36 <= 63, String(TransformJobName));
      assert.match(prefix!, /^[a-z0-9](-*[a-z0-9])*-$/);
      assert.equal(request(files(nightly)).TransformJobName, "velib-lstm-dev-<aws.scheduler.execution-id>");
    });

    it("spells the request as the API does, each run with a folder of its own", () => {
      const { ModelName, Tags, TransformInput, TransformOutput, ...rest } = request(files({ ...nightly, instances: 2, concurrency: 4, joinInput: true, output: { filter: "$.SageMakerOutput" } }));
      const bucket = { $ref: "shared/data-bucket", output: "bucket" };
      assert.match((ModelName as { $ref: string }).$ref, /^velib-lstm-dev-v3-batch-[0-9a-f]{10}$/);
      assert.equal((Tags as unknown[]).length, 3);
      assert.deepEqual(TransformInput, {
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: { $join: ["s3://", bucket, "/velib-lstm/batch/input/"] } } },
        ContentType: "application/jsonlines",
        CompressionType: "None",
        SplitType: "Line",
      });
      assert.deepEqual(TransformOutput, {
        S3OutputPath: { $join: [{ $join: ["s3://", bucket, "/velib-lstm/batch/output/"] }, EXECUTION_ID] },
        Accept: "application/jsonlines",
        AssembleWith: "Line",
        KmsKeyId: { $ref: "shared/data-key", output: "arn" },
      });
      assert.deepEqual(rest, {
        TransformJobName: "velib-lstm-dev-<aws.scheduler.execution-id>",
        MaxConcurrentTransforms: 4,
        MaxPayloadInMB: 6,
        BatchStrategy: "MultiRecord",
        ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 3 },
        TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeKmsKeyId: { $ref: "shared/data-key", output: "arn" } },
        DataProcessing: { JoinSource: "Input", OutputFilter: "$.SageMakerOutput" },
      });
    });

    it("gives the schedule its zone and its window", () => {
      const [late] = ofType(planned([files(nightly)]), "aws:scheduler/schedule:Schedule");
      assert.deepEqual([late!.inputs.scheduleExpression, late!.inputs.scheduleExpressionTimezone], ["cron(0 3 * * ? *)", "Europe/Paris"]);
      assert.deepEqual(late!.inputs.flexibleTimeWindow, { mode: "FLEXIBLE", maximumWindowInMinutes: 15 });
      const [sharp] = ofType(planned([files({ schedule: { rate: "1 day" } })]), "aws:scheduler/schedule:Schedule");
      assert.deepEqual([sharp!.inputs.flexibleTimeWindow, sharp!.inputs.scheduleExpression], [{ mode: "OFF" }, "rate(1 day)"]);
    });

    it("needs no schedule, and then no queue, no scheduler and no alarm", () => {
      const plan = planned([files()]);
      const types = allResources(plan).map(({ type }) => type);
      for (const type of ["aws:scheduler/schedule:Schedule", "aws:sqs/queue:Queue", "aws:cloudwatch/metricAlarm:MetricAlarm"] as const) assert.ok(!types.includes(type), type);
      assert.ok(types.includes("aws:sagemaker/model:Model") && !types.includes("aws:sagemaker/endpoint:Endpoint"));
      const outputs = (plan.outputs as { models: { [name: string]: { serving: { batch: object } } } }).models["velib-lstm"]!.serving.batch;
      assert.deepEqual(Object.keys(outputs).sort(), ["byHandUri", "inputUri", "job", "jobPrefix", "outputUri", "version"]);
    });

    describe("tells of a run that started and failed", () => {
      const plan = planned([files()]);
      const [rule] = ofType(plan, "aws:cloudwatch/eventRule:EventRule");
      const [target] = ofType(plan, "aws:cloudwatch/eventTarget:EventTarget");
      const { $json: pattern } = rule!.inputs.eventPattern as unknown as { $json: { readonly [field: string]: Json } };
      /** As SageMaker documents it: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-transform */
      const event = (TransformJobName: string, TransformJobStatus: string, changes: { readonly [field: string]: Json } = {}): Json => ({
        version: "0",
        id: "844e2571-85d4-695f-b930-0153b71dcb42",
        "detail-type": "SageMaker Transform Job State Change",
        source: "aws.sagemaker",
        account: "111122223333",
        time: "2018-10-06T12:26:13Z",
        region: "us-east-1",
        resources: [`arn:aws:sagemaker:us-east-1:111122223333:transform-job/${TransformJobName}`],
        detail: { TransformJobName, TransformJobStatus, ModelName: "any", MaxPayloadInMB: 6, Tags: {} },
        ...changes,
      });

      it("by a rule for this model's jobs, whoever started them, whatever the schedule", () => {
        const scheduled = "velib-lstm-dev-844e2571-85d4-695f-b930-0153b71dcb42";
        const byHand = "velib-lstm-dev-20261125t030000-a1b2c3";
        for (const name of [scheduled, byHand]) {
          for (const status of ["Failed", "Stopped"]) assert.ok(matchesPattern(pattern, event(name, status)), `${name} ${status}`);
          for (const status of ["InProgress", "Stopping", "Completed"]) assert.ok(!matchesPattern(pattern, event(name, status)), `${name} ${status}`);
        }
        for (const other of ["velib-lstm-prod-844e2571", "velib-lstm-devices-844e2571", "x-velib-lstm-dev-1"]) assert.ok(!matchesPattern(pattern, event(other, "Failed")), other);
        assert.ok(!matchesPattern(pattern, event(scheduled, "Failed", { "detail-type": "SageMaker Training Job State Change" })));
        assert.ok(!matchesPattern(pattern, event(scheduled, "Failed", { source: "example.app" })));
      });

      it("to the stack's alarm topic, in words that need no value which may be missing", () => {
        assert.deepEqual([target!.inputs.arn, target!.inputs.rule], [{ $ref: "shared/alarm-topic", output: "arn" }, { $ref: "velib-lstm/batch-failed", output: "name" }]);
        const { inputPaths, inputTemplate } = target!.inputs.inputTransformer;
        const text = JSON.parse(inputTemplate) as string;
        assert.match(text, /^The run <job> of velib-lstm in dev is <status>\. Why: aws sagemaker describe-transform-job --region us-east-1 --transform-job-name <job> /);
        assert.deepEqual([...new Set([...text.matchAll(/<(\w+)>/g)].map(([, name]) => name))].sort(), Object.keys(inputPaths).sort());
        const sample = event("velib-lstm-dev-1", "Failed") as { readonly detail: { readonly [field: string]: Json } };
        for (const path of Object.values(inputPaths)) assert.ok(path.startsWith("$.detail.") && typeof sample.detail[path.slice("$.detail.".length)] === "string", path);
      });

      it("which lets EventBridge publish, and its key encrypt, where there is such a rule and only there", () => {
        const told = (each: ReturnType<typeof planned>) => {
          const statementsOf = (policy: unknown) => (policy as { $json: { Statement: { Sid: string; Principal: { Service?: string }; Action: unknown; Condition?: unknown }[] } }).$json.Statement;
          const policies = [...ofType(each, "aws:sns/topicPolicy:TopicPolicy"), ...ofType(each, "aws:kms/key:Key")].flatMap(({ inputs: { policy } }) => statementsOf(policy));
          return policies.filter(({ Principal }) => Principal.Service === "events.amazonaws.com").map(({ Action, Condition }) => [Action, Condition]);
        };
        // No condition: EventBridge brings nothing that one could ask for.
        assert.deepEqual(told(plan), [["sns:Publish", undefined], [["kms:Decrypt", "kms:GenerateDataKey"], undefined]]);
        assert.deepEqual(told(planned([model({ serving: { realtime: realtimeServing() } })])), []);
      });
    });

    it("lets the scheduler start this model's jobs and no others", () => {
      const policies = ofType(planned([files(nightly)]), "aws:iam/rolePolicy:RolePolicy");
      const { Statement } = (policies.find(({ name }) => name === "velib-lstm/batch-scheduler-policy")!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Action: unknown; Resource: unknown }[] } }).$json;
      assert.deepEqual(Statement.map(({ Action }) => Action), [["sagemaker:AddTags", "sagemaker:CreateTransformJob"], "sqs:SendMessage", "kms:CreateGrant", "kms:DescribeKey"]);
      assert.match(JSON.stringify(Statement[0]!.Resource), /:transform-job\/velib-lstm-dev-\*"/);
    });

    it("lets the model read its input, write its output and use the bucket's key, with every Sid once", () => {
      const policies = ofType(planned([files(nightly)]), "aws:iam/rolePolicy:RolePolicy");
      const { Statement } = (policies.find(({ name }) => name === "velib-lstm/execution-policy")!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Resource: unknown }[] } }).$json;
      const of = (sid: string): string => JSON.stringify(Statement.find(({ Sid }) => Sid === sid)?.Resource);
      assert.match(of("ReadBatchInput"), /\/velib-lstm\/batch\/input\/\*/);
      assert.match(of("WriteBatchOutput"), /\/velib-lstm\/batch\/output\/\*/);
      assert.match(of("WriteBatchLogs"), /\/aws\/sagemaker\/TransformJobs/);
      assert.equal(of("WriteLogs"), undefined, "no endpoint, no log group of one");
      assert.equal(new Set(Statement.map(({ Sid }) => Sid)).size, Statement.length);
    });

    it("stands beside an endpoint, each with a model of its own limits", () => {
      const plan = planned([model({ serving: { batch: serving({ timeoutSeconds: 60 }), realtime: realtimeServing() } })]);
      const models = ofType(plan, "aws:sagemaker/model:Model");
      assert.equal(new Set(models.map(({ name }) => name)).size, 2);
      const specs = models.map(({ inputs }) => JSON.parse(joinServeSpec(inputs.primaryContainer.environment)!) as ServeSpec);
      assert.deepEqual(specs.map(({ limits }) => limits.maxBodyBytes), [6 * 1024 * 1024, 6_291_456]);
      const of = (each: string) => ofType(planned([model({ serving: { batch: serving({ maxPayloadMiB: 100 }) } })]), "aws:sagemaker/model:Model").find(({ name }) => name.includes(each));
      assert.match(JSON.stringify(of("batch")!.inputs.primaryContainer.environment), /104857600/);
    });

    it("is answered by the version with most of the traffic, or the one that is named", () => {
      const traffic = [{ version: "v3", weight: 10 }, { version: "v4", weight: 90 }];
      const versionOf = (fields: Written): string => ofType(planned([files(fields, { traffic })]), "aws:sagemaker/model:Model")[0]!.inputs.primaryContainer.modelDataUrl;
      assert.match(versionOf({}), /\/v4\//);
      assert.match(versionOf({ version: "v3" }), /\/v3\//);
    });

    it("watches for runs that did not start, by a metric of the queue", () => {
      const [alarm, ...more] = ofType(planned([files(nightly)]), "aws:cloudwatch/metricAlarm:MetricAlarm");
      assert.deepEqual(more, []);
      assert.deepEqual([alarm!.inputs.namespace, alarm!.inputs.metricName, alarm!.inputs.threshold], ["AWS/SQS", "ApproximateNumberOfMessagesVisible", 0]);
      assert.deepEqual(alarm!.inputs.dimensions, { QueueName: { $ref: "velib-lstm/batch-dead-letters", output: "name" } });
    });

    it("costs what its runs cost: nothing fixed, and each run stated", () => {
      const [daily] = batch.plan({ model: files(), serving: serving({ schedule: { rate: "1 day" }, instances: 2, load: { runSeconds: 1800 } }), facts }).cost;
      assert.equal(daily!.fixedMonthly, 0);
      // 0.115 $/h × 2 × 0.5 h × 730/24 runs
      assert.equal(daily!.maximumMonthly, 3.5);
      assert.match(daily!.item, /30 runs, \$0\.12 each/);
      const [byHand] = batch.plan({ model: files(), serving: serving(), facts }).cost;
      assert.deepEqual([byHand!.maximumMonthly, /by hand, \$0\.02 each/.test(byHand!.item)], [0, true]);
    });
  });
});
