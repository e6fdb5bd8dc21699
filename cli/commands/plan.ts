import { Command, Option } from "commander";
import type { Issue } from "../../contract/issue";
import type { StackPlan } from "../../contract/plan";
import { planDocument } from "../../planning/plan-document";
import { colorsFor } from "../render/colors";
import { issueBlock } from "../render/issues";
import { planMarkdown } from "../render/plan-markdown";
import { planTree } from "../render/plan-tree";
import { loadStack } from "../stack-plan";

/** Something in the registry or the stack's file stands against the plan. */
const EXIT_ISSUES = 1;

type Format = "tree" | "json" | "markdown";

interface PlanOptions {
  readonly stack: string;
  readonly format: Format;
}

/** `slipway plan --stack <name> [--format tree|json|markdown]` */
export function planCommand(): Command {
  return new Command("plan")
    .summary("show what a stack will create, and what it costs")
    .description(
      "Shows everything that pulumi up will create for a stack: models, resources, cost a month, warnings. " +
        "The same files give the same plan. Needs no login, no network and no Pulumi.",
    )
    .requiredOption("-s, --stack <name>", "the stack, as in Pulumi.<name>.yaml; its name picks the overlay of every descriptor")
    .addOption(new Option("-f, --format <format>", "how to show it").choices(["tree", "json", "markdown"]).default("tree"))
    .addHelpText("after", HELP)
    .action(plan);
}

const HELP = `
Formats:
  tree      for people, in 100 columns; coloured on a terminal, unless NO_COLOR is set
  json      { planVersion: 1, stack, region, models, resources: [
              { type, name, parent, inputs, options } ], outputs, cost, warnings }
            Inputs carry the names of @pulumi/aws. What AWS decides is a marker:
            { $ref, output }, { $join }, { $json } or { $fact }.
  markdown  for the comment of a pull request

Cost:
  US dollars for a month of 730 hours: what is paid at rest, and at most, with every
  scaling range at its upper end and each serverless model at the load it states. A plan
  whose upper end is above slipway:monthlyBudget in Pulumi.<stack>.yaml is an error.

Exit codes:
  0  planned; there may be warnings
  1  at least one error, listed on standard error; pulumi up would refuse as well
  2  the command line was not understood, or there is no registry in this folder

Examples:
  $ npx slipway plan --stack dev
  $ npx slipway plan --stack prod --format markdown > comment.md
  $ npx slipway plan --stack prod --format json | jq '.cost.maximumMonthly'
`;

function plan({ stack, format }: PlanOptions, command: Command): void {
  const { planned, issues } = loadStack(stack, command);
  if (planned !== undefined) {
    const warnings = issues.filter(({ severity }) => severity === "warning");
    process.stdout.write(show(planned.plan, format, planned.facts.monthlyBudget, warnings));
  }
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const colors = colorsFor(process.stderr);
  process.stderr.write(errors.map((issue) => `${issueBlock(issue, colors)}\n`).join(""));
  process.exitCode = EXIT_ISSUES;
}

function show(stackPlan: StackPlan, format: Format, budget: number | undefined, warnings: readonly Issue[]): string {
  switch (format) {
    case "tree":
      return planTree(stackPlan, budget, warnings, colorsFor(process.stdout));
    case "json":
      return `${JSON.stringify(planDocument(stackPlan, warnings), null, 2)}\n`;
    case "markdown":
      return planMarkdown(stackPlan, budget, warnings);
  }
}
