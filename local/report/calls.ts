import type { Json } from "../../contract/json";
import type { CallResult } from "../calls/result";
import { colors as pc } from "./colors";

/** Long enough for the names of models, ways and what was asked, in columns; a longer one shifts its own line. */
const GAP = "  ";

/** What was called and what came of it: a line each, and below it the answer, cut to the terminal's columns. */
export function callLines(results: readonly CallResult[], columns: number): string[] {
  const width = (pick: (result: CallResult) => string): number => Math.max(0, ...results.map((result) => pick(result).length));
  const [model, way, what] = [width((one) => one.model), width((one) => one.way), width((one) => one.what)];
  return results.flatMap((result) => {
    const mark = result.problem === undefined ? pc.green("✓") : pc.red("✗");
    const head = [pc.bold(result.model) + " ".repeat(model - result.model.length), result.way.padEnd(way), result.what.padEnd(what), pc.dim(result.how ?? "")].join(GAP).trimEnd();
    return [
      `  ${mark} ${head}`,
      ...(result.answer === undefined ? [] : [`    ${pc.dim(cut(typeof result.answer === "string" ? result.answer : JSON.stringify(shortened(result.answer)), columns - 4))}`]),
      ...(result.problem === undefined ? [] : [`    ${pc.red(result.problem)}`]),
    ];
  });
}

const cut = (text: string, columns: number): string => (text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`);

/** Lists of many numbers, such as an embedding, by their first few. */
function shortened(answer: Json): Json {
  if (Array.isArray(answer)) {
    const long = answer.length > 24 && answer.every((value) => typeof value === "number");
    return long ? [...answer.slice(0, 4), `… ${answer.length} numbers`] : answer.map((value: Json) => shortened(value));
  }
  if (answer === null || typeof answer !== "object") return answer;
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, shortened(value)]));
}
