import { hasLocalStorage } from "../../../contract/instance-storage";
import type { BatchOutputs, TransformJob } from "../../../contract/outputs";
import { join, jsonDocument, ref, type Join, type Planned, type Ref } from "../../../contract/resources";
import { batchCost } from "../../cost";
import { dataObjects, dataPrefix, dataUri } from "../../data-bucket";
import { ownArn, writeLogs, type Statement } from "../../iam";
import type { CallerNeeds } from "../../invoke-policy";
import { keyArn, volumeGrants } from "../../key";
import { metricsPublishedBy } from "../../metrics";
import { transformJobPrefix } from "../../naming";
import { sharedNames, tagsOf } from "../../shared";
import { planModelOf } from "../endpoint";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import { planFailureRule } from "./failure";
import { planSchedule, scheduleName } from "./scheduler";
import { BY_HAND, contentTypes, type BatchServing } from "./schema";
import { pastIssues } from "../../schedules/issues";
import { runsPerMonth, scheduleExpression } from "../../schedules/schedule";
import { batchVersion } from "./version";

type Context = ModeContext<BatchServing>;

/** Where SageMaker writes the logs of all transform jobs: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
const TRANSFORM_LOG_GROUP = "/aws/sagemaker/TransformJobs";
const BYTES_PER_MIB = 1024 * 1024;
/** Days for which the input of a run that was started by hand is kept. */
const BY_HAND_DAYS = 30;
/** Scheduler puts the id of the attempt in its place: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export const EXECUTION_ID = "<aws.scheduler.execution-id>";

/** Folders of a model's batch mode in the stack's data bucket. */
export const batchPrefixes = ({ model, serving }: Pick<Context, "model" | "serving">): { readonly input: string; readonly output: string; readonly byHand: string } => ({
  input: dataPrefix(model, "batch") + serving.input.prefix,
  output: dataPrefix(model, "batch") + serving.output.prefix,
  // Apart from the schedule's input, or its next run would answer them again.
  byHand: dataPrefix(model, "batch") + BY_HAND,
});

/** A model without an endpoint, and a schedule that starts jobs with it. */
export function planBatch(context: Context): ModePlan {
  const { model, serving, facts } = context;
  const version = batchVersion(model, serving);
  const share = model.traffic.find((one) => one.version === version) ?? { version, weight: 1 };
  const planned = planModelOf(
    { model, facts, limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: Math.max(1, serving.maxPayloadMiB) * BYTES_PER_MIB } },
    share,
    "batch",
  );
  const { input, output, byHand } = batchPrefixes(context);
  const jobPrefix = transformJobPrefix(facts.stack, model.name);
  const job = transformJob(context, planned.resource.name);
  const scheduled = scheduleExpression(serving.schedule) !== undefined;
  // Each run writes to a folder of its own: no run overwrites another's answers.
  const run = { ...job, TransformOutput: { ...job.TransformOutput, S3OutputPath: join(dataUri(output), EXECUTION_ID) } };
  const schedule = scheduled ? planSchedule(context, volumeKeyOf(context), jobPrefix, jsonDocument({ ...run, TransformJobName: `${jobPrefix}-${EXECUTION_ID}` })) : undefined;
  const outputs: Planned<BatchOutputs> = {
    ...(schedule === undefined ? {} : { scheduleName: ref(scheduleName(model), "name") }),
    jobPrefix,
    inputUri: dataUri(input),
    outputUri: dataUri(output),
    byHandUri: dataUri(byHand),
    version,
    job: job as unknown as Planned<TransformJob>,
  };
  const cost = batchCost(facts.region, serving.instanceType, serving.instances, { runsPerMonth: runsPerMonth(serving.schedule), runSeconds: serving.load.runSeconds });
  return {
    resources: [planned.resource, ...(schedule?.resources ?? []), ...planFailureRule(context, jobPrefix)],
    outputs,
    cost: cost === undefined ? [] : [cost],
    watch: [],
    ownAlarms: { kinds: [], resources: schedule?.alarms ?? [] },
    publishes: metricsPublishedBy("batch"),
    callers: batchCallers(context, jobPrefix),
    grants: batchGrants(context),
    keyUses: ["write", ...(serving.volumeKey === null && volumeKeyOf(context) !== undefined ? (["volumes"] as const) : [])],
    stores: [...[input, output].map((prefix) => ({ prefix, expireAfterDays: null })), { prefix: byHand, expireAfterDays: BY_HAND_DAYS }],
    issues: [...planned.issues, ...pastIssues(serving.schedule, "schedule", facts.today), ...(cost === undefined ? [unpriced(serving.instanceType)] : [])],
  };
}

/** What `slipway batch` does: put a file, start a run over it, follow it, read its answers. */
function batchCallers(context: Context, jobPrefix: string): CallerNeeds {
  const { output, byHand } = batchPrefixes(context);
  const volumeKey = volumeKeyOf(context);
  return {
    data: true,
    statements: [
      {
        // Tags travel with the request: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
        Sid: "RunJobs",
        Effect: "Allow",
        Action: ["sagemaker:AddTags", "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob"],
        Resource: ownArn("sagemaker", context.facts.region, `transform-job/${jobPrefix}-*`),
      },
      { Sid: "PutFiles", Effect: "Allow", Action: "s3:PutObject", Resource: dataObjects(byHand) },
      { Sid: "ReadBatchAnswers", Effect: "Allow", Action: "s3:GetObject", Resource: dataObjects(output) },
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
      ...(volumeKey === undefined ? [] : volumeGrants("EncryptVolumes", volumeKey)),
    ],
  };
}

/** The key of a job's disks: the descriptor's, or the stack's; none where the disks are built in and encrypt themselves. */
const volumeKeyOf = ({ serving, facts }: Context): string | Ref | undefined => serving.volumeKey ?? (hasLocalStorage(serving.instanceType) ? undefined : keyArn(facts));

type JobTemplate = { readonly TransformOutput: { readonly [field: string]: unknown; readonly S3OutputPath: Join } } & { readonly [field: string]: unknown };

/** `CreateTransformJob` without its name. @param modelName logical name of the SageMaker model. */
function transformJob(context: Context, modelName: string): JobTemplate {
  const { model, serving, facts } = context;
  const { input, output } = batchPrefixes(context);
  const volumeKey = volumeKeyOf(context);
  return {
    ModelName: ref(modelName, "name"),
    MaxConcurrentTransforms: serving.concurrency,
    MaxPayloadInMB: serving.maxPayloadMiB,
    BatchStrategy: serving.strategy === "multiRecord" ? "MultiRecord" : "SingleRecord",
    ModelClientConfig: { InvocationsTimeoutInSeconds: serving.timeoutSeconds, InvocationsMaxRetries: serving.retries },
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: dataUri(input) } },
      ContentType: contentTypes[serving.input.format],
      CompressionType: "None",
      SplitType: serving.input.split === "line" ? "Line" : "None",
    },
    TransformOutput: {
      S3OutputPath: dataUri(output),
      Accept: contentTypes[serving.input.format],
      AssembleWith: serving.output.assemble === "line" ? "Line" : "None",
      KmsKeyId: keyArn(facts),
    },
    TransformResources: {
      InstanceType: serving.instanceType,
      InstanceCount: serving.instances,
      ...(volumeKey === undefined ? {} : { VolumeKmsKeyId: volumeKey }),
    },
    DataProcessing: {
      ...(serving.input.filter === null ? {} : { InputFilter: serving.input.filter }),
      ...(serving.output.filter === null ? {} : { OutputFilter: serving.output.filter }),
      JoinSource: serving.joinInput ? "Input" : "None",
    },
    Tags: Object.entries(tagsOf(facts, model)).map(([Key, Value]) => ({ Key, Value })),
  };
}

/**
 * What SageMaker does with the model's role for a job: read its input, write its
 * answers and its log.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 */
function batchGrants(context: Context): Statement[] {
  const { input, output, byHand } = batchPrefixes(context);
  return [
    { Sid: "ReadBatchInput", Effect: "Allow", Action: "s3:GetObject", Resource: [dataObjects(input), dataObjects(byHand)] },
    { Sid: "WriteBatchOutput", Effect: "Allow", Action: ["s3:AbortMultipartUpload", "s3:PutObject"], Resource: dataObjects(output) },
    {
      Sid: "FindBatchInput",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: ref(sharedNames.dataBucket, "arn"),
      Condition: { StringLike: { "s3:prefix": [`${input}*`, `${byHand}*`] } },
    },
    ...(context.serving.volumeKey === null ? [] : volumeGrants("UseVolumeKey", context.serving.volumeKey)),
    writeLogs("WriteBatchLogs", context.facts.region, [TRANSFORM_LOG_GROUP]),
  ];
}

const unpriced = (type: string): ModeIssue => ({
  code: "price-unknown",
  severity: "warning",
  path: "instance",
  message: `no price of ${type} is on record, so its runs are missing from the cost`,
  hint: "add a dated row to planning/prices.ts",
});

