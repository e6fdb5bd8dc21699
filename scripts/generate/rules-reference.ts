import { errorTable } from "../../contract/errors";
import * as planning from "../../planning";
import { judge, ruleCases } from "../../tests/planning/support/rule-cases";
import { fillBlocks } from "./blocks";

/** What a rule was seen to do: nothing here is stated twice, all is read off the issue of its rejected fixture. */
interface SeenRule {
  readonly code: string;
  readonly severity: string;
  readonly foundBy: string;
  readonly source: string | undefined;
}

/** `docs/reference/rules.md`: every rule, with the prose kept. */
export function rulesReference(current: string): string {
  const rules = ruleCases.map(seen);
  rules.sort((a, b) => (a.code < b.code ? -1 : 1));
  return fillBlocks(
    current,
    new Map([
      ["count", `There are ${rules.length} of them.`],
      ["rules", table(rules)],
    ]),
  );
}

function seen(each: (typeof ruleCases)[number]): SeenRule {
  const { validated, planned } = judge(each, "rejected", planning);
  const issue = [...validated, ...planned].find(({ code }) => code === each.code);
  if (issue === undefined) throw new Error(`the rejected fixture of ${each.code} is not reported`);
  const foundBy = planned.includes(issue) ? "plan" : each.previous === undefined ? "validate" : "validate --against";
  return { code: each.code, severity: issue.severity, foundBy, source: issue.source };
}

function table(rules: readonly SeenRule[]): string {
  const lines = rules.map(({ code, severity, foundBy, source }) => [`\`${code}\``, severity, `\`${foundBy}\``, (errorTable as { readonly [code: string]: { readonly meaning: string } })[code]!.meaning, source === undefined ? "" : `[source](${source})`]);
  return [["Code", "Severity", "Found by", "What it means", ""], ["---", "---", "---", "---", "---"], ...lines].map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
