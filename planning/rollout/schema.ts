import type { JsonSchema } from "../../contract/json";
import type { RolloutStrategy } from "../types";
import { duration, object, percent } from "../modes/schema";

const BLUE_GREEN = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html";
const ROUTING = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html";
const ROLLING = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html";

export const rolloutStrategies = ["allAtOnce", "canary", "linear", "rolling"] as const satisfies readonly RolloutStrategy[];

/**
 * What a rollout is where the descriptor is silent, and the parts that it may leave out. Five minutes: both rollback
 * alarms can fire in less (`planning/rollout/alarms.ts`), and nobody waits long for a deployment.
 */
export const rolloutDefaults = {
  allAtOnce: { waitSeconds: 300 },
  terminationWaitSeconds: 0,
  // What AWS's own examples take: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
  maximumExecutionSeconds: 1800,
} as const;

const wait = (source: string): JsonSchema =>
  duration("waitSeconds", {
    description: "How long to wait after each shift, and after the last, while the rollback alarms are watched.",
    minimum: 0,
    maximum: 3600,
    source,
  });

const share = (description: string, minimum: number, maximum: number, source: string): JsonSchema => ({
  ...percent("sizePercent", { description, minimum, maximum }),
  "x-source": source,
});

/** `rollout`, as written. That exactly one of the four ways is named is a rule (`planning/rollout/rules.ts`). */
export const rolloutSchema: JsonSchema = {
  ...object("How the endpoint moves to another config, and what takes it back. Without it: all at once, watched for five minutes.", {
    allAtOnce: object("All of the traffic moves to the new instances at once.", { wait: wait(ROUTING) }),
    canary: object(
      "A part of the traffic moves first; the rest follows when no rollback alarm fired.",
      { size: share("Share of the new instances that gets traffic first.", 1, 50, ROUTING), wait: wait(ROUTING) },
      ["size", "wait"],
    ),
    linear: object(
      "The traffic moves in equal steps.",
      { step: share("Share of the new instances that gets traffic with each step.", 10, 50, ROUTING), wait: wait(ROUTING) },
      ["step", "wait"],
    ),
    rolling: object(
      "Instances are replaced batch by batch: no second fleet to pay for. One version in the traffic only.",
      { batch: share("Share of the instances that is replaced at a time.", 5, 50, ROLLING), wait: wait(ROLLING) },
      ["batch", "wait"],
    ),
    terminationWait: duration("terminationWaitSeconds", {
      description: "How long the old instances stay after the last wait.",
      minimum: 0,
      maximum: 3600,
      source: BLUE_GREEN,
    }),
    maximumExecution: duration("maximumExecutionSeconds", {
      description: "A rollout that takes longer is taken back.",
      minimum: 600,
      // The API takes eight hours, the provider that Pulumi is built on four.
      maximum: 14_400,
      source: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/endpoint.go",
    }),
  }),
  examples: [{ canary: { size: "10%", wait: "5m" } }, { linear: { step: "25%", wait: "5m" } }],
};
