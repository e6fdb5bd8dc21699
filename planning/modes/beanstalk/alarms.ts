import { ref, type Marker, type PlannedResource } from "../../../contract/resources";
import type { AlarmName } from "../../alarm-defaults";
import { metrics, type MetricName } from "../../metrics";
import { logicalName, physicalName } from "../../naming";
import { sharedNames, tagsOf } from "../../shared";
import type { AlarmRule, ResolvedModel, StackFacts } from "../../types";
import type { EnvironmentPurpose } from "./plan";

export interface EnvironmentAlarms {
  /** The rules of the descriptor that an environment has metrics for. */
  readonly kinds: readonly AlarmName[];
  readonly resources: readonly PlannedResource[];
}

/**
 * From 20, "degraded", on: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-cloudwatch.html
 * (0 ok, 1 info, 5 unknown, 10 no data, 15 warning, 20 degraded, 25 severe).
 */
const UNHEALTHY_ABOVE = 15;
const UNHEALTHY: Measured = { statistic: "Maximum", periodSeconds: 60, evaluationPeriods: 5, datapointsToAlarm: 5 };
const MICROSECONDS_PER_SECOND = 1_000_000;

/** What an environment publishes for a rule of the descriptor. */
export const environmentMetrics = {
  clientErrors: "HTTPCode_Target_4XX_Count",
  cpu: "InstanceCPUUtilization",
  latency: "TargetResponseTime",
  serverErrors: "HTTPCode_Target_5XX_Count",
} as const satisfies { readonly [Kind in AlarmName]?: MetricName };

type Measured = AlarmRule<never>;
type Dimensions = { readonly [name: string]: string | Marker };

/**
 * The descriptor's rules in the metrics of load balancer and instances, and one
 * for the environment's own health, which is there whatever the descriptor says.
 */
export function environmentAlarms(
  model: ResolvedModel,
  facts: StackFacts,
  { environmentName, environment, purpose }: { readonly environmentName: string; readonly environment: string; readonly purpose: EnvironmentPurpose },
): EnvironmentAlarms {
  const { latency, serverErrors, clientErrors, cpu } = model.alarms;
  // The provider lists ARNs; CloudWatch wants what stands after `loadbalancer/`.
  const balancer: Dimensions = { LoadBalancer: ref(environment, "loadBalancers", { item: 0, after: ":loadbalancer/" }) };
  const group: Dimensions = { AutoScalingGroupName: ref(environment, "autoscalingGroups", { item: 0 }) };
  const alarm = (kind: string, metric: MetricName, dimensions: Dimensions, rule: Measured, threshold: number, words: string): PlannedResource => ({
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: logicalName(model.name, "alarm", purpose, kind),
    parent: model.name,
    inputs: {
      name: physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [model.name, facts.stack, purpose, kind]),
      alarmDescription: `${model.name} ${purpose} in ${facts.stack}: ${words}, over ${rule.periodSeconds} s, ${rule.datapointsToAlarm} of ${rule.evaluationPeriods} times.`,
      namespace: metrics[metric].namespace,
      metricName: metrics[metric].metricName ?? metric,
      dimensions,
      ...(/^p\d/.test(rule.statistic) ? { extendedStatistic: rule.statistic } : { statistic: rule.statistic }),
      period: rule.periodSeconds,
      evaluationPeriods: rule.evaluationPeriods,
      datapointsToAlarm: rule.datapointsToAlarm,
      threshold,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [ref(sharedNames.alarmTopic, "arn")],
      okActions: [ref(sharedNames.alarmTopic, "arn")],
      tags: tagsOf(facts, model),
    },
  });
  return {
    kinds: Object.keys(environmentMetrics) as AlarmName[],
    resources: [
      ...(clientErrors === null ? [] : [alarm("client-errors", environmentMetrics.clientErrors, balancer, clientErrors, clientErrors.thresholdCount, `more than ${clientErrors.thresholdCount} requests answered 4XX`)]),
      // 0–100 of the instance, unlike SageMaker's.
      ...(cpu === null ? [] : [alarm("cpu", environmentMetrics.cpu, group, cpu, cpu.thresholdPercent, `processor use above ${cpu.thresholdPercent} % of the instances`)]),
      ...(latency === null
        ? []
        : [alarm("latency", environmentMetrics.latency, balancer, latency, latency.thresholdMicroseconds / MICROSECONDS_PER_SECOND, `${latency.statistic} latency above ${latency.thresholdMicroseconds / 1000} ms`)]),
      ...(serverErrors === null ? [] : [alarm("server-errors", environmentMetrics.serverErrors, balancer, serverErrors, serverErrors.thresholdCount, `more than ${serverErrors.thresholdCount} requests answered 5XX`)]),
      alarm("unhealthy", "EnvironmentHealth", { EnvironmentName: environmentName }, UNHEALTHY, UNHEALTHY_ABOVE, "the environment is degraded or worse"),
    ],
  };
}
