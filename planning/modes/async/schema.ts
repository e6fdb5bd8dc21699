import type { JsonSchema } from "../../../contract/json";
import { scalingScheduleSchema, type ScalingSchedule } from "../../schedules/ranges";
import { cooldown, duration, hostingInstance, object, startupTimeout } from "../schema";

/** `serving.async` as resolved. */
export type AsyncServing = {
  readonly instanceType: string;
  /** Instances to start with; scaling takes over from there. */
  readonly instances: number;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  /** How long a request may wait in the queue before it is given up. */
  readonly requestTtlSeconds: number;
  readonly startupTimeoutSeconds: number;
  readonly scaling: {
    /** Zero lets the endpoint sleep while nothing waits. */
    readonly min: number;
    readonly max: number;
    readonly backlogPerInstance: number;
    readonly cooldown: { readonly outSeconds: number; readonly inSeconds: number };
    /** Ranges that come due at their times. */
    readonly schedule: ScalingSchedule | null;
  };
  readonly notifications: {
    /** E-mail addresses told of each answer, */
    readonly success: readonly string[];
    /** and of each failure. */
    readonly error: readonly string[];
    readonly includeResponse: boolean;
  };
  /** How long requests, answers and failures stay in the bucket. */
  readonly retentionDays: number;
  /** The load that the cost is stated at. */
  readonly load: { readonly requestsPerMonth: number; readonly durationMilliseconds: number };
};

const ASYNC_CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceClientConfig.html";
const INVOKE_ASYNC = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html";
const NOTIFICATIONS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html";

export const asyncDefaults = {
  instances: 1,
  concurrency: 4,
  // The service's own two defaults (INVOKE_ASYNC).
  timeoutSeconds: 900,
  requestTtlSeconds: 21_600,
  startupTimeoutSeconds: 480,
  // Target and first cooldown are those of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html;
  // the second is the time that one request may take, so that an instance that goes has finished its work.
  scaling: { min: 1, max: 1, backlogPerInstance: 5, cooldown: { outSeconds: 300, inSeconds: 900 }, schedule: null },
  notifications: { success: [], error: [], includeResponse: false },
  retentionDays: 7,
  load: { requestsPerMonth: 10_000, durationMilliseconds: 2000 },
} as const satisfies Partial<AsyncServing>;

const addresses = (description: string): JsonSchema => ({
  type: "array",
  maxItems: 10,
  uniqueItems: true,
  description,
  items: { type: "string", pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "x-expects": "an e-mail address", description: "An e-mail address; AWS asks it to confirm once." },
});

export const asyncSchema: JsonSchema = object(
  "A queue in front of instances, for requests that take minutes; may scale to zero.",
  {
    instance: hostingInstance,
    instances: { type: "integer", minimum: 1, description: "Instances to start with; scaling takes over from there, down to scaling.min." },
    concurrency: { type: "integer", minimum: 1, maximum: 1000, description: "Requests that one instance works on at once.", "x-source": ASYNC_CONFIG },
    timeout: duration("timeoutSeconds", { description: "A request that is worked on for longer fails.", minimum: 1, maximum: 3600, source: INVOKE_ASYNC }),
    requestTtl: duration("requestTtlSeconds", { description: "A request that waits for longer is given up.", minimum: 60, maximum: 21_600, source: INVOKE_ASYNC }),
    startupTimeout,
    scaling: object("Adds and takes away instances by the requests that wait.", {
      min: { type: "integer", minimum: 0, description: "Fewest instances; 0 lets the endpoint sleep while nothing waits." },
      max: { type: "integer", minimum: 1, description: "Most instances." },
      backlogPerInstance: { type: "number", exclusiveMinimum: 0, description: "Requests for each instance, waiting or worked on, that scaling aims at." },
      cooldown,
      schedule: scalingScheduleSchema(0, "instances"),
    }),
    notifications: object("Two SNS topics that say when a request is done; a program may subscribe to them too.", {
      success: addresses("Who is mailed about each answer."),
      error: addresses("Who is mailed about each failure."),
      includeResponse: { type: "boolean", description: "Send answer or error along, where it has at most 128 KB.", "x-source": NOTIFICATIONS },
    }),
    retentionDays: { type: "integer", minimum: 1, maximum: 3650, description: "Days that requests, answers and failures stay in the bucket." },
    load: object("The load that the monthly cost is stated at; changes nothing that is deployed.", {
      requestsPerMonth: { type: "integer", minimum: 0, description: "Requests a month." },
      duration: duration("durationMilliseconds", { description: "Time a request takes in the container.", minimum: 1, maximum: 3_600_000, unit: "milliseconds" }),
    }),
  },
  ["instance"],
);
