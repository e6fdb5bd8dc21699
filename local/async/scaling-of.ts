import type { ResourceInputs } from "../../contract/resources";
import type { KeptResource } from "../engine/resources";
import type { BacklogScaling } from "./autoscaler";

type Inputs<Type extends keyof ResourceInputs> = ResourceInputs[Type];

/** The scalable targets that go by a backlog, out of what the program created. Pure. */
export function backlogScaling(resources: readonly KeptResource[]): BacklogScaling[] {
  const inputsOf = <Type extends keyof ResourceInputs>(type: Type): Inputs<Type>[] => resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs as unknown as Inputs<Type>);
  const policies = inputsOf("aws:appautoscaling/policy:Policy");
  return inputsOf("aws:appautoscaling/target:Target").flatMap(({ resourceId, minCapacity, maxCapacity }) => {
    const [, endpointName, variantName] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resourceId) ?? [];
    const own = policies.filter((policy) => policy.resourceId === resourceId);
    const tracking = own.map((policy) => policy.targetTrackingScalingPolicyConfiguration).find((config) => config?.customizedMetricSpecification?.metricName === "ApproximateBacklogSizePerInstance");
    if (endpointName === undefined || variantName === undefined || tracking === undefined) return [];
    const wakes = own.some(({ policyType }) => policyType === "StepScaling");
    return [{ endpointName, variantName, minimum: minCapacity, maximum: maxCapacity, backlogPerInstance: tracking.targetValue, wakes }];
  });
}
