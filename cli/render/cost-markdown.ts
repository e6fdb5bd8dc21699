import { dollars } from "../../planning/cost";
import type { CostReport, ModelComparison } from "../../planning/cost-report";
import { breakEvenWords, claimDollars, grouped, loadWords, memoryWords, millionWords, wayPrice, wayWords } from "./cost-words";
import { code, folded, table } from "./markdown";

/** A cost report as the comment of a pull request: the bill in sight, comparisons folded away. */
export function costMarkdown(report: CostReport): string {
  const { stack, regions, prices, owners, monthlyBudget, leftOut } = report;
  const sections = [
    `### Cost of \`${stack}\` in ${regions.join(", ")}: ${dollars(report.fixedMonthly)} to ${dollars(report.maximumMonthly)} a month`,
    table(
      ["Of", "Item", "At rest", "At most", "Arithmetic"],
      [
        ...owners.flatMap(({ owner, lines, notPlannedYet }) => [
          ...lines.map((line) => [code(owner), line.item, dollars(line.fixedMonthly), dollars(line.maximumMonthly), line.basis]),
          ...notPlannedYet.map((summary) => [code(owner), `${summary} (not planned yet)`, "–", "–", ""]),
        ]),
        ["**Total**", "", `**${dollars(report.fixedMonthly)}**`, `**${dollars(report.maximumMonthly)}**`, monthlyBudget === undefined ? "" : `of a budget of ${dollars(monthlyBudget)}`],
      ],
    ),
    ...report.comparisons.map((comparison) => folded(`${comparison.model} at ${loadWords(comparison)}`, comparisonText(comparison))),
    `Prices of ${prices.region}, read on ${prices.read}; a month is ${grouped(730)} hours, on demand. Left out: ${leftOut.join("; ")}.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function comparisonText({ ways, breakEven, instances, claims }: ModelComparison): string {
  const parts = [
    ...(ways.length === 0 ? [] : [table(["Served", "A month", "A million requests"], ways.map((way) => [wayWords(way), wayPrice(way), millionWords(way.perMillionRequests)]))]),
    ...(breakEven.length === 0 ? [] : [breakEven.map((each) => `- ${breakEvenWords(each)}`).join("\n")]),
    ...(instances.length === 0
      ? []
      : [
          table(
            ["Instance", "vCPU", "Memory", "A month", "A million, busy all the time"],
            instances.map((choice) => [`${code(choice.type)}${choice.isDeclared ? " (declared)" : ""}`, String(choice.vCpuCount), memoryWords(choice), dollars(choice.monthly), dollars(choice.perMillionBusy)]),
          ),
        ]),
    ...(claims.length === 0
      ? []
      : [
          table(
            ["Claimed where the model comes from", "Claimed", "By the price rows", "Arithmetic", "Remark"],
            claims.map(({ what, claimedUsd, usd, basis, remark, source }) => [`[${what}](${source})`, claimDollars(claimedUsd), claimDollars(usd), basis, remark]),
          ),
        ]),
  ];
  return parts.join("\n\n");
}
