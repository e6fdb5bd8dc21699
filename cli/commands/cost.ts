import { Command, InvalidArgumentError, Option } from "commander";
import type { Issue } from "../../contract/issue";
import { atLoad, costReport, type CostReport, type LoadOverride } from "../../planning/cost-report";
import { parseQuantity } from "../../planning/quantities";
import { colorsFor } from "../render/colors";
import { costMarkdown } from "../render/cost-markdown";
import { costTable } from "../render/cost-table";
import { issueBlock } from "../render/issues";
import { loadStack } from "../stack-plan";

/** The stack cannot be planned, or costs more than its budget. */
const EXIT_ISSUES = 1;

type Format = "table" | "json" | "markdown";

interface CostOptions {
  readonly stack: string;
  readonly format: Format;
  readonly requests?: number;
  readonly duration?: number;
}

/** `slipway cost --stack <name> [--format table|json|markdown] [--requests <count>] [--duration <time>]` */
export function costCommand(): Command {
  return new Command("cost")
    .summary("show what a stack costs a month, and what else it could cost")
    .description(
      "Shows what each model of a stack costs a month, at rest and at most; what its load would cost served in " +
        "another way or on another instance; and where one way becomes dearer than another. Needs no login and no network.",
    )
    .requiredOption("-s, --stack <name>", "the stack, as in Pulumi.<name>.yaml")
    .addOption(new Option("-f, --format <format>", "how to show it").choices(["table", "json", "markdown"]).default("table"))
    .option("-r, --requests <count>", "requests a month of each model, in place of what descriptors state", count)
    .option("-d, --duration <time>", "time a request takes in the container: 200ms, 2s, or a number of milliseconds", milliseconds)
    .addHelpText("after", HELP)
    .action(cost);
}

const HELP = `
The load:
  What is paid by use is counted at a load: that of serving.<mode>.load, or its default,
  or what is asked for here. Comparisons take requests one at a time; batches and second
  cores make them cheaper.

Formats:
  table     for people, in 100 columns
  json      { costVersion: 1, stack, region, regions, prices, fixedMonthly, maximumMonthly,
              monthlyBudget, owners, comparisons, leftOut }; US dollars throughout
  markdown  for the comment of a pull request

Exit codes:
  0  done; there may be warnings
  1  the stack cannot be planned, or costs more at most than slipway:monthlyBudget
  2  the command line was not understood, or there is no registry in this folder

Examples:
  $ npx slipway cost --stack prod
  $ npx slipway cost --stack prod --requests 5000000 --duration 40ms
  $ npx slipway cost --stack prod --format json | jq '.owners[] | [.owner, .maximumMonthly]'
`;

function cost({ stack, format, requests, duration }: CostOptions, command: Command): void {
  const override: LoadOverride = {
    ...(requests === undefined ? {} : { requestsPerMonth: requests }),
    ...(duration === undefined ? {} : { durationMilliseconds: duration }),
  };
  const { planned, issues: found } = loadStack(stack, command, (models) => atLoad(models, override));
  // The plan's own word on the budget gives way to the report's, which counts logs as well.
  const issues = found.filter(({ code }) => code !== "over-budget");
  const { report, issues: over } = planned === undefined ? { report: undefined, issues: [] } : costReport(planned.plan, planned.models, planned.facts, override);
  if (report !== undefined) process.stdout.write(show(report, format));

  const colors = colorsFor(process.stderr);
  const told = [...issues, ...over].filter(({ severity, code }) => severity === "error" || aboutPrices(code));
  process.stderr.write(told.map((issue: Issue) => `${issueBlock(issue, colors)}\n`).join(""));
  if (told.some(({ severity }) => severity === "error")) process.exitCode = EXIT_ISSUES;
}

/** Warnings that the numbers depend on; the others belong to the plan. */
const aboutPrices = (code: string): boolean => code.startsWith("price");

function show(report: CostReport, format: Format): string {
  switch (format) {
    case "table":
      return costTable(report, colorsFor(process.stdout));
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    case "markdown":
      return costMarkdown(report);
  }
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError("write a whole number, like 250000.");
  return value;
}

const DURATION = { kind: "duration", unit: "milliseconds", minimum: 1, maximum: 3_600_000 } as const;

function milliseconds(text: string): number {
  const parsed = parseQuantity(/^\d+$/.test(text) ? `${text}ms` : text, DURATION);
  if ("problem" in parsed) throw new InvalidArgumentError(`${parsed.problem}.`);
  return parsed.value;
}
