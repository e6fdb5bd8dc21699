import type { Json } from "../../contract/json";
import type { Fault } from "../layers";
import { isObject } from "../merge-patch";
import { rolloutStrategies } from "./schema";

const POLICY = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeploymentConfig.html";
const GUARDRAILS = "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html";
const ROLLING = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html";

/** A rollout goes one way. */
export function rolloutWays(rollout: Json | undefined): Omit<Fault, "code">[] {
  if (!isObject(rollout)) return [];
  const named = rolloutStrategies.filter((strategy) => Object.hasOwn(rollout, strategy));
  if (named.length === 1) return [];
  const message = named.length === 0 ? "rollout names no way to go" : `rollout goes ${named.join(" and ")} at once`;
  const hint =
    named.length === 0
      ? "write: canary: { size: 10%, wait: 5m }, or allAtOnce, linear or rolling"
      : "keep one; in an overlay, null takes away what the base declares";
  return [{ path: ["rollout"], at: "key", message, hint, source: POLICY }];
}

/** Only real-time endpoints have a rollout here; SageMaker would silently move the others all at once. */
export function rolloutOnInstances(rollout: Json | undefined, serving: Json | undefined): Omit<Fault, "code">[] {
  if (!isObject(rollout) || !isObject(serving) || Object.hasOwn(serving, "realtime")) return [];
  const served = Object.keys(serving).join(" and ");
  return [
    {
      path: ["rollout"],
      at: "key",
      message: `a rollout moves a real-time endpoint, and the model is served by ${served || "none"}: it would move all at once, watched by nothing`,
      hint: "take rollout out, or write: rollout: null in the environments without a real-time endpoint",
      source: GUARDRAILS,
    },
  ];
}

/** Rolling has no second fleet whose end could be put off. */
export function rollingTermination(rollout: Json | undefined): Omit<Fault, "code">[] {
  if (!isObject(rollout) || !isObject(rollout.rolling) || rollout.terminationWait === undefined) return [];
  return [
    {
      path: ["rollout", "terminationWait"],
      at: "key",
      message: "a rolling rollout has no terminationWait: each batch of old instances ends when its replacement is in service",
      hint: "remove terminationWait, or write canary or linear",
      source: ROLLING,
    },
  ];
}
