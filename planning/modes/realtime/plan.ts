import { join, ref, type PlannedResource } from "../../../contract/resources";
import { instanceCost } from "../../cost";
import { vCpuCountOf } from "../../instances";
import { limits } from "../../limits";
import { metrics, metricsPublishedBy } from "../../metrics";
import { logicalName, physicalName, variantName } from "../../naming";
import { defaultRollout } from "../../rollout/resolve";
import { tagsOf } from "../../shared";
import type { TrafficShare } from "../../types";
import { planEndpoint, type PlannedEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import type { RealtimeServing } from "./schema";

/** What scaling needs to know of a mode on instances. */
type Scaled = Pick<RealtimeServing, "instances" | "scaling">;

/** How many instances each variant starts with, and between which counts it is scaled. */
export function capacityOf(serving: Scaled): { readonly initial: number; readonly fewest: number; readonly most: number } {
  const { min, max } = serving.scaling;
  if (max === null) return { initial: serving.instances, fewest: serving.instances, most: serving.instances };
  const fewest = min ?? serving.instances;
  return { initial: Math.max(serving.instances, fewest), fewest, most: max };
}

export function planRealtime(context: ModeContext<RealtimeServing>): ModePlan {
  const { model, serving, facts } = context;
  const capacity = capacityOf(serving);
  const instanceTypeOf = (share: TrafficShare): string => share.instanceType ?? serving.instanceType;
  const endpoint = planEndpoint({
    model,
    facts,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.realtimeBodyBytes.value },
    capacityOf: (share) => ({
      instanceType: instanceTypeOf(share),
      initialInstanceCount: capacity.initial,
      containerStartupHealthCheckTimeoutInSeconds: serving.startupTimeoutSeconds,
    }),
    rollout: model.rollout ?? defaultRollout,
  });
  const priced = model.traffic.map((share) => ({
    share,
    line: instanceCost(facts.region, instanceTypeOf(share), share.version, capacity.fewest, capacity.most),
  }));
  return {
    endpointName: endpoint.endpointName,
    resources: [
      ...endpoint.resources,
      ...(serving.scaling.max === null
        ? []
        : model.traffic.flatMap((share) => planScaling(context, endpoint, share.version, vCpuCountOf(instanceTypeOf(share))))),
    ],
    outputs: endpoint.outputs,
    rollbackAlarms: endpoint.rollbackAlarms,
    cost: priced.flatMap(({ line }) => line ?? []),
    watch: model.traffic.map((share) => ({ variantName: variantName(share.version), vCpuCount: vCpuCountOf(instanceTypeOf(share)) })),
    publishes: metricsPublishedBy("realtime"),
    issues: [...endpoint.issues, ...priced.flatMap(({ share, line }) => (line === undefined ? unpriced(share, instanceTypeOf(share)) : []))],
  };
}

/** One scalable target for the variant, and a policy for each thing it is scaled by. */
export function planScaling(context: ModeContext<Scaled>, endpoint: PlannedEndpoint, version: string, vCpuCount: number): PlannedResource[] {
  const { model, serving, facts } = context;
  const { scaling } = serving;
  const { fewest, most } = capacityOf(serving);
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
    {
      type: "aws:appautoscaling/target:Target",
      name: target,
      parent: model.name,
      inputs: {
        ...scaled,
        // An output of the endpoint: the variant exists only once the endpoint is in service.
        resourceId: join("endpoint/", ref(endpoint.endpoint, "name"), `/variant/${variant}`),
        minCapacity: fewest,
        maxCapacity: most,
        tags: tagsOf(facts, model),
      },
    },
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
