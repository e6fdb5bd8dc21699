import { ref, type PlannedResource } from "../../../contract/resources";
import { metrics, type MetricName } from "../../metrics";
import { logicalName, physicalName, variantName } from "../../naming";
import { planRanges } from "../../schedules/ranges";
import { tagsOf } from "../../shared";
import type { TrafficShare } from "../../types";
import { capacityOf, countsOf } from "../capacity";
import type { PlannedEndpoint } from "../endpoint";
import type { ModeContext } from "../mode";
import { planScalableTarget } from "../scalable-target";
import type { AsyncServing } from "./schema";

const scaled = { serviceNamespace: "sagemaker", scalableDimension: "sagemaker:variant:DesiredInstanceCount" } as const;

/** What an alarm or policy over the whole queue looks at. */
const backlogMetric = (metric: MetricName, endpointName: string) => ({
  namespace: metrics[metric].namespace,
  metricName: metric,
  endpointName,
});

/**
 * The recipe of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html:
 * a target for the waiting requests of each instance, and, where the endpoint may
 * sleep, a step that wakes it. Without the step an endpoint at zero waits until
 * the backlog is above the target, and one request alone waits for ever.
 */
export function planAsyncScaling(context: ModeContext<AsyncServing>, endpoint: PlannedEndpoint, share: TrafficShare): PlannedResource[] {
  const { model, serving, facts } = context;
  const { version } = share;
  const { backlogPerInstance, cooldown } = serving.scaling;
  const counts = countsOf(serving, share);
  const { range, fewest, most, initial } = capacityOf(counts);
  if (fewest === most && initial === fewest) return [];
  const target = logicalName(model.name, "scaling", version);
  const resourceId = ref(target, "resourceId");
  const nameOf = (kind: string): string => physicalName("aws:appautoscaling/policy:Policy", [model.name, facts.stack, version, kind]);
  const backlog = backlogMetric("ApproximateBacklogSizePerInstance", endpoint.endpointName);
  return [
    planScalableTarget({ name: target, model, facts, endpoint, variant: variantName(version), dimension: scaled.scalableDimension, ...range }),
    {
      type: "aws:appautoscaling/policy:Policy",
      name: logicalName(model.name, "scaling", version, "backlog"),
      parent: model.name,
      inputs: {
        ...scaled,
        name: nameOf("backlog"),
        policyType: "TargetTrackingScaling",
        resourceId,
        targetTrackingScalingPolicyConfiguration: {
          targetValue: backlogPerInstance,
          scaleInCooldown: cooldown.inSeconds,
          scaleOutCooldown: cooldown.outSeconds,
          customizedMetricSpecification: {
            namespace: backlog.namespace,
            metricName: backlog.metricName,
            statistic: "Average",
            // The whole endpoint's: with VariantName beside it the metric has no data.
            dimensions: [{ name: "EndpointName", value: backlog.endpointName }],
          },
        },
      },
    },
    ...(fewest > 0 ? [] : planWaking(context, endpoint, version, nameOf("wake"), resourceId)),
    ...planRanges({ model, facts, target, version, dimension: scaled.scalableDimension, schedule: counts.scaling.schedule }),
  ];
}

function planWaking(
  { model, serving, facts }: ModeContext<AsyncServing>,
  endpoint: PlannedEndpoint,
  version: string,
  name: string,
  resourceId: ReturnType<typeof ref>,
): PlannedResource[] {
  const policy = logicalName(model.name, "scaling", version, "wake");
  const waiting = backlogMetric("HasBacklogWithoutCapacity", endpoint.endpointName);
  return [
    {
      type: "aws:appautoscaling/policy:Policy",
      name: policy,
      parent: model.name,
      inputs: {
        ...scaled,
        name,
        policyType: "StepScaling",
        resourceId,
        stepScalingPolicyConfiguration: {
          adjustmentType: "ChangeInCapacity",
          metricAggregationType: "Average",
          cooldown: serving.scaling.cooldown.outSeconds,
          stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
        },
      },
    },
    {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      name: logicalName(model.name, "scaling", version, "asleep"),
      parent: model.name,
      inputs: {
        name: physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [model.name, facts.stack, version, "asleep"]),
        alarmDescription: `${model.name} in ${facts.stack}: requests wait and no instance runs. Starts the first one; nobody needs to act.`,
        namespace: waiting.namespace,
        metricName: waiting.metricName,
        dimensions: { EndpointName: waiting.endpointName },
        statistic: "Average",
        period: 60,
        evaluationPeriods: 2,
        datapointsToAlarm: 2,
        threshold: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "missing",
        alarmActions: [ref(policy, "arn")],
        okActions: [],
        tags: tagsOf(facts, model),
      },
    },
  ];
}
