import type { Issue } from "../contract/issue";
import type { CostSummary } from "../contract/plan";
import type { PlannedResource } from "../contract/resources";
import { dollars } from "./cost";
import { PRICES_STALE_AFTER_DAYS } from "./limits";
import { namingRules } from "./naming";
import { regionOf } from "./places";
import { oldestRead, pricesFor } from "./prices";
import type { ResolvedModel, StackFacts } from "./types";

/**
 * Two models that would make resources of one name. AWS refuses the second, or,
 * worse, both stacks' halves fight over one endpoint.
 */
export function nameIssues(models: readonly ResolvedModel[], resources: readonly PlannedResource[]): Issue[] {
  const twice = sameName(models);
  if (twice.length > 0) return twice;
  const owners = new Map<string, string>();
  const pairs = new Map<string, Issue>();
  for (const { type, name: logical, inputs, parent, autoNamed, region = "" } of resources) {
    if (namingRules[type] === null || !(autoNamed === true || "name" in inputs)) continue;
    const name = "name" in inputs ? String(inputs.name) : logical;
    const key = `${type} ${isGlobal(type) ? "" : region} ${name}`;
    const other = owners.get(key);
    if (other === undefined) {
      owners.set(key, parent);
      continue;
    }
    const pair = `${other} ${parent}`;
    if (!pairs.has(pair)) pairs.set(pair, collision(models, other, parent, type, name));
  }
  return [...pairs.values()];
}

/** Whether an account has one name of it for all regions. */
const isGlobal = (type: PlannedResource["type"]): boolean => type.startsWith("aws:iam/") || type.startsWith("aws:cloudwatch/dashboard:");

function collision(models: readonly ResolvedModel[], first: string, second: string, type: string, name: string): Issue {
  const what = type.slice(type.lastIndexOf(":") + 1);
  const one = models.find((model) => model.name === first);
  const two = models.find((model) => model.name === second);
  const path = first === second ? "traffic" : "name";
  return {
    code: "name-collision",
    severity: "error",
    file: two?.file ?? "",
    ...(two?.locate(path) ?? { line: 1, column: 1 }),
    path,
    message:
      first === second
        ? `two parts of ${first} would both become the ${what} "${name}" in AWS`
        : `"${second}" and "${first}" (${one?.file ?? "the stack itself"}) would both become the ${what} "${name}" in AWS`,
    hint: "rename one of the two: AWS names hold lower-case letters, digits and single hyphens only",
  };
}

function sameName(models: readonly ResolvedModel[]): Issue[] {
  return models.flatMap((model, index) => {
    const before = models[index - 1];
    if (before?.name !== model.name) return [];
    return [
      {
        code: "name-collision",
        severity: "error",
        file: model.file,
        ...model.locate("name"),
        path: "name",
        message: `"${model.name}" is also the name of ${before.file}`,
        hint: "give every model a name of its own",
      },
    ];
  });
}

/** The stack's own file: where its budget and region are written. */
const stackFile = (facts: StackFacts, path: string): Pick<Issue, "file" | "line" | "column" | "path"> => ({
  file: `Pulumi.${facts.stack}.yaml`,
  line: 1,
  column: 1,
  path,
});

/** Prices of another region, or of long ago. */
export function priceIssues(models: readonly ResolvedModel[], facts: StackFacts): Issue[] {
  const regions = [...new Set([facts.region, ...models.map((model) => regionOf(model, facts))])];
  const read = regions.map((region) => oldestRead(pricesFor(region).rows)).sort()[0]!;
  const ageDays = Math.floor((Date.parse(facts.today) - Date.parse(read)) / 86_400_000);
  return [
    ...regions.flatMap((region): Issue[] => {
      const theirs = pricesFor(region).region;
      if (theirs === region) return [];
      const model = models.find((each) => each.region === region);
      return [
        {
          ...(model === undefined || region === facts.region ? stackFile(facts, "config.aws:region") : { file: model.file, ...model.locate("region"), path: "region" }),
          code: "prices-other-region",
          severity: "warning",
          message: `no prices of ${region} are on record: the cost is that of ${theirs}`,
          hint: "add dated rows for the region to planning/prices.ts",
        },
      ];
    }),
    ...(ageDays <= PRICES_STALE_AFTER_DAYS
      ? []
      : [
          {
            ...stackFile(facts, ""),
            code: "prices-stale",
            severity: "warning" as const,
            message: `the prices were read on ${read}, ${ageDays} days ago`,
            hint: "hold the rows of planning/prices.ts against their sources and date them anew",
          },
        ]),
  ];
}

/** A plan that may cost more than the stack allows. */
export function budgetIssues(facts: StackFacts, cost: CostSummary): Issue[] {
  const { monthlyBudget } = facts;
  if (monthlyBudget === undefined || cost.maximumMonthly <= monthlyBudget) return [];
  const dearest = [...cost.lines].sort((a, b) => b.maximumMonthly - a.maximumMonthly).slice(0, 3);
  return [
    {
      ...stackFile(facts, "config.slipway:monthlyBudget"),
      code: "over-budget",
      severity: "error",
      message: `the plan costs up to ${dollars(cost.maximumMonthly)} a month, and the budget is ${dollars(monthlyBudget)}`,
      hint: `raise slipway:monthlyBudget, or make smaller: ${dearest.map((line) => `${line.item} (up to ${dollars(line.maximumMonthly)})`).join(", ")}`,
    },
  ];
}
