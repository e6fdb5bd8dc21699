import { ref } from "../../../contract/resources";
import { asyncCost } from "../../cost";
import { dataUri } from "../../data-bucket";
import { processorsOf } from "../../instances";
import { limits } from "../../limits";
import { metricsPublishedBy } from "../../metrics";
import { variantName } from "../../naming";
import { passedRanges } from "../../schedules/ranges";
import type { TrafficShare } from "../../types";
import { capacityOf, countsOf } from "../capacity";
import { planEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import { asyncInferenceConfig, planTopics, queueCallers, queueGrants, queuePrefixes, queueStores, topicName } from "./queue";
import { planAsyncScaling } from "./scaling";
import type { AsyncServing } from "./schema";

export function planAsync(context: ModeContext<AsyncServing>): ModePlan {
  const { model, serving, facts } = context;
  const { input, output, failure } = queuePrefixes(model);
  const instanceTypeOf = (share: { readonly instanceType?: string }): string => share.instanceType ?? serving.instanceType;
  const endpoint = planEndpoint({
    model,
    facts,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.asyncBodyBytes.value },
    capacityOf: (share) => ({
      instanceType: instanceTypeOf(share),
      initialInstanceCount: capacityOf(countsOf(serving, share)).initial,
      containerStartupHealthCheckTimeoutInSeconds: serving.startupTimeoutSeconds,
    }),
    asyncInference: asyncInferenceConfig(context),
  });
  const rangeOf = (share: TrafficShare): { readonly min: number; readonly max: number } => {
    const { fewest, most } = capacityOf(countsOf(serving, share));
    return { min: fewest, max: most };
  };
  const priced = model.traffic.map((share) => ({
    type: instanceTypeOf(share),
    line: asyncCost(facts.region, instanceTypeOf(share), share.version, rangeOf(share), { ...serving.load, concurrency: serving.concurrency }),
  }));
  const scaling = model.traffic.flatMap((share) => planAsyncScaling(context, endpoint, share));
  return {
    endpointName: endpoint.endpointName,
    resources: [...planTopics(context), ...endpoint.resources, ...scaling],
    outputs: {
      ...endpoint.outputs,
      inputUri: dataUri(input),
      outputUri: dataUri(output),
      failureUri: dataUri(failure),
      topics: { success: ref(topicName(model, "success"), "arn"), error: ref(topicName(model, "error"), "arn") },
      invocation: { timeoutSeconds: serving.timeoutSeconds, requestTtlSeconds: serving.requestTtlSeconds },
    },
    cost: priced.flatMap(({ line }) => line ?? []),
    watch: model.traffic.map((share) => ({ variantName: variantName(share.version), ...processorsOf(instanceTypeOf(share)) })),
    publishes: metricsPublishedBy("async"),
    callers: queueCallers(context, endpoint.endpointName),
    grants: queueGrants(context),
    keyUses: [...endpoint.keyUses, "messages", "write"],
    stores: queueStores(context),
    issues: [
      ...endpoint.issues,
      ...passedRanges(serving.scaling.schedule, "scaling.schedule", facts),
      ...model.traffic.flatMap(({ version, scaling: own }) => passedRanges(own?.schedule, `/traffic.${version}.scaling.schedule`, facts)),
      ...priced.flatMap(({ type, line }) => (line === undefined ? unpriced(type) : [])),
    ],
  };
}

function unpriced(type: string): ModeIssue[] {
  return [
    {
      code: "price-unknown",
      severity: "warning",
      path: "instance",
      message: `no price of ${type} is on record, so its instances are missing from the cost`,
      hint: "add a dated row to planning/prices.ts",
    },
  ];
}
