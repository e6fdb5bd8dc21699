import type { JsonSchema } from "../../../contract/json";
import { duration, object } from "../schema";
import { TRANSFORM_RESOURCES } from "./instances";
import { SCHEDULE_TYPES } from "../../schedules/schedule";

/** `serving.batch` as resolved. */
export type BatchServing = {
  readonly instanceType: string;
  readonly instances: number;
  /** Null: the version with the largest share of the traffic. */
  readonly version: string | null;
  /** Where none of `cron`, `rate` and `at` is written, runs are started by hand. */
  readonly schedule: {
    readonly cron: string | null;
    readonly rate: string | null;
    readonly at: string | null;
    readonly timezone: string;
    /** Zero: on the minute. */
    readonly windowSeconds: number;
    readonly retries: number;
    readonly giveUpAfterSeconds: number;
  };
  readonly input: { readonly prefix: string; readonly format: BatchFormat; readonly split: "line" | "none"; readonly filter: string | null };
  readonly output: { readonly prefix: string; readonly assemble: "line" | "none"; readonly filter: string | null };
  readonly strategy: "multiRecord" | "singleRecord";
  readonly maxPayloadMiB: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly joinInput: boolean;
  readonly volumeKey: string | null;
  /** How long a run is taken to last where its cost is stated. */
  readonly load: { readonly runSeconds: number };
};

export type BatchFormat = "json-lines" | "json" | "csv";

/** The folder of files that were given to a run by hand. */
export const BY_HAND = "by-hand/";

/** Content types by which SageMaker, and a container, know the formats: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html */
export const contentTypes: { readonly [Format in BatchFormat]: string } = { "json-lines": "application/jsonlines", json: "application/json", csv: "text/csv" };

export const CREATE_TRANSFORM_JOB = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html";
export const TRANSFORM_INPUT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html";
export const TRANSFORM_OUTPUT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html";
export const DATA_PROCESSING = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataProcessing.html";
const MODEL_CLIENT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelClientConfig.html";
export const RETRY_POLICY = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html";
const WINDOW = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html";

export const batchDefaults = {
  instances: 1,
  version: null,
  // A lost answer and a retry may start a run twice, so retries are few; a run that is a day late is not wanted any more.
  schedule: { cron: null, rate: null, at: null, timezone: "UTC", windowSeconds: 0, retries: 2, giveUpAfterSeconds: 3600 },
  input: { prefix: "input/", format: "json-lines", split: "line", filter: null },
  output: { prefix: "output/", assemble: "line", filter: null },
  strategy: "multiRecord",
  // The service's own default: CREATE_TRANSFORM_JOB.
  maxPayloadMiB: 6,
  concurrency: 1,
  // The service's own defaults: MODEL_CLIENT.
  timeoutSeconds: 600,
  retries: 3,
  joinInput: false,
  volumeKey: null,
  load: { runSeconds: 600 },
} as const satisfies Partial<BatchServing>;

const prefix = (description: string): JsonSchema => ({
  type: "string",
  pattern: "^([A-Za-z0-9!_'()-][A-Za-z0-9!_.'()-]*/)+$",
  maxLength: 200,
  "x-expects": "folders that each end in a slash",
  description,
  examples: ["input/", "incoming/daily/"],
});

const filter = (description: string): JsonSchema => ({
  type: "string",
  pattern: "^\\$",
  // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataProcessing.html
  maxLength: 63,
  "x-expects": "a JSONPath, which begins with $",
  description,
  examples: ["$.features", "$['id','prediction']"],
  "x-source": DATA_PROCESSING,
});

export const batchSchema: JsonSchema = object(
  "Jobs that answer whole files of requests, on a schedule or by hand; nothing runs between them.",
  {
    instance: {
      type: "string",
      pattern: "^ml\\.[a-z0-9-]+\\.[a-z0-9]+$",
      "x-expects": "a SageMaker instance type",
      description: "Instance type that runs the job.",
      examples: ["ml.m5.large", "ml.c5.xlarge", "ml.g4dn.xlarge"],
      "x-field": "instanceType",
      "x-source": TRANSFORM_RESOURCES,
    },
    instances: { type: "integer", minimum: 1, maximum: 100, description: "Instances that share the input's files; more than there are files stay idle.", "x-source": TRANSFORM_RESOURCES },
    version: { type: "string", description: "The version that answers; the one with the largest share of the traffic where none is named.", examples: ["v1"] },
    schedule: object("When a run starts by itself: exactly one of cron, rate and at. Without a schedule runs are started by hand.", {
      cron: { type: "string", maxLength: 200, description: "Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.", examples: ["0 3 * * ? *", "0/30 8-18 ? * MON-FRI *"], "x-source": SCHEDULE_TYPES },
      rate: { type: "string", maxLength: 40, description: "A number and minutes, hours or days.", examples: ["1 day", "12 hours"], "x-source": SCHEDULE_TYPES },
      at: { type: "string", maxLength: 40, description: "Once, at this date and time.", examples: ["2027-01-31T03:00:00"], "x-source": SCHEDULE_TYPES },
      timezone: { type: "string", maxLength: 50, description: "Time zone that cron and at are read in.", examples: ["Europe/Paris"], "x-source": SCHEDULE_TYPES },
      window: duration("windowSeconds", { description: "How late a run may start, in whole minutes; 0s: on the minute.", minimum: 0, maximum: 86_400, source: WINDOW }),
      retries: { type: "integer", minimum: 0, maximum: 185, description: "How often starting a run is tried again. A retry whose first attempt was only slow to answer runs twice.", "x-source": RETRY_POLICY },
      giveUpAfter: duration("giveUpAfterSeconds", { description: "How late a run may still be started; after that it goes to the dead-letter queue.", minimum: 60, maximum: 86_400, source: RETRY_POLICY }),
    }),
    input: object("What is read.", {
      prefix: prefix("Folder below the model's batch folder in the stack's data bucket: every object in it is read."),
      format: { enum: Object.keys(contentTypes), description: "What an object holds: one request a line as JSON or CSV, or one JSON document.", "x-source": TRANSFORM_INPUT },
      split: { enum: ["line", "none"], description: "Whether each line is a request, or the whole object is.", "x-source": TRANSFORM_INPUT },
      filter: filter("JSONPath that picks the part of each record that is sent to the model."),
    }),
    output: object("What is written: one object for each that was read, its name with .out behind, in a folder for each run.", {
      prefix: prefix("Folder below the model's batch folder in the stack's data bucket."),
      assemble: { enum: ["line", "none"], description: "Whether a line break is put between two answers.", "x-source": TRANSFORM_OUTPUT },
      filter: filter("JSONPath that picks the part of each answer, joined with its input where joinInput says so, that is written."),
    }),
    strategy: { enum: ["multiRecord", "singleRecord"], description: "Whether a request carries as many records as fit, or one.", "x-source": CREATE_TRANSFORM_JOB },
    maxPayload: {
      type: "string",
      description: "Largest request to the model. A record that is larger fails the run.",
      "x-quantity": { kind: "size", unit: "MiB", minimum: 0, maximum: 100 },
      "x-field": "maxPayloadMiB",
      "x-source": CREATE_TRANSFORM_JOB,
    },
    concurrency: { type: "integer", minimum: 1, maximum: 100, description: "Requests that each instance is sent at once.", "x-source": CREATE_TRANSFORM_JOB },
    timeout: duration("timeoutSeconds", { description: "A request to the model that takes longer is tried again.", minimum: 1, maximum: 3600, source: MODEL_CLIENT }),
    retries: { type: "integer", minimum: 0, maximum: 3, description: "How often a request to the model is tried again before the run fails.", "x-source": MODEL_CLIENT },
    joinInput: { type: "boolean", description: "Whether each answer is written together with the record it answers.", "x-source": DATA_PROCESSING },
    volumeKey: {
      type: "string",
      pattern: "^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[A-Za-z0-9-]+$",
      "x-expects": "the ARN of a key in KMS",
      description: "KMS key that encrypts the disks of the instances, in place of the stack's own.",
      examples: ["arn:aws:kms:eu-west-3:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"],
      "x-source": TRANSFORM_RESOURCES,
    },
    load: object("What the monthly cost is stated at; changes nothing that is deployed.", {
      duration: duration("runSeconds", { description: "Time a run takes, start of the instances included.", minimum: 60, maximum: 2_419_200 }),
    }),
  },
  ["instance"],
);
