import { ref, type PlannedResource } from "../../../contract/resources";
import { instanceCost } from "../../cost";
import { processorsOf } from "../../instances";
import { mayInvoke } from "../../invoke-policy";
import { limits } from "../../limits";
import { metrics, metricsPublishedBy } from "../../metrics";
import { logicalName, physicalName, variantName } from "../../naming";
import { defaultRollout } from "../../rollout/resolve";
import { passedRanges, planRanges } from "../../schedules/ranges";
import type { ResolvedModel, TrafficShare } from "../../types";
import { capacityOf, countsOf, type Capacity } from "../capacity";
import { planEndpoint, type PlannedEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import { planScalableTarget } from "../scalable-target";
import { captureGrants, captureOf, captureStores, dataCaptureConfig } from "./capture";
import type { RealtimeServing } from "./schema";

/** What scaling needs to know of a mode on instances. */
type Scaled = Pick<RealtimeServing, "instances" | "scaling">;

export function planRealtime(context: ModeContext<RealtimeServing>): ModePlan {
  const { model, serving, facts } = context;
  const capacityOfShare = (share: TrafficShare): Capacity => capacityOf(countsOf(serving, share));
  const instanceTypeOf = (share: TrafficShare): string => share.instanceType ?? serving.instanceType;
  const shadow = shadowOf(model);
  const capture = captureOf(serving);
  const endpoint = planEndpoint({
    model,
    facts,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.realtimeBodyBytes.value },
    capacityOf: (share) => ({
      instanceType: instanceTypeOf(share),
      initialInstanceCount: capacityOfShare(share).initial,
      containerStartupHealthCheckTimeoutInSeconds: serving.startupTimeoutSeconds,
      ...(serving.downloadTimeoutSeconds === null ? {} : { modelDataDownloadTimeoutInSeconds: serving.downloadTimeoutSeconds }),
      ...(serving.routing === "random" ? {} : { routingConfigs: [{ routingStrategy: "LEAST_OUTSTANDING_REQUESTS" as const }] }),
    }),
    ...(shadow === undefined ? {} : { shadow }),
    ...(capture === undefined ? {} : { capture: dataCaptureConfig(model, facts, capture) }),
    rollout: model.rollout ?? defaultRollout,
  });
  const priced = model.traffic.map((share) => {
    const { fewest, most } = capacityOfShare(share);
    return { share, line: instanceCost(facts.region, instanceTypeOf(share), share.version, fewest, most) };
  });
  // A whole fleet of its own, which does not scale.
  const shadowCount = capacityOf(serving).initial;
  const shadowCost = shadow === undefined ? [] : (instanceCost(facts.region, instanceTypeOf(shadow), `${shadow.version}, shadow`, shadowCount, shadowCount) ?? []);
  return {
    endpointName: endpoint.endpointName,
    resources: [
      ...endpoint.resources,
      ...model.traffic.flatMap((share) => planScaling({ ...context, serving: scalingOf(serving, share) }, endpoint, share.version, processorsOf(instanceTypeOf(share)))),
    ],
    outputs: endpoint.outputs,
    callers: mayInvoke(facts, endpoint.endpointName),
    rollbackAlarms: endpoint.rollbackAlarms,
    cost: [...priced.flatMap(({ line }) => line ?? []), ...[shadowCost].flat()],
    keyUses: [...endpoint.keyUses, ...(capture === undefined ? [] : (["write"] as const))],
    ...(capture === undefined ? {} : { grants: captureGrants(model), stores: captureStores(model, capture) }),
    watch: model.traffic.map((share) => ({ variantName: variantName(share.version), ...processorsOf(instanceTypeOf(share)) })),
    publishes: metricsPublishedBy("realtime"),
    issues: [
      ...endpoint.issues,
      ...passedRanges(serving.scaling.schedule, "scaling.schedule", facts),
      ...model.traffic.flatMap(({ version, scaling }) => passedRanges(scaling?.schedule, `/traffic.${version}.scaling.schedule`, facts)),
      ...priced.flatMap(({ share, line }) => (line === undefined ? unpriced(share, instanceTypeOf(share)) : [])),
    ],
  };
}

/**
 * The shadow as a variant. Its weight by that of the version that answers is the share of requests that it gets a copy
 * of: AWS's example has 1 and 1 (https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html).
 */
function shadowOf({ shadow, traffic }: ResolvedModel): TrafficShare | undefined {
  return shadow === null ? undefined : { version: shadow.version, weight: ((traffic[0]?.weight ?? 1) * shadow.percent) / 100 };
}

/** The mode's scaling with a version's own counts in it. */
function scalingOf(serving: Scaled, share: TrafficShare): Scaled {
  const { instances, scaling } = countsOf(serving, share);
  return { instances, scaling: { ...serving.scaling, ...scaling } };
}

/** One scalable target for the variant, a policy for each thing it is scaled by, and what is scheduled; nothing where its count is fixed. */
export function planScaling(context: ModeContext<Scaled>, endpoint: PlannedEndpoint, version: string, { vCpuCount, gpuCount }: ReturnType<typeof processorsOf>): PlannedResource[] {
  const { model, serving, facts } = context;
  const { scaling } = serving;
  const { range, scaled: isScaled } = capacityOf(serving);
  if (!isScaled) return [];
  const variant = variantName(version);
  const target = logicalName(model.name, "scaling", version);
  const scaled = { serviceNamespace: "sagemaker", scalableDimension: "sagemaker:variant:DesiredInstanceCount" } as const;

  const policy = (kind: string, target_: Extract<PlannedResource, { type: "aws:appautoscaling/policy:Policy" }>["inputs"]): PlannedResource => ({
    type: "aws:appautoscaling/policy:Policy",
    name: logicalName(model.name, "scaling", version, kind),
    parent: model.name,
    inputs: target_,
  });
  const tracking = (kind: string) => ({
    name: physicalName("aws:appautoscaling/policy:Policy", [model.name, facts.stack, version, kind]),
    policyType: "TargetTrackingScaling" as const,
    ...scaled,
    resourceId: ref(target, "resourceId"),
  });
  const cooldowns = { scaleInCooldown: scaling.cooldown.inSeconds, scaleOutCooldown: scaling.cooldown.outSeconds };

  return [
    planScalableTarget({ name: target, model, facts, endpoint, variant, dimension: scaled.scalableDimension, min: range.min, max: range.max }),
    ...(scaling.cpuPercent === null
      ? []
      : [
          policy("cpu", {
            ...tracking("cpu"),
            targetTrackingScalingPolicyConfiguration: {
              // The metric is summed over cores, so 70 % of four vCPUs is 280.
              targetValue: scaling.cpuPercent * vCpuCount,
              ...cooldowns,
              customizedMetricSpecification: {
                namespace: metrics.CPUUtilization.namespace,
                metricName: "CPUUtilization",
                statistic: "Average",
                unit: metrics.CPUUtilization.unit,
                dimensions: [
                  { name: "EndpointName", value: endpoint.endpointName },
                  { name: "VariantName", value: variant },
                ],
              },
            },
          }),
        ]),
    ...(scaling.gpuPercent === null || gpuCount === 0
      ? []
      : [
          policy("gpu", {
            ...tracking("gpu"),
            targetTrackingScalingPolicyConfiguration: {
              // Summed over GPUs as the processor's is over cores.
              targetValue: scaling.gpuPercent * gpuCount,
              ...cooldowns,
              customizedMetricSpecification: {
                namespace: metrics.GPUUtilization.namespace,
                metricName: "GPUUtilization",
                statistic: "Average",
                unit: metrics.GPUUtilization.unit,
                dimensions: [
                  { name: "EndpointName", value: endpoint.endpointName },
                  { name: "VariantName", value: variant },
                ],
              },
            },
          }),
        ]),
    ...(scaling.requestsPerSecond === null
      ? []
      : [
          policy("requests", {
            ...tracking("requests"),
            targetTrackingScalingPolicyConfiguration: {
              // The metric counts requests a minute for each instance.
              targetValue: scaling.requestsPerSecond * 60 * limits.invocationsSafetyFactor.value,
              ...cooldowns,
              predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
            },
          }),
        ]),
    ...planRanges({ model, facts, target, version, dimension: scaled.scalableDimension, schedule: scaling.schedule }),
  ];
}

function unpriced(share: TrafficShare, type: string): ModeIssue[] {
  return [
    {
      code: "price-unknown",
      severity: "warning",
      path: share.instanceType === undefined ? "instance" : `/traffic.${share.version}.instance`,
      message: `no price of ${type} is on record, so its instances are missing from the cost`,
      hint: "add a dated row to planning/prices.ts",
    },
  ];
}
