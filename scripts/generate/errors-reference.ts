import { errorSections, type ErrorRow } from "../../contract/errors";
import { fillBlocks } from "./blocks";

/** `docs/reference/errors.md`: a table per section of `contract/errors.ts`, the prose kept. */
export function errorsReference(current: string): string {
  return fillBlocks(current, new Map(Object.entries(errorSections).map(([name, section]) => [name, table(section)])));
}

function table(section: { readonly [code: string]: ErrorRow }): string {
  const rows = Object.entries(section);
  if (rows.length === 0) return "None yet.";
  // A column that no row of the section fills would only be noise.
  const travels = rows.some(([, row]) => row.status !== null || row.retryable || row.failsOver);
  const head = travels ? ["Code", "Status", "Retry", "Fallback", "What it means", "What to do"] : ["Code", "What it means", "What to do"];
  const lines = rows.map(([code, row]) => {
    const wire = travels ? [row.status === null ? "–" : String(row.status), yes(row.retryable), yes(row.failsOver)] : [];
    return [`\`${code}\``, ...wire, row.meaning, row.hint];
  });
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

const yes = (flag: boolean): string => (flag ? "yes" : "no");
const cell = (text: string): string => text.replaceAll("|", "\\|");
