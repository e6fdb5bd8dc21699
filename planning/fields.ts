import type { JsonSchema } from "../contract/json";
import { runtimeNames } from "../contract/runtimes";
import type { AlarmName } from "./alarm-defaults";
import { keyArn } from "./kms";
import { LOCAL_PATH } from "./local-path";
import { object } from "./modes/schema";
import { REGIONS_SOURCE, regionNames } from "./regions";
import { scalingScheduleSchema } from "./schedules/ranges";

/**
 * The fields that every descriptor has, whatever its modes and runtime. Beside
 * the standard keywords a field may carry:
 *
 *   x-quantity   a quantity, see quantities.ts
 *   x-field      its name once resolved
 *   x-source     where the rule comes from
 *   x-expects    what a pattern means, in words
 *   x-codes      keyword → issue code, where a row of its own tells more than the general one
 */
const ENDPOINT_NAME = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html";
const VARIANT = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html";
const ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";
const BUCKET = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";

/**
 * A model's name goes into `<name>-<version or stack>-<10 digits>`, and SageMaker
 * takes 63 characters: 32 for the model leave 19 for a version or stack.
 */
export const MAX_NAME_LENGTH = 32;
export const MAX_VERSION_LENGTH = 16;
export const MAX_ENVIRONMENT_LENGTH = 16;

const lowerName = (maxLength: number): JsonSchema => ({
  type: "string",
  pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
  maxLength,
  "x-expects": "lower-case letters, digits and single hyphens, starting with a letter",
  "x-codes": { pattern: "name-illegal", maxLength: "name-too-long" },
  "x-source": ENDPOINT_NAME,
});

const versionName: JsonSchema = {
  type: "string",
  pattern: "^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$",
  maxLength: MAX_VERSION_LENGTH,
  "x-expects": "letters, digits and single hyphens: it names the endpoint's variant",
  "x-codes": { pattern: "name-illegal", maxLength: "name-too-long" },
  "x-source": VARIANT,
};

export const name: JsonSchema = {
  ...lowerName(MAX_NAME_LENGTH),
  description: "The model's name: unique in the registry, and the start of every AWS name made for it.",
  examples: ["velib-lstm"],
};

export const description: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 200,
  description: "What the model does, in one sentence for whoever reads the plan.",
  examples: ["Forecasts the bikes at a station one, two and three hours ahead."],
};

export const owner: JsonSchema = {
  type: "string",
  pattern: "^[A-Za-z0-9][A-Za-z0-9 _.@/-]*$",
  maxLength: 64,
  "x-expects": "letters, digits, spaces and _ . @ / -: it becomes an AWS tag",
  "x-source": "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
  description: "The team or person who answers for the model.",
  examples: ["velib", "search-team@example.com"],
};

export const region: JsonSchema = {
  type: "string",
  enum: regionNames,
  "x-expects": "an AWS region that SageMaker hosts models in",
  "x-codes": { enum: "region-unknown" },
  "x-source": REGIONS_SOURCE,
  description: "The AWS region that serves the model. Left out, it is the stack's own.",
  examples: ["eu-west-3"],
};

export const runtime: JsonSchema = {
  type: "string",
  enum: [...runtimeNames],
  description: "What Slipway's own container does with the artifact. Leave it out to bring a container.",
};

export const container: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["image"],
  description: "A container of your own in place of a runtime. It answers SageMaker's GET /ping and POST /invocations.",
  properties: {
    image: {
      type: "string",
      pattern: "^[^\\s@]+@sha256:[0-9a-f]{64}$",
      maxLength: 255,
      "x-expects": "a registry, a repository and a digest: what a tag means can change under a running endpoint",
      "x-codes": { pattern: "image-not-pinned" },
      "x-source": "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html",
      description: "Image by digest.",
      examples: [`111122223333.dkr.ecr.eu-west-3.amazonaws.com/example@sha256:${"0".repeat(64)}`],
    },
  },
};

export const contract: JsonSchema = {
  type: "string",
  pattern: "^contracts/([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\\.ya?ml$",
  "x-expects": "the path of a YAML file below contracts/, counted from the registry",
  description: "The file that says what the model takes and gives, with examples.",
  examples: ["contracts/velib-lstm.yaml"],
};

export const versions: JsonSchema = {
  type: "object",
  minProperties: 1,
  description: "Version → artifact. A version never changes: what is new is a new version.",
  examples: [{ v1: { artifact: "s3://example-models/v1/model.tar.gz", sha256: "0".repeat(64) } }],
  propertyNames: versionName,
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    required: ["artifact", "sha256"],
    description: "One immutable artifact.",
    properties: {
      artifact: {
        type: "string",
        pattern: `^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/-]+\\.tar\\.gz$|${LOCAL_PATH.source}`,
        "x-expects": "s3://bucket/key.tar.gz, or ./folder/model.tar.gz in the repository",
        "x-codes": { pattern: "artifact-url" },
        "x-source": BUCKET,
        description: "Where model.tar.gz lies: in S3, or in the repository, from where it is uploaded to the stack's own bucket.",
        examples: ["s3://example-models/v1/model.tar.gz", "./models/v1/model.tar.gz"],
      },
      sha256: {
        type: "string",
        pattern: "^[0-9a-f]{64}$",
        "x-expects": "64 lower-case hexadecimal digits, as sha256sum prints them",
        description: "sha256 of the archive. The container refuses to start on any other.",
        examples: ["0".repeat(64)],
      },
      kmsKey: keyArn("The KMS key that the archive is encrypted with, where it is one of the owner's own: the model's role may then decrypt with it. The key's policy must let the account."),
      memory: {
        type: "string",
        "x-quantity": { kind: "size", unit: "MiB", minimum: 1, maximum: 16_777_216 },
        "x-field": "memoryMiB",
        description: "Most memory that a container holds while it serves this version, as `slipway fit` measures it. Held against the instance, or the serverless size.",
        examples: ["900 MiB", "3 GiB"],
      },
    },
  },
};

export const traffic: JsonSchema = {
  type: "object",
  minProperties: 1,
  maxProperties: 10,
  "x-source": VARIANT,
  description: "Version → weight. A version's share is its weight by the sum of all; a weight of 0 deploys it and sends it nothing.",
  examples: [{ v1: 100 }, { v1: 90, v2: 10 }],
  additionalProperties: {
    type: ["number", "object"],
    minimum: 0,
    maximum: 1_000_000,
    description: "Weight; or weight and where this version differs.",
    additionalProperties: false,
    required: ["weight"],
    properties: {
      weight: { type: "number", minimum: 0, maximum: 1_000_000, description: "Weight of this version.", examples: [90, 10] },
      instance: {
        type: "string",
        pattern: "^ml\\.[a-z0-9-]+\\.[a-z0-9]+$",
        "x-field": "instanceType",
        "x-expects": "a SageMaker hosting instance type",
        "x-source": VARIANT,
        description: "Instance type of this version, where it is another than the mode's.",
        examples: ["ml.c5.xlarge"],
      },
      instances: { type: "integer", minimum: 1, description: "Instances that this version starts with, where they are more or fewer than the mode's.", examples: [1, 3] },
      scaling: object(
        "A range of this version's own. What it is scaled by, and the cooldowns, stay the mode's; its schedule does not.",
        {
          min: { type: "integer", minimum: 1, description: "Fewest instances of this version. Without it: its instances." },
          max: { type: "integer", minimum: 1, description: "Most instances of this version." },
          schedule: scalingScheduleSchema(1, "instances"),
        },
        ["max"],
      ),
    },
  },
};

export const shadow: JsonSchema = {
  type: "object",
  minProperties: 1,
  maxProperties: 1,
  description: "One version that gets a copy of a share of the requests. Its answers are thrown away; its instances are paid for.",
  examples: [{ v2: "20%" }],
  additionalProperties: {
    type: "string",
    "x-quantity": { kind: "percent", unit: "percent", minimum: 1, maximum: 100 },
    "x-source": "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ShadowModelVariantConfig.html",
    description: "Share of the requests that is copied.",
    examples: ["20%", "100%"],
  },
};

const alarm = (description: string, above: JsonSchema): JsonSchema => ({
  type: ["object", "string"],
  pattern: "^off$",
  "x-expects": "off, or above: with a threshold",
  description: `${description} Write off to go without.`,
  additionalProperties: false,
  properties: {
    above,
    statistic: {
      type: "string",
      pattern: "^(Average|Maximum|Minimum|Sum|p[1-9][0-9]?(\\.[0-9])?)$",
      "x-expects": "Average, Maximum, Minimum, Sum or a percentile like p99",
      "x-source": ALARM,
      description: "How the measurements of a period become one number.",
      examples: ["Average", "p99", "Maximum", "Sum"],
    },
    period: {
      type: "string",
      "x-quantity": { kind: "duration", unit: "seconds", minimum: 60, maximum: 86_400 },
      "x-field": "periodSeconds",
      "x-source": ALARM,
      description: "Length of a period, in whole minutes.",
      examples: ["1m", "5m"],
    },
    evaluationPeriods: { type: "integer", minimum: 1, maximum: 100, "x-source": ALARM, description: "How many of the latest periods are looked at.", examples: [1, 3] },
    datapointsToAlarm: { type: "integer", minimum: 1, maximum: 100, "x-source": ALARM, description: "How many of them must be above the threshold.", examples: [1, 2] },
  },
});

const count: JsonSchema = { type: "integer", minimum: 0, maximum: 1_000_000, "x-field": "thresholdCount", description: "Number in one period.", examples: [0, 10] };
const share: JsonSchema = {
  type: "string",
  "x-quantity": { kind: "percent", unit: "percent", minimum: 1, maximum: 100 },
  "x-field": "thresholdPercent",
  description: "Share of the whole instance.",
  examples: ["80%"],
};

const alarmFields: { readonly [Name in AlarmName]: JsonSchema } = {
  latency: alarm("When the model answers too slowly (ModelLatency).", {
    type: "string",
    "x-quantity": { kind: "duration", unit: "microseconds", minimum: 1_000, maximum: 3_600_000_000 },
    "x-field": "thresholdMicroseconds",
    description: "Time the container may take for an answer.",
    examples: ["500ms", "1s"],
  }),
  serverErrors: alarm("When answers are 5XX, or requests of an async queue fail.", count),
  clientErrors: alarm("When requests are refused with 4XX.", count),
  cpu: alarm("When processors are busy.", share),
  memory: alarm("When memory runs out.", share),
  backlogAge: alarm("When the first request in an async queue waits too long (ApproximateAgeOfOldestRequest).", {
    type: "string",
    "x-quantity": { kind: "duration", unit: "seconds", minimum: 1, maximum: 21_600 },
    "x-field": "thresholdSeconds",
    description: "Time the first in the queue may wait.",
    examples: ["15m", "1h"],
  }),
  loadingWait: alarm("When requests of a multi-model endpoint wait too long for their version (ModelLoadingWaitTime).", {
    type: "string",
    "x-quantity": { kind: "duration", unit: "microseconds", minimum: 1000, maximum: 3_600_000_000 },
    "x-field": "thresholdMicroseconds",
    description: "Time a request may wait for its version.",
    examples: ["10s", "1m"],
  }),
  gpu: alarm("When GPUs are busy. Left out on instances that have none.", share),
  spillover: alarm("When requests find no container kept warm and go to one on demand. Left out without provisioned.", count),
  provisionedUse: alarm("When the containers kept warm are busy. Watched only where it is written.", share),
  coldStart: alarm("When a serverless container takes too long to come up (ModelSetupTime).", {
    type: "string",
    "x-quantity": { kind: "duration", unit: "microseconds", minimum: 1000, maximum: 3_600_000_000 },
    "x-field": "thresholdMicroseconds",
    description: "Time a container may take to come up.",
    examples: ["10s", "30s"],
  }),
  expiredRequests: alarm("When requests of an async queue are given up because they waited too long.", count),
};

export const alarms: JsonSchema = {
  type: "object",
  additionalProperties: false,
  description: "What the model is watched for. Every alarm has defaults; one that the mode has no metric for is left out.",
  properties: alarmFields,
};

export const environmentName: JsonSchema = lowerName(MAX_ENVIRONMENT_LENGTH);
