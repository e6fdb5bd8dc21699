import type { JsonSchema } from "../../../contract/json";
import { cooldown, duration, hostingInstance, object, startupTimeout } from "../schema";

/** `serving.async` as resolved. */
export type AsyncServing = {
  readonly instanceType: string;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly scaling: {
    /** Zero lets the endpoint sleep while nothing waits. */
    readonly min: number;
    readonly max: number;
    readonly backlogPerInstance: number;
    readonly cooldown: { readonly outSeconds: number; readonly inSeconds: number };
  };
  readonly timeoutSeconds: number;
  readonly startupTimeoutSeconds: number;
};

const ASYNC_CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceClientConfig.html";

export const asyncDefaults = {
  concurrency: 4,
  // The recipe of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html
  scaling: { min: 1, max: 1, backlogPerInstance: 5, cooldown: { outSeconds: 300, inSeconds: 600 } },
  // The service's own default: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
  timeoutSeconds: 900,
  startupTimeoutSeconds: 480,
} as const satisfies Partial<AsyncServing>;

export const asyncSchema: JsonSchema = object(
  "A queue in front of instances, for requests that take minutes; may scale to zero.",
  {
    instance: hostingInstance,
    concurrency: { type: "integer", minimum: 1, maximum: 1000, description: "Requests that one instance works on at once.", "x-source": ASYNC_CONFIG },
    timeout: duration("timeoutSeconds", {
      description: "A request that takes longer fails.",
      minimum: 1,
      maximum: 3600,
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html",
    }),
    startupTimeout,
    scaling: object("Adds and takes away instances by the requests that wait.", {
      min: { type: "integer", minimum: 0, description: "Fewest instances; 0 lets the endpoint sleep." },
      max: { type: "integer", minimum: 1, description: "Most instances." },
      backlogPerInstance: { type: "number", exclusiveMinimum: 0, description: "Waiting requests for each instance that scaling aims at." },
      cooldown,
    }),
  },
  ["instance"],
);
