import { rollbackAlarmsOf, type CapacitySize, type DeploymentConfig } from "../endpoints/rollout";
import type { ControlContext } from "./context";
import { validationException } from "./errors";
import type { EndpointConfig } from "./store";

/** Percent that each kind of size may have (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html, API_RollingUpdatePolicy.html). */
const PERCENT = { CanarySize: [1, 50], LinearStepSize: [10, 50], MaximumBatchSize: [5, 50] } as const;

/**
 * What an update does with its deployment config: refuse it, or, for endpoints that have no guardrails, silently move
 * all at once as SageMaker does (https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html).
 */
export function effectiveDeployment(
  context: ControlContext,
  deployment: DeploymentConfig | undefined,
  from: EndpointConfig,
  to: EndpointConfig,
): DeploymentConfig | undefined {
  if (!deployment) return undefined;
  checkDeployment(context, deployment, to);
  const variants = [from, to].map(({ ProductionVariants }) => ProductionVariants);
  if (variants.flat().some(({ ServerlessConfig }) => ServerlessConfig)) return undefined;
  if (deployment.RollingUpdatePolicy && variants.some(({ length }) => length > 1)) return undefined;
  const kept = from.ProductionVariants.some(({ VariantName }) => to.ProductionVariants.some((variant) => variant.VariantName === VariantName));
  return kept ? deployment : undefined;
}

function checkDeployment(context: ControlContext, deployment: DeploymentConfig, { ProductionVariants }: EndpointConfig): void {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = deployment;
  if (blueGreen && rolling) throw validationException("DeploymentConfig takes either BlueGreenUpdatePolicy or RollingUpdatePolicy, not both.");
  const { Type, CanarySize, LinearStepSize } = blueGreen?.TrafficRoutingConfiguration ?? {};
  if ((Type === "CANARY") !== (CanarySize !== undefined)) throw validationException("CanarySize must be given with the traffic routing type CANARY, and with no other.");
  if ((Type === "LINEAR") !== (LinearStepSize !== undefined)) throw validationException("LinearStepSize must be given with the traffic routing type LINEAR, and with no other.");
  const instances = Math.min(...ProductionVariants.map(({ InitialInstanceCount = 1 }) => InitialInstanceCount));
  checkSize("CanarySize", CanarySize, instances);
  checkSize("LinearStepSize", LinearStepSize, instances);
  checkSize("MaximumBatchSize", rolling?.MaximumBatchSize, instances);
  const unknown = rollbackAlarmsOf(deployment).find((name) => !context.alarms.has(name));
  if (unknown !== undefined) throw validationException(`The alarm ${unknown} of AutoRollbackConfiguration does not exist.`);
}

function checkSize(name: keyof typeof PERCENT, size: CapacitySize | undefined, instances: number): void {
  if (!size) return;
  const [least, most] = PERCENT[name];
  const percent = size.Type === "INSTANCE_COUNT" ? (size.Value / instances) * 100 : size.Value;
  if (percent < least || percent > most) throw validationException(`${name} must be ${least} to ${most} percent of the variant's instances, and is ${Math.round(percent)}.`);
  if (instances < 2) throw validationException(`${name} needs a variant of at least 2 instances: no part of one instance can move.`);
}
