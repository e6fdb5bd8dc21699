import type * as pulumi from "@pulumi/pulumi";
import type { ModelOutputs, StackOutputs } from "../contract/outputs";
import type { StackPlan } from "../contract/plan";
import type { Component } from "./component";
import { evaluate } from "./markers";
import { ServedModel } from "./served-model";
import { SharedResources } from "./shared-resources";
import { StackBuilder } from "./stack-builder";

/** What a stack exports, as Pulumi knows it: plain where the plan knew it, an output where AWS decides. */
export type BuiltOutputs = { readonly [Name in keyof StackOutputs]: pulumi.Input<StackOutputs[Name]> };

/**
 * Creates everything that a plan holds, below one component for each model and
 * one for what they share, each resource in its region, and returns what the
 * stack exports.
 *
 * Takes the plan as it is: no defaults, no decisions.
 */
export function buildStack(plan: StackPlan): BuiltOutputs {
  const shared = new SharedResources();
  const models = plan.models.map((model) => new ServedModel(model));
  const owners = new Map<string, Component>([shared, ...models].map((owner) => [owner.logicalName, owner]));

  const builder = new StackBuilder([...plan.shared, ...plan.models.flatMap((model) => model.resources)], owners);
  builder.build();

  const outputs = evaluate(plan.outputs, builder.lookup()) as BuiltOutputs;
  const modelOutputs = outputs.models as { readonly [model: string]: pulumi.Input<ModelOutputs> };
  for (const model of models) model.finish({ outputs: modelOutputs[model.logicalName] });
  shared.finish({});
  return outputs;
}
