import type { Colors } from "picocolors/types";
import type { Issue } from "../../contract/issue";
import type { StackPlan } from "../../contract/plan";
import type { PlannedResource } from "../../contract/resources";
import { dollars } from "../../planning/cost";
import { byComponent, regionsOf, resourcesOf } from "../../planning/plan-document";
import { columns, shorten, wrap } from "./columns";
import { issueBlock } from "./issues";
import { COST_NOTE, costByOwner, counted, priceRange, servingLines, shortType, trafficLine } from "./plan-words";

/** Columns of a terminal that every line fits in. */
export const WIDTH = 100;
/** Of which the longest summary without a list in it takes so many. */
const SUMMARY_WIDTH = 42;

/** A plan for people: the models, the resources, what to know of them, what they cost. */
export function planTree(plan: StackPlan, budget: number | undefined, warnings: readonly Issue[], colors: Colors): string {
  const sections = [
    heading(plan, colors),
    modelTable(plan, colors),
    resourceTree(plan, colors),
    ...(warnings.length === 0 ? [] : [[colors.dim("WARNINGS"), ...warnings.map((issue) => issueBlock(issue, colors))]]),
    costTable(plan, budget, colors),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading(plan: StackPlan, colors: Colors): string[] {
  const { stack, models } = plan;
  const count = resourcesOf(plan).length;
  return [`${colors.bold(stack)} in ${regionsOf(plan).join(", ")}: ${counted(models.length, "model")}, ${counted(count, "resource")}`];
}

function modelTable({ models }: StackPlan, colors: Colors): string[] {
  const rows = models.flatMap((model) => {
    const cost = model.serving.some(({ planned }) => planned) ? priceRange(model.cost) : "not planned yet";
    const lines = [...model.serving, ...(model.fallback === undefined ? [] : [model.fallback])];
    const served = lines.flatMap(({ summary }) => folded(summary));
    return served.map((line, index) => (index === 0 ? [model.name, line, trafficLine(model), cost] : ["", line, "", ""]));
  });
  const [head, ...lines] = columns([["MODEL", "SERVED AS", "TRAFFIC", "COST A MONTH"], ...rows]);
  // Where the table is too wide, each model gets a paragraph.
  if ([head!, ...lines].every((line) => line.length <= WIDTH)) return [colors.dim(head), ...lines];
  return models.flatMap((model) => [
    colors.bold(model.name),
    ...servingLines(model).map((line) => `  ${line}`),
    ...wrap(trafficLine(model), WIDTH - 2).map((line) => `  ${line}`),
    `  ${priceRange(model.cost)} a month`,
  ]);
}

/** A summary in lines that leave room for the other columns, broken between what it lists. */
function folded(summary: string): string[] {
  const lines: string[] = [];
  for (const part of summary.split(" · ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + part.length <= SUMMARY_WIDTH) lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(last === undefined ? part : `  ${part}`);
  }
  return lines;
}

function resourceTree(plan: StackPlan, colors: Colors): string[] {
  const groups = byComponent(plan);
  const widest = Math.max(0, ...resourcesOf(plan).map(({ type }) => shortType(type).length));
  return groups.flatMap(({ component, resources }) => [
    colors.bold(component),
    ...resources.map((resource, index) => {
      const branch = index === resources.length - 1 ? "└─" : "├─";
      const type = shortType(resource.type).padEnd(widest);
      const name = shorten(displayName(resource), WIDTH - widest - 5);
      return `${colors.dim(branch)} ${colors.dim(type)}  ${name}`;
    }),
  ]);
}

/** What AWS will call it, where that is ours to say; else its name in the plan. */
function displayName({ autoNamed, inputs, name, parent, region }: PlannedResource): string {
  if (autoNamed === true) return `${name}-…`;
  const physical = (inputs as { readonly name?: unknown }).name;
  return typeof physical === "string" ? physical : name.slice(parent.length + 1).replace(`${region}/`, "");
}

function costTable(plan: StackPlan, budget: number | undefined, colors: Colors): string[] {
  const { cost } = plan;
  const rows = costByOwner(plan).flatMap(({ owner, lines }) => lines.map((line, index) => [index === 0 ? shorten(owner, 24) : "", shorten(line.item, 48), priceRange(line)]));
  const total = ["total", "", priceRange({ fixedMonthly: cost.fixedMonthly, maximumMonthly: cost.maximumMonthly })];
  const limit = budget === undefined ? [] : [["budget", share(cost.maximumMonthly, budget), dollars(budget)]];
  const [head, ...lines] = columns([["COST A MONTH", "", ""], ...rows, total, ...limit]);
  return [colors.dim(head), ...lines, colors.dim(COST_NOTE)];
}

/** `92 % of it planned at most`. */
const share = (maximum: number, budget: number): string =>
  budget === 0 ? "nothing may cost" : `${Math.round((maximum / budget) * 100)} % of it planned at most`;
