import { instanceCost } from "../../cost";
import { processorsOf } from "../../instances";
import { mayInvoke } from "../../invoke-policy";
import { limits } from "../../limits";
import { metricsPublishedBy } from "../../metrics";
import { defaultRollout } from "../../rollout/resolve";
import { passedRanges } from "../../schedules/ranges";
import { EVERY_VERSION_VARIANT, planEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import { capacityOf } from "../capacity";
import { planScaling } from "../realtime/plan";
import type { MultiModelServing } from "./schema";
import { planTargets, targetGrants, targetPrefix, targetsOf, targetStores } from "./targets";

/** One SageMaker model over a prefix, one variant, and a copy of each version's artifact below the prefix. */
export function planMultiModel(context: ModeContext<MultiModelServing>): ModePlan {
  const { model, serving, facts } = context;
  const { instanceType } = serving;
  const { initial, fewest, most } = capacityOf(serving);
  const endpoint = planEndpoint({
    model,
    facts,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.realtimeBodyBytes.value },
    capacityOf: () => ({ instanceType, initialInstanceCount: initial, containerStartupHealthCheckTimeoutInSeconds: serving.startupTimeoutSeconds }),
    everyVersion: {
      prefix: targetPrefix(model),
      cache: serving.cache,
      environment: serving.memoryMiB === null ? {} : { SLIPWAY_MEMORY_MIB: String(serving.memoryMiB) },
    },
    rollout: model.rollout ?? defaultRollout,
  });
  const cost = instanceCost(facts.region, instanceType, "all versions", fewest, most);
  return {
    endpointName: endpoint.endpointName,
    resources: [
      ...planTargets(model, facts),
      ...endpoint.resources,
      ...planScaling(context, endpoint, EVERY_VERSION_VARIANT, processorsOf(instanceType)),
    ],
    outputs: { ...endpoint.outputs, targets: targetsOf(model) },
    callers: mayInvoke(facts, endpoint.endpointName, Object.values(targetsOf(model))),
    rollbackAlarms: endpoint.rollbackAlarms,
    cost: cost === undefined ? [] : [cost],
    watch: [{ variantName: EVERY_VERSION_VARIANT, ...processorsOf(instanceType) }],
    publishes: metricsPublishedBy("multiModel"),
    grants: targetGrants(model),
    keyUses: [...endpoint.keyUses, "read"],
    stores: targetStores(model),
    issues: [...endpoint.issues, ...passedRanges(serving.scaling.schedule, "scaling.schedule", facts), ...(cost === undefined ? [unpriced(instanceType)] : [])],
  };
}

const unpriced = (type: string): ModeIssue => ({
  code: "price-unknown",
  severity: "warning",
  path: "instance",
  message: `no price of ${type} is on record, so its instances are missing from the cost`,
  hint: "add a dated row to planning/prices.ts",
});
