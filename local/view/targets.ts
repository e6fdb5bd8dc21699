import type { StackPlan } from "../../contract/plan";

/** The versions behind a model's endpoint, where they share one, and which of them has the traffic. */
export interface ModelTargets {
  /** Version → `TargetModel`. */
  readonly targets: { readonly [version: string]: string };
  readonly main: string;
}

/** As the stack exports them: all of it is known before anything is created. */
export function modelTargets({ outputs }: Pick<StackPlan, "outputs">, name: string): ModelTargets | undefined {
  const { models } = outputs as { readonly models: { readonly [model: string]: { readonly version: string; readonly serving: { readonly multiModel?: Pick<ModelTargets, "targets"> } } } };
  const model = models[name];
  return model?.serving.multiModel === undefined ? undefined : { targets: model.serving.multiModel.targets, main: model.version };
}
