import { join } from "node:path";
import { hasErrors, issueText } from "../../contract/issue";
import { loadRegistry, planStack } from "../../planning";
import { planDocument } from "../../planning/plan-document";
import { readRegistry } from "../../registry/read";
import { readStackFacts } from "../../registry/stack-facts";

const root = join(__dirname, "..", "..");

/** Stacks whose whole plan is checked in, so that a review sees what a change does to them. */
export const goldenStacks = ["dev", "prod"] as const;

/**
 * The whole plan of a stack as a file. The sources of the image and the day are
 * fixed: else every change of the container would rewrite every name in it.
 *
 * @throws Error where the registry or the plan has an error.
 */
export function goldenPlan(stack: string): string {
  const registry = loadRegistry(readRegistry(root), { environment: stack });
  const { facts, issues } = readStackFacts(root, stack);
  const planned = facts === undefined ? { issues: [] } : planStack(registry.models, { ...facts, imageSourceSha256: "0".repeat(64), today: "2026-11-23" });
  const all = [...issues, ...registry.issues, ...planned.issues];
  if (planned.plan === undefined || hasErrors(all)) throw new Error(`${stack} cannot be planned:\n${all.map(issueText).join("\n")}`);
  return `${JSON.stringify(planDocument(planned.plan), null, 2)}\n`;
}
