import type { Json } from "../../contract/json";
import { isObject } from "../merge-patch";
import type { ResolvedRollout } from "../types";
import { rolloutDefaults, rolloutStrategies } from "./schema";

/** What happens where a descriptor says nothing of its rollout. */
export const defaultRollout: ResolvedRollout = {
  strategy: "allAtOnce",
  sizePercent: 100,
  waitSeconds: rolloutDefaults.allAtOnce.waitSeconds,
  terminationWaitSeconds: rolloutDefaults.terminationWaitSeconds,
  maximumExecutionSeconds: rolloutDefaults.maximumExecutionSeconds,
};

/** A rollout with canonical numbers, free of faults: its one strategy by name, and defaults filled in. */
export function resolveRollout(written: { readonly [field: string]: Json }): ResolvedRollout {
  const strategy = rolloutStrategies.find((name) => isObject(written[name])) ?? defaultRollout.strategy;
  const { [strategy]: fields = {}, terminationWaitSeconds, maximumExecutionSeconds } = written;
  return {
    ...defaultRollout,
    ...(fields as Partial<ResolvedRollout>),
    ...(typeof terminationWaitSeconds === "number" ? { terminationWaitSeconds } : {}),
    ...(typeof maximumExecutionSeconds === "number" ? { maximumExecutionSeconds } : {}),
    strategy,
  };
}
