import Ajv from "ajv";
import addFormats from "ajv-formats";
import type { Json, JsonSchema } from "../../contract/json";

/** What became of one thing that `--once` tried. */
export interface CallResult {
  readonly model: string;
  /** The mode that it went through, and `fallback`. */
  readonly way: string;
  /** What was asked: the name of a golden example, or what was done with it. */
  readonly what: string;
  /** Who answered, how often, how fast. */
  readonly how?: string;
  readonly answer?: Json;
  /** Why it does not count as an answer; undefined where all is well. */
  readonly problem?: string;
}

/** A call, told whatever comes of it. */
export async function told(about: Pick<CallResult, "model" | "way" | "what">, call: () => Promise<Omit<CallResult, keyof typeof about>>): Promise<CallResult> {
  try {
    return { ...about, ...(await call()) };
  } catch (error) {
    return { ...about, problem: (error as Error).message };
  }
}

/** Why an answer is not what the contract promises; undefined where it is. */
export function disagreement(answer: Json, expected: Json, schema: JsonSchema): string | undefined {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  if (!ajv.validate(schema, answer)) return `the answer is not what the contract's response says: ${ajv.errorsText(ajv.errors, { dataVar: "response" })}`;
  const path = missing(answer, expected, "response");
  return path === undefined ? undefined : `${path}, unlike the golden example`;
}

/** The first place where `expected` is not part of `actual`. */
function missing(actual: Json | undefined, expected: Json, path: string): string | undefined {
  if (expected !== null && typeof expected === "object" && !Array.isArray(expected)) {
    if (actual === null || typeof actual !== "object" || Array.isArray(actual)) return `${path} is ${JSON.stringify(actual)}`;
    for (const [key, value] of Object.entries(expected)) {
      const found = missing((actual as { readonly [key: string]: Json })[key], value, `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return JSON.stringify(actual) === JSON.stringify(expected) ? undefined : `${path} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`;
}
