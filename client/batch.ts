import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { BatchOutputs, StackOutputs } from "../contract/outputs";
import { LOCAL_CREDENTIALS } from "./endpoint";
import { SlipwayError } from "./error";
import { toSlipwayError } from "./from-aws";
import { Objects } from "./objects";
import { fetchLocalOutputs, readOutputsFile } from "./outputs";

export interface BatchOptions {
  /** Where the models are: a stack that `npm start` runs on this machine, or outputs of one on AWS. */
  readonly from: { readonly local: string } | { readonly outputs: string | URL | StackOutputs };
  readonly model: string;
  /** The requests, as the model's input format has them; without them what lies in the schedule's input is answered. */
  readonly requests?: Uint8Array;
  /** Whether to stay until the run is over. */
  readonly wait: boolean;
  /** Milliseconds between two looks at the run. Default 5 000, on this machine 100. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Told when the run is there, and of each status that it comes to. */
  readonly onStatus?: (status: string) => void;
}

export interface BatchRun {
  readonly jobName: string;
  /** `s3://bucket/folder/` where each object that was read has one with `.out` behind its name. */
  readonly outputUri: string;
  /** `InProgress` where nobody waited. */
  readonly status: string;
  /** The answers to `requests`, once the run is complete. */
  readonly answers?: Uint8Array;
}

/** The name under which given requests are put. */
const FILE = "requests";
const POLL_MS = { aws: 5_000, local: 100 };
const over: ReadonlySet<string> = new Set(["Completed", "Failed", "Stopped"]);

/**
 * Runs a model over a file, now: puts the requests into the stack's data bucket,
 * starts a transform job as the schedule would, and follows it where asked.
 *
 * @throws SlipwayError and nothing else: `unknown-model`, `not-batch`, `batch-failed`, and what AWS may answer.
 */
export async function runBatch(options: BatchOptions): Promise<BatchRun> {
  const { from, model, requests, signal = new AbortController().signal } = options;
  const url = "local" in from ? from.local : undefined;
  const outputs = "local" in from ? await fetchLocalOutputs(new URL(from.local)) : await outputsOf(from.outputs);
  const { region, batch } = batchOf(outputs, model);
  const objects = new Objects({ region, ...(url === undefined ? {} : { url }) });
  const jobs = await jobClient(region, url);
  try {
    const jobName = `${batch.jobPrefix}-${runId()}`;
    const outputUri = `${batch.outputUri}${jobName}/`;
    const inputUri = requests === undefined ? batch.inputUri : `${batch.byHandUri}${jobName}/`;
    if (requests !== undefined) await objects.put(`${inputUri}${FILE}`, requests, batch.job.TransformInput.ContentType, signal);
    await jobs.start(batch, { jobName, inputUri, outputUri }, signal);
    options.onStatus?.("InProgress");
    if (!options.wait) return { jobName, outputUri, status: "InProgress" };
    const { status, reason } = await follow(jobs, jobName, options, url === undefined ? POLL_MS.aws : POLL_MS.local, signal);
    if (status !== "Completed") throw new SlipwayError("batch-failed", `the run ${jobName} ${status === "Stopped" ? "was stopped" : `failed: ${reason ?? "no reason was given"}`}`, { model });
    if (requests === undefined) return { jobName, outputUri, status };
    return { jobName, outputUri, status, answers: (await objects.get(`${outputUri}${FILE}.out`, signal)) ?? new Uint8Array() };
  } catch (error) {
    throw toSlipwayError(error, { model });
  } finally {
    jobs.close();
  }
}

async function follow(jobs: JobClient, jobName: string, options: BatchOptions, pollMs: number, signal: AbortSignal): Promise<{ readonly status: string; readonly reason?: string }> {
  for (let before = "InProgress"; ; ) {
    const seen = await jobs.look(jobName, signal);
    if (seen.status !== before) options.onStatus?.(seen.status);
    if (over.has(seen.status)) return seen;
    before = seen.status;
    await sleep(options.pollMs ?? pollMs, undefined, { signal });
  }
}

function batchOf({ stack, models }: StackOutputs, name: string): { readonly region: string; readonly batch: BatchOutputs } {
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (model === undefined) throw new SlipwayError("unknown-model", `the stack ${stack} has no such model; it has ${Object.keys(models).sort().join(", ")}`, { model: name });
  const { batch } = model.serving;
  if (batch === undefined) throw new SlipwayError("not-batch", `the stack ${stack} does not serve it in batch mode`, { model: name });
  return { region: model.region, batch };
}

const outputsOf = async (from: string | URL | StackOutputs): Promise<StackOutputs> => (typeof from === "string" || from instanceof URL ? readOutputsFile(from) : from);

/** In order of time, and one of its kind: 22 of the 36 characters that a job's prefix leaves. */
const runId = (): string => `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").toLowerCase()}-${randomBytes(3).toString("hex")}`;

interface JobClient {
  start(batch: BatchOutputs, run: { readonly jobName: string; readonly inputUri: string; readonly outputUri: string }, signal: AbortSignal): Promise<void>;
  look(jobName: string, signal: AbortSignal): Promise<{ readonly status: string; readonly reason?: string }>;
  close(): void;
}

async function jobClient(region: string, url: string | undefined): Promise<JobClient> {
  const { SageMakerClient, CreateTransformJobCommand, DescribeTransformJobCommand } = await import("@aws-sdk/client-sagemaker");
  const client = new SageMakerClient({ region, ...(url === undefined ? {} : { endpoint: url, credentials: LOCAL_CREDENTIALS }) });
  return {
    start: async ({ job }, { jobName, inputUri, outputUri }, abortSignal) => {
      const input = { ...job.TransformInput, DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: inputUri } } };
      const resources = job.TransformResources as typeof job.TransformResources & { readonly InstanceType: "ml.m5.large" };
      await client.send(
        new CreateTransformJobCommand({ ...job, TransformJobName: jobName, TransformInput: input, TransformOutput: { ...job.TransformOutput, S3OutputPath: outputUri }, TransformResources: resources, Tags: [...job.Tags] }),
        { abortSignal },
      );
    },
    look: async (TransformJobName, abortSignal) => {
      const { TransformJobStatus, FailureReason } = await client.send(new DescribeTransformJobCommand({ TransformJobName }), { abortSignal });
      return { status: TransformJobStatus ?? "InProgress", ...(FailureReason === undefined ? {} : { reason: FailureReason }) };
    },
    close: () => client.destroy(),
  };
}
