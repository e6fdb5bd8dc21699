import type { TransformJob } from "../transform/job";
import type { TransformRequest } from "../transform/request";
import type { TransformJobs } from "../transform/jobs";
import type { ControlContext } from "./context";
import { ControlPlaneError, notFound, validationException } from "./errors";
import { listPage, type ListInput } from "./list";
import type { Tag } from "./store";

/** Payload × concurrency, in MB (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html). */
const MOST_IN_FLIGHT_MB = 100;
const DEFAULT_PAYLOAD_MB = 6;

interface Named {
  readonly TransformJobName: string;
}

export function createTransformJob(context: ControlContext, { Tags, ...request }: TransformRequest & { readonly Tags?: readonly Tag[] }) {
  const arn = context.arn("transform-job", request.TransformJobName);
  check(context, request);
  if (jobs(context).get(request.TransformJobName)) {
    throw new ControlPlaneError("ResourceInUse", `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`);
  }
  jobs(context).create(request);
  context.store.tag(arn, Tags);
  return { TransformJobArn: arn };
}

export function describeTransformJob(context: ControlContext, { TransformJobName }: Named) {
  const job = find(context, TransformJobName);
  return { ...job.request, ...summary(context, job), TransformStartTime: job.startedAtMs / 1000 };
}

export function listTransformJobs(context: ControlContext, input: ListInput) {
  const listed = jobs(context).all.map((job) => ({ name: job.name, status: job.status, createdAt: job.createdAtMs / 1000, modifiedAt: job.modifiedAtMs / 1000, job }));
  const { items, nextToken } = listPage(listed, input);
  return { TransformJobSummaries: items.map(({ job }) => ({ ...summary(context, job), LastModifiedTime: job.modifiedAtMs / 1000 })), NextToken: nextToken };
}

export function stopTransformJob(context: ControlContext, { TransformJobName }: Named): void {
  const job = find(context, TransformJobName);
  if (job.status !== "InProgress") throw validationException(`The request was rejected because the transform job is in status ${job.status}.`);
  job.stop();
}

function summary(context: ControlContext, job: TransformJob) {
  return {
    TransformJobName: job.name,
    TransformJobArn: context.arn("transform-job", job.name),
    TransformJobStatus: job.status,
    CreationTime: job.createdAtMs / 1000,
    TransformEndTime: job.endedAtMs === undefined ? undefined : job.endedAtMs / 1000,
    FailureReason: job.failureReason,
  };
}

/** What the service refuses at once; what lies in the bucket is found out by the job. */
function check(context: ControlContext, request: TransformRequest): void {
  const { ModelName, BatchStrategy, MaxConcurrentTransforms = 1, MaxPayloadInMB = DEFAULT_PAYLOAD_MB, TransformInput, DataProcessing } = request;
  const { SplitType = "None", CompressionType = "None" } = TransformInput;
  if (!context.store.models.has(ModelName)) throw notFound("model", context.arn("model", ModelName));
  if (MaxConcurrentTransforms * MaxPayloadInMB > MOST_IN_FLIGHT_MB) {
    throw validationException(`MaxConcurrentTransforms (${MaxConcurrentTransforms}) times MaxPayloadInMB (${MaxPayloadInMB}) must not be more than ${MOST_IN_FLIGHT_MB}.`);
  }
  if (BatchStrategy === "MultiRecord" && SplitType === "None") throw validationException("BatchStrategy MultiRecord needs a SplitType of Line, RecordIO or TFRecord.");
  const here = "on the SageMaker of this machine";
  if (SplitType !== "None" && SplitType !== "Line") throw validationException(`SplitType ${SplitType} does not run ${here}.`);
  if (CompressionType !== "None") throw validationException(`CompressionType ${CompressionType} does not run ${here}.`);
  if (TransformInput.DataSource.S3DataSource.S3DataType === "AugmentedManifestFile") throw validationException(`S3DataType AugmentedManifestFile does not run ${here}.`);
  const filters = [DataProcessing?.InputFilter, DataProcessing?.OutputFilter].filter((filter) => filter !== undefined && filter !== "$");
  if (filters.length > 0) throw validationException(`The filter ${filters[0]} does not run ${here}: it has no JSONPath.`);
}

function jobs(context: ControlContext): TransformJobs {
  if (context.transforms === undefined) throw validationException("No transform jobs run here.");
  return context.transforms;
}

function find(context: ControlContext, name: string): TransformJob {
  const job = jobs(context).get(name);
  if (!job) throw new ControlPlaneError("ResourceNotFound", `Could not find requested job with name: ${name}`);
  return job;
}
