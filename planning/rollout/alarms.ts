import { ref, type DeploymentConfig, type MetricQuery, type Planned, type PlannedResource } from "../../contract/resources";
import { secondsToAlarm } from "../alarm-simulator";
import { metrics, type MetricName } from "../metrics";
import { logicalName, physicalName } from "../naming";
import { sharedNames, tagsOf } from "../shared";
import type { AlarmRule, ResolvedAlarms, ResolvedModel, ResolvedRollout, StackFacts } from "../types";

/** The alarms of a model that take a rollout back. */
export const rollbackKinds = ["latency", "serverErrors"] as const satisfies readonly (keyof ResolvedAlarms)[];
export type RollbackKind = (typeof rollbackKinds)[number];

interface RollbackAlarm {
  readonly metric: MetricName;
  /** Seconds. The shortest that CloudWatch keeps of SageMaker's metrics, so that an alarm can fire while it is waited for. */
  readonly periodSeconds: number;
  readonly periods: number;
  readonly thresholdOf: (alarms: ResolvedAlarms) => { readonly threshold: number; readonly statistic: string };
}

/**
 * The threshold is the model's own alarm's. An alarm that the descriptor turned off gets one that nothing reaches: it
 * must stay in the endpoint's list all the same, because another list replaces the endpoint.
 */
export const rollbackAlarms: { readonly [Kind in RollbackKind]: RollbackAlarm } = {
  latency: {
    metric: "ModelLatency",
    periodSeconds: 60,
    // Two minutes: the first answers of an instance that has just started take nothing back.
    periods: 2,
    thresholdOf: ({ latency }) => own(latency, latency?.thresholdMicroseconds, UNREACHED.latencyMicroseconds),
  },
  serverErrors: {
    metric: "Invocation5XXErrors",
    periodSeconds: 60,
    periods: 1,
    thresholdOf: ({ serverErrors }) => own(serverErrors, serverErrors?.thresholdCount, UNREACHED.errorsInAMinute, "Sum"),
  },
};

const UNREACHED = {
  /** An hour: SageMaker gives an answer up long before. */
  latencyMicroseconds: 3_600_000_000,
  errorsInAMinute: 1_000_000_000,
} as const;

const own = (rule: AlarmRule<never> | null, threshold: number | undefined, unreached: number, statistic = "Average") =>
  rule === null || threshold === undefined ? { threshold: unreached, statistic } : { threshold, statistic: rule.statistic };

/** Seconds after which each rollback alarm has seen enough to fire. */
export const slowestRollbackSeconds = Math.max(...rollbackKinds.map((kind) => secondsToAlarm({ periodSeconds: rollbackAlarms[kind].periodSeconds, datapointsToAlarm: rollbackAlarms[kind].periods })));

export interface Guarded {
  readonly model: ResolvedModel;
  readonly facts: StackFacts;
  /** In the names of alarms that are not the main endpoint's. */
  readonly part: readonly string[];
  readonly endpointName: string;
  /** Logical name of the endpoint config that the endpoint moves to. */
  readonly config: string;
  readonly variantNames: readonly string[];
}

/**
 * One alarm for each kind over all variants, under a name that depends on neither: the list of names is part of the
 * endpoint, and the provider replaces the endpoint (an outage, as its name is fixed) when the list changes:
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sagemaker/endpoint.go
 *
 * It watches the config that is being moved to alone, so that the old instances' answers neither hide what is wrong
 * nor stop the rollout that mends them:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
 */
export function planRollbackAlarms(guarded: Guarded): PlannedResource[] {
  const { model, facts, part } = guarded;
  const topic = ref(sharedNames.alarmTopic, "arn");
  return rollbackKinds.map((kind): PlannedResource => {
    const { metric, periodSeconds, periods, thresholdOf } = rollbackAlarms[kind];
    const { threshold, statistic } = thresholdOf(model.alarms);
    return {
      type: "aws:cloudwatch/metricAlarm:MetricAlarm",
      name: rollbackLogicalName(model.name, part, kind),
      parent: model.name,
      inputs: {
        name: rollbackAlarmName(model.name, facts.stack, part, kind),
        alarmDescription: `Takes a rollout of ${model.name} in ${facts.stack} back: ${metric} of the new config above ${threshold}, ${periods} of ${periods} times.`,
        metricQueries: queries(guarded, metric, periodSeconds, statistic),
        evaluationPeriods: periods,
        datapointsToAlarm: periods,
        threshold,
        comparisonOperator: "GreaterThanThreshold",
        // Without traffic there is nothing to hold against the new config.
        treatMissingData: "notBreaching",
        alarmActions: [topic],
        okActions: [topic],
        tags: tagsOf(facts, model),
      },
    };
  });
}

function queries({ endpointName, config, variantNames }: Guarded, metric: MetricName, period: number, stat: string): Planned<MetricQuery>[] {
  const ofVariants = variantNames.map((VariantName, index): Planned<MetricQuery> => ({
    id: `v${index}`,
    label: VariantName,
    metric: {
      namespace: metrics[metric].namespace,
      metricName: metric,
      dimensions: { EndpointName: endpointName, VariantName, EndpointConfigName: ref(config, "name") },
      period,
      stat,
    },
    returnData: false,
  }));
  return [...ofVariants, { id: "worst", label: `${metric} of the worst variant`, expression: "MAX(METRICS())", returnData: true }];
}

const rollbackLogicalName = (model: string, part: readonly string[], kind: RollbackKind): string => logicalName(model, ...part, "rollback", slugOf(kind));

/** Fixed for a model in a stack, whatever its versions: see `planRollbackAlarms`. */
const rollbackAlarmName = (model: string, stack: string, part: readonly string[], kind: RollbackKind): string =>
  physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [model, stack, ...part, "rollback", slugOf(kind)]);

export const rollbackAlarmNames = (model: string, stack: string, part: readonly string[] = []): string[] => rollbackKinds.map((kind) => rollbackAlarmName(model, stack, part, kind));

/** What the endpoint is told: the way that the traffic moves, and the alarms by name. */
export function deploymentConfig(model: ResolvedModel, rollout: ResolvedRollout, part: readonly string[] = []): Planned<DeploymentConfig> {
  const { strategy, sizePercent, waitSeconds, terminationWaitSeconds, maximumExecutionSeconds } = rollout;
  const size = { type: "CAPACITY_PERCENT", value: sizePercent } as const;
  const waits = { waitIntervalInSeconds: waitSeconds };
  const autoRollbackConfiguration = { alarms: rollbackKinds.map((kind) => ({ alarmName: ref(rollbackLogicalName(model.name, part, kind), "name") })) };
  if (strategy === "rolling") {
    return { autoRollbackConfiguration, rollingUpdatePolicy: { maximumBatchSize: size, ...waits, maximumExecutionTimeoutInSeconds: maximumExecutionSeconds } };
  }
  return {
    autoRollbackConfiguration,
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration: {
        ...(strategy === "canary" ? { type: "CANARY", canarySize: size } : strategy === "linear" ? { type: "LINEAR", linearStepSize: size } : { type: "ALL_AT_ONCE" }),
        ...waits,
      },
      terminationWaitInSeconds: terminationWaitSeconds,
      maximumExecutionTimeoutInSeconds: maximumExecutionSeconds,
    },
  };
}

/** `serverErrors` → `server-errors`. */
const slugOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
