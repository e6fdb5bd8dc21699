import type { JsonSchema } from "../../../contract/json";
import { object } from "../schema";
import { realtimeDefaults, realtimeSchema, type RealtimeServing } from "../realtime/schema";

/** `serving.multiModel` as resolved: realtime's instances and scaling, and how versions share their memory. */
export type MultiModelServing = Pick<RealtimeServing, "instanceType" | "instances" | "scaling" | "timeoutSeconds" | "startupTimeoutSeconds"> & {
  /** Whether a version stays in memory for the next request. */
  readonly cache: boolean;
  /** What the container and all versions may hold together; null: nine tenths of what the instance gives it. */
  readonly memoryMiB: number | null;
};

const { instances, scaling, timeoutSeconds, startupTimeoutSeconds } = realtimeDefaults;

export const multiModelDefaults = {
  instances,
  scaling,
  timeoutSeconds,
  startupTimeoutSeconds,
  // The service's own default: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MultiModelConfig.html
  cache: true,
  memoryMiB: null,
} as const satisfies Partial<MultiModelServing>;

const like = realtimeSchema.properties as { readonly [field: string]: JsonSchema };

export const multiModelSchema: JsonSchema = object(
  "Every version behind one endpoint, loaded when it is asked for by name.",
  {
    instance: like.instance!,
    instances: { ...like.instances, description: "Instances to start with; never fewer than scaling.min." },
    scaling: { ...like.scaling, description: "Adds and takes away instances by load. Without it the count stays at instances." },
    timeout: like.timeout!,
    startupTimeout: like.startupTimeout!,
    cache: {
      type: "boolean",
      description: "Keep versions in memory for the next request. Off suits many versions that are each asked for rarely.",
      "x-source": "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MultiModelConfig.html",
    },
    memory: {
      type: "string",
      description: "What the container and all versions may hold together; beyond it the version used longest ago leaves memory. Default: nine tenths of the instance's.",
      "x-quantity": { kind: "size", unit: "MiB", minimum: 256 },
      "x-field": "memoryMiB",
      examples: ["2048 MiB", "6 GiB"],
    },
  },
  ["instance"],
);
