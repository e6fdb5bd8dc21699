import { DescribeTransformJobCommand } from "@aws-sdk/client-sagemaker";
import { CreateScheduleCommand, DeleteScheduleCommand, GetScheduleCommand, ListSchedulesCommand, SchedulerClient, type CreateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import assert from "node:assert/strict";
import { alarmState, type AlarmDefinition } from "../../../local/metrics/alarms";
import { ruleAlarm } from "../../../local/view/batch";
import { Machine } from "../fixtures/machine";
import { WoundClock } from "./wound-clock";

const BUCKET = "example-batch";
const QUEUE = "velib-dev-batch-dead-letters";
const START = Date.parse("2026-11-25T00:00:00Z");
const DAY = 86_400_000;

const alarm: AlarmDefinition = {
  name: "not-started", alarmDescription: "", namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: QUEUE },
  statistic: "Maximum", period: 300, evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 0, comparisonOperator: "GreaterThanThreshold", treatMissingData: "notBreaching",
};
const rule = {
  name: "velib-dev-batch-failed",
  pattern: { source: ["aws.sagemaker"], "detail-type": ["SageMaker Transform Job State Change"], detail: { TransformJobName: [{ prefix: "velib-dev-" }], TransformJobStatus: ["Failed", "Stopped"] } },
};

describe("schedules, through the AWS SDK", function () {
  this.timeout(60_000);
  let machine: Machine;
  let client: SchedulerClient;
  let clock: WoundClock;

  beforeEach(async () => {
    clock = new WoundClock(START);
    machine = await Machine.start({ clock });
    client = new SchedulerClient({ endpoint: machine.sagemaker.url, region: "eu-west-3", credentials: { accessKeyId: "local", secretAccessKey: "local" }, maxAttempts: 1 });
    await machine.sagemaker.objects.createBucket(BUCKET);
    await put('{"echo":1}\n{"echo":2}\n');
  });
  afterEach(async () => {
    client.destroy();
    await machine.close();
  });

  const put = (text: string) => machine.sagemaker.objects.put({ bucket: BUCKET, key: "in/a.jsonl" }, Buffer.from(text));
  const schedule = (changes: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
    Name: "velib-dev-batch",
    Description: "Starts runs.",
    ScheduleExpression: "cron(30 3 * * ? *)",
    ScheduleExpressionTimezone: "Europe/Paris",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob",
      RoleArn: "arn:aws:iam::111122223333:role/scheduler",
      Input: JSON.stringify({
        TransformJobName: "velib-dev-<aws.scheduler.execution-id>",
        ModelName: "velib",
        BatchStrategy: "SingleRecord",
        TransformInput: { DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${BUCKET}/in/` } }, ContentType: "application/json", SplitType: "Line" },
        TransformOutput: { S3OutputPath: `s3://${BUCKET}/out/<aws.scheduler.execution-id>`, AssembleWith: "Line" },
        TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
      }),
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
      DeadLetterConfig: { Arn: `arn:aws:sqs:eu-west-3:111122223333:${QUEUE}` },
    },
    ...changes,
  });
  const jobs = () => machine.sagemaker.transforms.all;
  const failed = () => ruleAlarm(rule, machine.sagemaker);
  const notStarted = () => alarmState(alarm, machine.sagemaker.metrics, clock.now());

  it("reads back what was made, lists it, and deletes it", async () => {
    const { ScheduleArn } = await client.send(new CreateScheduleCommand(schedule()));
    assert.equal(ScheduleArn, "arn:aws:scheduler:eu-west-3:111122223333:schedule/default/velib-dev-batch");
    const { Arn, GroupName, State, CreationDate, Target, ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Description } = await client.send(new GetScheduleCommand({ Name: "velib-dev-batch" }));
    const { Name, ...written } = schedule();
    assert.equal(Name, "velib-dev-batch");
    assert.deepEqual({ Target, ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Description }, written);
    assert.deepEqual([Arn, GroupName, State, CreationDate?.getTime()], [ScheduleArn, "default", "ENABLED", START]);

    const list = async (input = {}) => (await client.send(new ListSchedulesCommand(input))).Schedules!.map((one) => one.Name);
    await client.send(new CreateScheduleCommand(schedule({ Name: "another", State: "DISABLED" })));
    assert.deepEqual(await list(), ["another", "velib-dev-batch"]);
    assert.deepEqual([await list({ NamePrefix: "velib" }), await list({ State: "DISABLED" }), await list({ GroupName: "other" })], [["velib-dev-batch"], ["another"], []]);

    await client.send(new DeleteScheduleCommand({ Name: "another" }));
    await assert.rejects(client.send(new GetScheduleCommand({ Name: "another" })), { name: "ResourceNotFoundException", message: "Schedule another does not exist." });
    await assert.rejects(client.send(new CreateScheduleCommand(schedule())), { name: "ConflictException" });
    await assert.rejects(client.send(new CreateScheduleCommand(schedule({ Name: "x", ScheduleExpression: "cron(1)" }))), { name: "ValidationException" });
  });

  it("starts a job when it comes due, which answers the file into a folder of its own, every day", async () => {
    await machine.createModel("velib");
    await client.send(new CreateScheduleCommand(schedule()));
    clock.windTo(START + DAY);
    assert.equal(jobs().length, 1);
    clock.windTo(START + 2 * DAY);
    await Promise.all(jobs().map((job) => job.settled));
    assert.deepEqual(jobs().map(({ status }) => status), ["Completed", "Completed"]);
    assert.equal(new Set(jobs().map(({ name }) => name)).size, 2);
    const [first] = jobs();
    const { CreationTime, TransformJobStatus } = await machine.control.send(new DescribeTransformJobCommand({ TransformJobName: first!.name }));
    assert.deepEqual([TransformJobStatus, CreationTime !== undefined], ["Completed", true]);
    const id = first!.name.slice("velib-dev-".length);
    const answers = (await machine.sagemaker.objects.bytes({ bucket: BUCKET, key: `out/${id}/a.jsonl.out` })).body.toString("utf8");
    assert.equal(answers.trimEnd().split("\n").length, 2);
    assert.deepEqual([failed().state, notStarted().state], ["OK", "OK"]);
  });

  it("tries again where the job is refused, keeps what was never started, and rings the alarm on that queue", async () => {
    await client.send(new CreateScheduleCommand(schedule()));
    assert.deepEqual(notStarted(), { state: "OK", reason: "the queue is empty", value: 0 });
    clock.windTo(Date.parse("2026-11-25T02:30:00Z"));
    assert.deepEqual([jobs().length, machine.sagemaker.scheduler.deadLetters.of(QUEUE).length], [0, 0]);
    clock.windTo(START + DAY);
    const [letter] = machine.sagemaker.scheduler.deadLetters.of(QUEUE);
    assert.match(letter!.attributes.ERROR_MESSAGE, /^Could not find model "arn:aws:sagemaker:eu-west-3:111122223333:model\/velib"/);
    assert.equal(letter!.attributes.RETRY_ATTEMPTS, "2");
    assert.deepEqual(notStarted(), { state: "ALARM", reason: "1 in the queue", value: 1 });
    // The next day the model is there.
    await machine.createModel("velib");
    clock.windTo(START + 2 * DAY);
    assert.equal(jobs().length, 1);
  });

  it("rings where a run that started fails or is stopped, until one is complete again", async () => {
    await machine.createModel("velib");
    await client.send(new CreateScheduleCommand(schedule()));
    const run = async () => {
      const response = await fetch(`${machine.sagemaker.url}/slipway/schedules/velib-dev-batch/run`, { method: "POST" });
      const { jobName } = (await response.json()) as { jobName: string };
      await machine.sagemaker.transforms.get(jobName)!.settled;
      return jobName;
    };
    assert.deepEqual([failed().state, failed().reason], ["OK", "no run has ended"]);
    await put('{"status":415}');
    const bad = await run();
    assert.equal(failed().state, "ALARM");
    assert.match(failed().reason, new RegExp(`^${bad} is Failed: ClientError: the container answered 415`));
    await put('{"echo":1}');
    await run();
    assert.equal(failed().state, "OK");
  });

  it("answers a run by hand of a schedule that there is not with 404, and one that cannot start with why", async () => {
    const post = async (name: string) => {
      const response = await fetch(`${machine.sagemaker.url}/slipway/schedules/${name}/run`, { method: "POST" });
      return [response.status, await response.json()];
    };
    assert.deepEqual(await post("none"), [404, { Message: "Schedule none does not exist." }]);
    await client.send(new CreateScheduleCommand(schedule()));
    const [status, answer] = await post("velib-dev-batch");
    assert.equal(status, 200);
    assert.match((answer as { problem: string }).problem, /Could not find model/);
  });
});
