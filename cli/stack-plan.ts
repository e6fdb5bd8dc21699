import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { StackPlan } from "../contract/plan";
import { MODELS_FOLDER, REGISTRY_FOLDER } from "../contract/registry";
import { loadRegistry, planStack } from "../planning";
import type { ResolvedModel, StackFacts } from "../planning/types";
import { readRegistry } from "../registry/read";
import { readStackFacts } from "../registry/stack-facts";

/** A stack of the repository in this folder, as far as it could be planned. */
export interface LoadedStack {
  /** Absent where the registry or the stack's file stands against it. */
  readonly planned?: { readonly plan: StackPlan; readonly models: readonly ResolvedModel[]; readonly facts: StackFacts };
  /** Of the registry, the stack's file and the plan, in reading order. */
  readonly issues: readonly Issue[];
}

/**
 * Reads and plans a stack. Ends the command where there is no registry.
 *
 * @param change what to change in the models before they are planned.
 */
export function loadStack(stack: string, command: Command, change: (models: readonly ResolvedModel[]) => readonly ResolvedModel[] = (models) => models): LoadedStack {
  const root = process.cwd();
  const folder = join(REGISTRY_FOLDER, MODELS_FOLDER);
  if (!existsSync(join(root, folder))) command.error(`error: there is no ${folder} here; run this in the root of the repository`);
  const registry = loadRegistry(readRegistry(root), { environment: stack });
  const { facts, issues: factIssues } = readStackFacts(root, stack);
  const models = change(registry.models);
  const { plan, issues } = facts === undefined || hasErrors(registry.issues) ? { plan: undefined, issues: [] } : planStack(models, facts);
  return {
    ...(plan === undefined || facts === undefined ? {} : { planned: { plan, models, facts } }),
    issues: sortIssues([...factIssues, ...registry.issues, ...issues]),
  };
}
