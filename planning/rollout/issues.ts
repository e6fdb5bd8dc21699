import { familyOf } from "../instances";
import type { ModeIssue } from "../modes/mode";
import type { ResolvedModel, ResolvedRollout } from "../types";
import { rollbackKinds, slowestRollbackSeconds } from "./alarms";
import { defaultRollout } from "./resolve";

const GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg";
const EXCLUSIONS = `${GUIDE}/deployment-guardrails-exclusions.html`;
const ALARMS = `${GUIDE}/deployment-guardrails-configuration.html`;
const BLUE_GREEN = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html";
/** Seconds. What the provider waits for an endpoint (30 s × 120): https://github.com/hashicorp/terraform-provider-aws/issues/39040 */
const PROVIDER_WAITS_SECONDS = 3600;
/** Seconds. What new instances take to be there; generous, as it only warns. */
const PROVISIONING_SECONDS = 600;

/** All the waiting of a rollout: after each shift (a canary and the rest, each step, each batch), and for the old instances to end. */
export function waitingSeconds({ strategy, sizePercent, waitSeconds, terminationWaitSeconds }: ResolvedRollout): number {
  const shifts = strategy === "allAtOnce" ? 1 : strategy === "canary" ? 2 : Math.ceil(100 / sizePercent);
  return shifts * waitSeconds + (strategy === "rolling" ? 0 : terminationWaitSeconds);
}

/** What SageMaker would refuse, or silently do without, in the rollout of an endpoint on instances. */
export function rolloutIssues(model: ResolvedModel, fewestInstances: number, instanceTypes: readonly string[]): ModeIssue[] {
  const { rollout } = model;
  if (rollout === null) return [];
  return [
    ...capacityIssues(rollout, fewestInstances),
    ...variantIssues(model, rollout),
    ...instanceIssues(rollout, instanceTypes),
    ...timeIssues(rollout),
    ...alarmIssues(model, rollout),
  ];
}

function capacityIssues({ strategy }: ResolvedRollout, fewest: number): ModeIssue[] {
  if (strategy === "allAtOnce" || fewest >= 2) return [];
  return [
    {
      code: "rollout-one-instance",
      path: `/rollout.${strategy}`,
      message: `${strategy} moves at most half of the instances at a time, and there is one instance, which has no half`,
      hint: "write: instances: 2 (scaling.min: 2 where it scales), or rollout: { allAtOnce: { wait: 5m } }",
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html",
    },
  ];
}

function variantIssues({ traffic }: ResolvedModel, { strategy }: ResolvedRollout): ModeIssue[] {
  if (strategy !== "rolling" || traffic.length <= 1) return [];
  return [
    {
      code: "rollout-rolling-variants",
      path: "/rollout.rolling",
      message: `rolling needs one version in the traffic, and there are ${traffic.length}: SageMaker would move everything at once`,
      hint: "write: canary: { size: 10%, wait: 5m }, or send all traffic to one version",
      source: EXCLUSIONS,
    },
  ];
}

function instanceIssues({ strategy }: ResolvedRollout, types: readonly string[]): ModeIssue[] {
  const excluded = types.find((type) => familyOf(type) === "inf1");
  if (excluded === undefined) return [];
  return [
    {
      code: "rollout-unsupported",
      path: `/rollout.${strategy}`,
      message: `SageMaker has no rollout for ${excluded}: it would move everything at once and watch no alarm`,
      hint: "write: rollout: null, or an instance of the ml.inf2 family",
      source: EXCLUSIONS,
    },
  ];
}

function timeIssues(rollout: ResolvedRollout): ModeIssue[] {
  const waiting = waitingSeconds(rollout);
  const { maximumExecutionSeconds } = rollout;
  if (waiting >= maximumExecutionSeconds) {
    return [
      {
        code: "rollout-execution-time",
        path: "/rollout.maximumExecution",
        message: `the rollout waits ${minutes(waiting)} in all, and is taken back after ${minutes(maximumExecutionSeconds)}`,
        hint: `write: maximumExecution: ${Math.ceil((waiting + PROVISIONING_SECONDS) / 60)}m, which leaves ${minutes(PROVISIONING_SECONDS)} for the instances to start; or wait less`,
        source: BLUE_GREEN,
      },
    ];
  }
  if (waiting + PROVISIONING_SECONDS <= PROVIDER_WAITS_SECONDS) return [];
  return [
    {
      code: "rollout-beyond-waiter",
      severity: "warning",
      path: "/rollout",
      message: `the rollout waits ${minutes(waiting)} and starts instances besides, and \`pulumi up\` gives up after ${minutes(PROVIDER_WAITS_SECONDS)}, while SageMaker carries on`,
      hint: "wait less; else read the outcome with: aws sagemaker describe-endpoint",
      source: "https://github.com/hashicorp/terraform-provider-aws/issues/39040",
    },
  ];
}

function alarmIssues({ alarms }: ResolvedModel, { strategy, waitSeconds }: ResolvedRollout): ModeIssue[] {
  if (rollbackKinds.every((kind) => alarms[kind] === null)) {
    return [
      {
        code: "rollout-without-alarms",
        severity: "warning",
        path: "/rollout",
        message: `the ${rollbackKinds.join(" and ")} alarms are off, so nothing takes the rollout back`,
        hint: "turn one of them on, or leave rollout out",
        source: ALARMS,
      },
    ];
  }
  if (waitSeconds >= slowestRollbackSeconds) return [];
  return [
    {
      code: "rollout-wait-short",
      severity: "warning",
      path: `/rollout.${strategy}.wait`,
      message: `${strategy} waits ${waitSeconds} s after a shift, and the rollback alarms need ${slowestRollbackSeconds} s to fire`,
      hint: `write: wait: ${minutes(defaultRollout.waitSeconds).replace(" min", "m")}`,
      source: ALARMS,
    },
  ];
}

/** ` · canary 10 %`, for the line that says how a model is served. */
export const rolloutWords = (rollout: ResolvedRollout | null): string =>
  rollout === null || rollout.strategy === "allAtOnce" ? "" : ` · ${rollout.strategy} ${rollout.sizePercent} %`;

const minutes = (seconds: number): string => `${Math.round((seconds / 60) * 10) / 10} min`;
