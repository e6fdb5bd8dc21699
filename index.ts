import * as pulumi from "@pulumi/pulumi";
import { buildStack } from "./components";
import { issueText, sortIssues, type Issue } from "./contract/issue";
import type { StackPlan } from "./contract/plan";
import { loadRegistry, planStack } from "./planning";
import type { StackFacts } from "./planning/types";
import { readRegistry } from "./registry/read";
import { readStackFacts } from "./registry/stack-facts";

// The whole of a stack: read, plan, build, export. Deciding is done in planning/, creating in components/.
const outputs = buildStack(planOf(pulumi.getStack()));

/** What applications and the command line read: `StackOutputs` in contract/outputs.ts. */
export const outputsVersion = outputs.outputsVersion;
export const stack = outputs.stack;
export const models = outputs.models;

/** The plan of a stack, from the files that `slipway plan` reads; warnings go to Pulumi's log. */
function planOf(name: string): StackPlan {
  const { facts, issues: factIssues } = readStackFacts(__dirname, name);
  const registry = loadRegistry(readRegistry(__dirname), { environment: name });
  const planned = facts === undefined ? { issues: [] } : planStack(registry.models, facts);
  const issues = sortIssues([...factIssues, ...registry.issues, ...planned.issues]);

  for (const warning of issues.filter(({ severity }) => severity === "warning")) void pulumi.log.warn(issueText(warning));
  if (facts === undefined || planned.plan === undefined || issues.some(({ severity }) => severity === "error")) throw refusal(issues);
  demandSameRegion(facts);
  return planned.plan;
}

/** Everything that is wrong, in one error that Pulumi prints without a stack trace. */
function refusal(issues: readonly Issue[]): pulumi.RunError {
  const errors = issues.filter(({ severity }) => severity === "error");
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  return new pulumi.RunError([`${count}; nothing was changed`, ...errors.map(issueText)].join("\n\n"));
}

/** `--config aws:region=…` would move the resources, and leave behind every name and ARN that the plan wrote. */
function demandSameRegion({ stack: name, region }: StackFacts): void {
  const configured = new pulumi.Config("aws").get("region");
  if (configured === region) return;
  throw new pulumi.RunError(`Pulumi would create in ${configured ?? "no region"}, and Pulumi.${name}.yaml says ${region}: write aws:region in that file alone`);
}
