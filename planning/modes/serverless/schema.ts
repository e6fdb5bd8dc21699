import type { JsonSchema } from "../../../contract/json";
import { scalingScheduleSchema, type ScalingSchedule } from "../../schedules/ranges";
import { duration, object, percent } from "../schema";

/** `serving.serverless` as resolved. */
export type ServerlessServing = {
  readonly memoryMiB: number;
  /** Requests answered at once; more are throttled. */
  readonly concurrency: number;
  /** Containers that are kept warm; null: none are. */
  readonly provisioned: number | null;
  /** Keeps more or fewer of them warm by how busy they are; null: always as many. */
  readonly scaling: { readonly min: number; readonly max: number; readonly utilizationPercent: number; readonly schedule?: ScalingSchedule } | null;
  readonly timeoutSeconds: number;
  /** The load that the cost is stated at. */
  readonly load: { readonly requestsPerMonth: number; readonly durationMilliseconds: number };
};

const SERVERLESS_AUTOSCALE = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html";
const SERVERLESS_CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html";

/** MiB. The API takes only these. */
export const serverlessMemoriesMiB = [1024, 2048, 3072, 4096, 5120, 6144] as const;

export const serverlessDefaults = {
  memoryMiB: 2048,
  concurrency: 5,
  provisioned: null,
  scaling: null,
  timeoutSeconds: 60,
  load: { requestsPerMonth: 100_000, durationMilliseconds: 200 },
} as const satisfies ServerlessServing;

export const serverlessSchema: JsonSchema = object("Containers that come up on demand and cost nothing while idle.", {
  memory: {
    type: "string",
    description: "Memory of a container, 1024 MiB to 6144 MiB in whole GiB. Processor share grows with it.",
    "x-quantity": { kind: "size", unit: "MiB", oneOf: [...serverlessMemoriesMiB] },
    "x-field": "memoryMiB",
    "x-source": SERVERLESS_CONFIG,
  },
  concurrency: {
    type: "integer",
    minimum: 1,
    maximum: 200,
    description: "Requests answered at once; more are throttled. All serverless endpoints of an account share one quota.",
    "x-source": SERVERLESS_CONFIG,
  },
  provisioned: {
    type: "integer",
    minimum: 1,
    maximum: 200,
    description: "Containers that are kept warm, and paid for by the hour, so that no request waits for a cold start. At most concurrency.",
    examples: [1, 2],
    "x-source": SERVERLESS_CONFIG,
  },
  scaling: object(
    "Keeps more or fewer containers warm by how busy they are. Without it, always provisioned.",
    {
      min: { type: "integer", minimum: 1, maximum: 200, description: "Fewest containers kept warm." },
      max: { type: "integer", minimum: 1, maximum: 200, description: "Most containers kept warm. At most concurrency." },
      utilization: {
        ...percent("utilizationPercent", { description: "Keep the share of warm containers that are busy near this.", minimum: 10, maximum: 90 }),
        "x-source": SERVERLESS_AUTOSCALE,
      },
      schedule: scalingScheduleSchema(1, "containers kept warm"),
    },
    ["min", "max", "utilization"],
  ),
  timeout: duration("timeoutSeconds", {
    description: "A request that takes longer is answered 504.",
    minimum: 1,
    maximum: 60,
    source: "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-invoke.html",
  }),
  load: object("The load that the monthly cost is stated at; changes nothing that is deployed.", {
    requestsPerMonth: { type: "integer", minimum: 0, description: "Requests a month." },
    duration: duration("durationMilliseconds", { description: "Time a request takes in the container.", minimum: 1, maximum: 60_000, unit: "milliseconds" }),
  }),
});
