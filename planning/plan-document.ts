import type { Issue } from "../contract/issue";
import type { ModelPlan, StackPlan } from "../contract/plan";
import type { PlannedResource } from "../contract/resources";
import { SHARED } from "./shared";

/** A plan as a file: what `slipway plan --format json` prints and the golden plans hold. */
export interface PlanDocument {
  readonly planVersion: StackPlan["planVersion"];
  readonly stack: string;
  readonly region: string;
  readonly models: readonly Omit<ModelPlan, "resources">[];
  /** Shared resources first, then each model's; a reference only looks back. */
  readonly resources: readonly DocumentedResource[];
  readonly outputs: StackPlan["outputs"];
  readonly cost: StackPlan["cost"];
  readonly warnings: readonly Issue[];
}

export interface DocumentedResource {
  readonly type: PlannedResource["type"];
  readonly name: string;
  /** The component that owns it: a model's name, or `shared`. */
  readonly parent: string;
  readonly inputs: PlannedResource["inputs"];
  readonly options: Pick<PlannedResource, "autoNamed" | "dependsOn" | "ignoreChanges" | "protect" | "region" | "retainOnDelete">;
}

/** @param warnings the plan's own, and those of the registry where they are to be shown with it. */
export function planDocument(plan: StackPlan, warnings: readonly Issue[] = plan.warnings): PlanDocument {
  const { planVersion, stack, region, models, outputs, cost } = plan;
  return {
    planVersion,
    stack,
    region,
    models: models.map(({ resources: _resources, ...model }) => model),
    resources: resourcesOf(plan).map(({ type, name, parent, inputs, ...options }) => ({ type, name, parent, inputs, options })),
    outputs,
    cost,
    warnings,
  };
}

/** Everything a plan creates, in dependency order. */
export const resourcesOf = ({ shared, models }: StackPlan): readonly PlannedResource[] => [...shared, ...models.flatMap(({ resources }) => resources)];

/** The resources of a plan below the component that owns them, shared ones first, region by region: `shared`, `shared in eu-west-3`. */
export function byComponent({ region, shared, models }: StackPlan): readonly { readonly component: string; readonly resources: readonly PlannedResource[] }[] {
  const named = (component: string, place: string): string => (place === region ? component : `${component} in ${place}`);
  const places = [...new Set(shared.map((resource) => resource.region ?? region))];
  return [
    ...places.map((place) => ({ component: named(SHARED, place), resources: shared.filter((resource) => (resource.region ?? region) === place) })),
    ...models.map((model) => ({ component: named(model.name, model.region), resources: model.resources })),
  ].filter(({ resources }) => resources.length > 0);
}

/** Where the models of a plan are: the stack's own region, then the others by name. */
export const regionsOf = ({ region, models }: StackPlan): readonly string[] => [region, ...[...new Set(models.map((model) => model.region))].filter((other) => other !== region).sort()];
