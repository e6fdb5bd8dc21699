import * as pulumi from "@pulumi/pulumi";
import { buildStack } from "./components";
import { issueText, sortIssues, type Issue } from "./contract/issue";
import type { StackPlan } from "./contract/plan";
import { loadRegistry, planStack } from "./planning";
import type { StackFacts } from "./planning/types";
import { readRegistry } from "./registry/read";
import { imageSourceSha256 } from "./registry/stack-facts";

// The whole of a stack: read, plan, build, export. Deciding is done in planning/, creating in components/.
const outputs = buildStack(planOf(readFacts()));

/** What applications and the command line read: `StackOutputs` in contract/outputs.ts. */
export const outputsVersion = outputs.outputsVersion;
export const stack = outputs.stack;
export const models = outputs.models;

/** `Pulumi.<stack>.yaml`, as the engine hands it over, and what is measured here. */
function readFacts(): StackFacts {
  const slipway = new pulumi.Config("slipway");
  return {
    stack: pulumi.getStack(),
    region: new pulumi.Config("aws").require("region"),
    monthlyBudget: slipway.getNumber("monthlyBudget"),
    alarmEmails: slipway.getObject<string[]>("alarmEmails") ?? [],
    imageSourceSha256: imageSourceSha256(__dirname),
    today: new Date().toISOString().slice(0, "YYYY-MM-DD".length),
  };
}

/** The stack's plan; warnings go to Pulumi's log. */
function planOf(facts: StackFacts): StackPlan {
  const registry = loadRegistry(readRegistry(__dirname), { environment: facts.stack });
  const planned = planStack(registry.models, facts);
  const issues = sortIssues([...registry.issues, ...planned.issues]);
  for (const warning of issues.filter(({ severity }) => severity === "warning")) void pulumi.log.warn(issueText(warning));
  if (planned.plan === undefined || issues.some(({ severity }) => severity === "error")) throw refusal(issues);
  return planned.plan;
}

/** Everything that is wrong, in one error that Pulumi prints without a stack trace. */
function refusal(issues: readonly Issue[]): pulumi.RunError {
  const errors = issues.filter(({ severity }) => severity === "error");
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  return new pulumi.RunError([`${count} in the registry; nothing was changed`, ...errors.map(issueText)].join("\n\n"));
}
