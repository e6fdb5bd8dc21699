import type { Colors } from "picocolors/types";
import { dollars } from "../../planning/cost";
import type { CostReport, ModelComparison, OwnerCost } from "../../planning/cost-report";
import { columns, shorten, wrap } from "./columns";
import { breakEvenWords, claimWords, loadWords, memoryWords, millionWords, wayPrice, wayWords } from "./cost-words";
import { WIDTH } from "./plan-tree";

/** A cost report for people: the bill first, then model by model what else there is. */
export function costTable(report: CostReport, colors: Colors): string {
  const sections = [bill(report, colors), ...report.comparisons.map((comparison) => comparisonLines(comparison, colors)), footer(report, colors)];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function bill({ stack, regions, prices, owners, ...total }: CostReport, colors: Colors): string[] {
  const rows = owners.flatMap(ownerRows);
  const budget = total.monthlyBudget === undefined ? [] : [["budget", "", "", dollars(total.monthlyBudget)]];
  const [head, ...lines] = columns([["US DOLLARS A MONTH", "", "AT REST", "AT MOST"], ...rows, ["total", "", dollars(total.fixedMonthly), dollars(total.maximumMonthly)], ...budget]);
  return [`${colors.bold(stack)} in ${regions.join(", ")}, at prices of ${prices.region} read on ${prices.read}`, "", colors.dim(head), ...lines];
}

function ownerRows({ owner, lines, notPlannedYet }: OwnerCost): string[][] {
  const rows = [
    ...lines.map(({ item, fixedMonthly, maximumMonthly }) => [shorten(item, 48), dollars(fixedMonthly), dollars(maximumMonthly)]),
    ...notPlannedYet.map((summary) => [shorten(`${summary} (not planned yet)`, 48), "–", "–"]),
  ];
  return rows.map((cells, index) => [index === 0 ? shorten(owner, 24) : "", ...cells]);
}

function comparisonLines(comparison: ModelComparison, colors: Colors): string[] {
  const { model, ways, instances, breakEven, claims, memoryMiB } = comparison;
  const title = `${colors.bold(model)} at ${loadWords(comparison)}`;
  const [wayHead, ...wayLines] = columns([["SERVED", "A MONTH", "A MILLION REQUESTS"], ...ways.map((way) => [wayWords(way), wayPrice(way), millionWords(way.perMillionRequests)])]);
  const [typeHead, ...typeLines] = columns([
    [`HOLDS ${(memoryMiB ?? 0) / 1024} GiB`, "vCPU", "MEMORY", "A MONTH", "A MILLION, BUSY ALL THE TIME"],
    ...instances.map((choice) => [
      `${choice.type}${choice.isDeclared ? " (declared)" : ""}`,
      String(choice.vCpuCount),
      memoryWords(choice),
      dollars(choice.monthly),
      dollars(choice.perMillionBusy),
    ]),
  ]);
  return [
    title,
    ...(ways.length === 0 ? [] : [colors.dim(wayHead), ...wayLines]),
    ...breakEven.flatMap((each) => paragraph(breakEvenWords(each))),
    ...(instances.length === 0 ? [] : [colors.dim(typeHead), ...typeLines]),
    ...(claims.length === 0 ? [] : [colors.dim("AS CLAIMED WHERE THE MODEL COMES FROM"), ...claims.flatMap((claim) => paragraph(claimWords(claim)))]),
  ];
}

const footer = ({ leftOut }: CostReport, colors: Colors): string[] =>
  wrap(`A month is 730 hours, on demand. Left out: ${leftOut.join("; ")}.`, WIDTH).map((line) => colors.dim(line));

/** A sentence, its lines after the first set in. */
const paragraph = (text: string): string[] => wrap(text, WIDTH - 2).map((line, index) => (index === 0 ? line : `  ${line}`));
