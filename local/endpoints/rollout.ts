/** `DeploymentConfig` as it comes over the wire. */
export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy?: {
    readonly TrafficRoutingConfiguration: {
      readonly Type: "ALL_AT_ONCE" | "CANARY" | "LINEAR";
      readonly WaitIntervalInSeconds: number;
      readonly CanarySize?: CapacitySize;
      readonly LinearStepSize?: CapacitySize;
    };
    readonly TerminationWaitInSeconds?: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
  readonly RollingUpdatePolicy?: {
    readonly MaximumBatchSize: CapacitySize;
    readonly WaitIntervalInSeconds: number;
    readonly MaximumExecutionTimeoutInSeconds?: number;
  };
  readonly AutoRollbackConfiguration?: { readonly Alarms?: readonly { readonly AlarmName: string }[] };
}

export interface CapacitySize {
  readonly Type: "INSTANCE_COUNT" | "CAPACITY_PERCENT";
  readonly Value: number;
}

/**
 * How many times faster than on AWS a rollout passes here, its alarms' periods
 * too: a minute takes five seconds, which is one slot of the metrics.
 */
export const ROLLOUT_SPEED = 12;

/** The new fleet gets this share of the traffic, 0–1, and then the alarms are watched for so long. */
export interface Step {
  readonly share: number;
  /** Seconds on AWS. */
  readonly waitSeconds: number;
}

/**
 * The shifts of a rollout in order; the last has everything.
 * Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html (a last wait after the whole shift)
 *          https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-linear.html
 *
 * @param instances how many the new fleet has, for sizes that count instances.
 */
export function stepsOf(config: DeploymentConfig | undefined, instances: number): Step[] {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  if (rolling) return evenly(batchShare(rolling.MaximumBatchSize, instances), rolling.WaitIntervalInSeconds);
  if (!blueGreen) return [{ share: 1, waitSeconds: 0 }];
  const { Type, WaitIntervalInSeconds: waitSeconds, CanarySize, LinearStepSize } = blueGreen.TrafficRoutingConfiguration;
  if (Type === "CANARY" && CanarySize) return [{ share: shareOf(CanarySize, instances), waitSeconds }, { share: 1, waitSeconds }];
  if (Type === "LINEAR" && LinearStepSize) return evenly(shareOf(LinearStepSize, instances), waitSeconds);
  return [{ share: 1, waitSeconds }];
}

function evenly(step: number, waitSeconds: number): Step[] {
  const count = Math.ceil(1 / step - 1e-9);
  return Array.from({ length: count }, (_, index) => ({ share: Math.min(1, step * (index + 1)), waitSeconds }));
}

const shareOf = ({ Type, Value }: CapacitySize, instances: number): number => Math.min(1, Type === "INSTANCE_COUNT" ? Value / instances : Value / 100);

/** A batch is of whole instances, and of one at least. */
const batchShare = (size: CapacitySize, instances: number): number => Math.max(1, Math.floor(shareOf(size, instances) * instances)) / instances;

/** Seconds on AWS; the service's own default where the policy does not say (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html). */
export const maximumSecondsOf = ({ BlueGreenUpdatePolicy, RollingUpdatePolicy }: DeploymentConfig): number | undefined =>
  BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds ?? RollingUpdatePolicy?.MaximumExecutionTimeoutInSeconds;

export const rollbackAlarmsOf = (config: DeploymentConfig | undefined): string[] =>
  (config?.AutoRollbackConfiguration?.Alarms ?? []).map(({ AlarmName }) => AlarmName);
