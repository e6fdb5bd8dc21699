import type { JsonSchema } from "../../../contract/json";
import { scalingScheduleSchema, type ScalingSchedule } from "../../schedules/ranges";
import { cooldown, duration, hostingInstance, object, percent, startupTimeout } from "../schema";

/** `serving.realtime` as resolved. */
export type RealtimeServing = {
  readonly instanceType: string;
  /** Instances to start with, for each variant; never fewer than `scaling.min`. */
  readonly instances: number;
  readonly scaling: {
    /** Fewest instances of a variant; null: `instances`. */
    readonly min: number | null;
    /** Most instances of a variant; null: the count stays at `instances`. */
    readonly max: number | null;
    /** Percent of the whole instance (0–100); the planner multiplies by the vCPU count. */
    readonly cpuPercent: number | null;
    /** Percent of the whole instance (0–100); the planner multiplies by the GPU count. */
    readonly gpuPercent: number | null;
    /** Requests a second that one instance can take at most. */
    readonly requestsPerSecond: number | null;
    readonly cooldown: { readonly outSeconds: number; readonly inSeconds: number };
    /** Ranges that come due at their times. */
    readonly schedule: ScalingSchedule | null;
  };
  readonly timeoutSeconds: number;
  readonly startupTimeoutSeconds: number;
  /** How long SageMaker may take to bring the artifact to an instance. */
  readonly downloadTimeoutSeconds: number | null;
  readonly routing: "leastOutstanding" | "random";
  /** Copies of requests and answers; null: none are kept. */
  readonly capture: { readonly percent: number; readonly input: boolean; readonly output: boolean; readonly retentionDays: number } | null;
};

export const realtimeDefaults = {
  instances: 1,
  scaling: {
    min: null,
    max: null,
    cpuPercent: null,
    requestsPerSecond: null,
    gpuPercent: null,
    // AWS's own default for both: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
    cooldown: { outSeconds: 300, inSeconds: 300 },
    schedule: null,
  },
  timeoutSeconds: 60,
  // The service's own limit where none is set: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
  startupTimeoutSeconds: 480,
  downloadTimeoutSeconds: null,
  // What the service itself does: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
  routing: "random",
  capture: null,
} as const satisfies Partial<RealtimeServing>;

const CAPTURE = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html";

const capture: JsonSchema = {
  ...object(
    "Keeps copies of requests and answers in the stack's data bucket.",
    {
      percent: { ...percent("percent", { description: "Share of the requests that is kept.", minimum: 1, maximum: 100 }), "x-source": CAPTURE },
      input: { type: "boolean", description: "Whether requests are kept. Without it they are." },
      output: { type: "boolean", description: "Whether answers are kept. Without it they are." },
      retentionDays: { type: "integer", minimum: 1, maximum: 3650, description: "Days until a copy is deleted. Without it: 30." },
    },
    ["percent"],
  ),
  examples: [{ percent: "20%" }],
};

export const realtimeSchema: JsonSchema = object(
  "Instances that are always on and answer within seconds.",
  {
    instance: hostingInstance,
    instances: { type: "integer", minimum: 1, description: "Instances to start with, for each version in the traffic; never fewer than scaling.min." },
    scaling: object(
      "Adds and takes away instances of each version by load. Without it the count stays at instances.",
      {
        min: { type: "integer", minimum: 1, description: "Fewest instances of a version. Real-time endpoints cannot scale to zero. Default: instances." },
        max: { type: "integer", minimum: 1, description: "Most instances of a version." },
        cpu: percent("cpuPercent", { description: "Keep the processor use of an instance near this.", minimum: 1, maximum: 100 }),
        gpu: percent("gpuPercent", { description: "Keep the GPU use of an instance near this.", minimum: 1, maximum: 100 }),
        requestsPerSecond: {
          type: "number",
          exclusiveMinimum: 0,
          description: "Requests a second that one instance takes at its limit; instances are added at half of it.",
        },
        cooldown,
        schedule: scalingScheduleSchema(1, "instances"),
      },
      ["max"],
    ),
    timeout: duration("timeoutSeconds", {
      description: "A request that takes longer is answered 504.",
      minimum: 1,
      maximum: 60,
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html",
    }),
    startupTimeout,
    downloadTimeout: duration("downloadTimeoutSeconds", {
      description: "How long SageMaker may take to bring the artifact to an instance. Without it, SageMaker's own limit.",
      minimum: 60,
      maximum: 3600,
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html",
    }),
    routing: {
      enum: ["leastOutstanding", "random"],
      description: "Which instance of a version answers: the one with the fewest requests, or any.",
      "x-source": "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html",
    },
    capture,
  },
  ["instance"],
);
