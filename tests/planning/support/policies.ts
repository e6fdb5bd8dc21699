import type { StackPlan } from "../../../contract/plan";
import { allResources } from "./resolved";

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

/** A marker as text: what AWS decides stands in angle brackets. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value;
  const marker = value as { readonly $ref?: string; readonly output?: string; readonly $join?: unknown[]; readonly $fact?: string };
  if (marker.$ref !== undefined) return `<${marker.$ref}.${marker.output!}>`;
  if (marker.$join !== undefined) return marker.$join.map(shown).join("");
  return `<${String(marker.$fact)}>`;
}

/** The statements of a role's own policy, with lists everywhere. @param name logical name of the policy. */
export function statementsOf(plan: StackPlan, name: string): readonly Statement[] {
  const policy = allResources(plan).find((resource) => resource.name === name)!.inputs as { readonly policy: { readonly $json: { readonly Statement: { readonly Sid: string; readonly Effect: string; readonly Action: unknown; readonly Resource: unknown; readonly Condition?: Statement["Condition"] }[] } } };
  return policy.policy.$json.Statement.map(({ Action, Resource, Condition = {}, ...rest }) => ({ ...rest, Action: [Action].flat() as string[], Resource: [Resource].flat().map(shown), Condition }));
}
