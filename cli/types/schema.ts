import type { Json, JsonSchema } from "../../contract/json";

/** Longest list that is typed as a tuple: `[longitude, latitude]`. A longer one is easier to pass as an array. */
const LONGEST_TUPLE = 8;

/**
 * A contract's schema made ready for json-schema-to-typescript: what the type
 * cannot say goes into its doc comment, and names that two models could both
 * use are made the model's own.
 *
 * @param prefix put before the name of every definition.
 */
export function prepareSchema(schema: JsonSchema, prefix: string): JsonSchema {
  return prepare(schema, prefix) as JsonSchema;
}

/** Keywords whose value maps names to schemas. */
const schemaMaps: ReadonlySet<string> = new Set(["properties", "patternProperties", "definitions", "$defs"]);
/** Keywords whose value is data, never a schema. */
const dataKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples", "required"]);

function prepare(value: Json, prefix: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => prepare(item, prefix));
  if (value === null || typeof value !== "object") return value;
  const schema = value as JsonSchema;
  const prepared: { [keyword: string]: Json } = {};
  for (const [keyword, part] of Object.entries(schema)) {
    if (keyword === "title") continue; // would become the name of an exported type
    if (keyword === "$ref" && typeof part === "string") prepared[keyword] = ownReference(part, prefix);
    else if (dataKeywords.has(keyword)) prepared[keyword] = part;
    else if (schemaMaps.has(keyword)) prepared[keyword] = prepareMap(part, keyword, prefix);
    else prepared[keyword] = prepare(part, prefix);
  }
  const { minItems, maxItems } = schema;
  const tuple = minItems === maxItems && typeof minItems === "number" && minItems <= LONGEST_TUPLE;
  if (!tuple) {
    delete prepared["minItems"];
    delete prepared["maxItems"];
  }
  const comment = [schema["description"], bounds(schema)].filter((text) => typeof text === "string" && text !== "").join("\n");
  if (comment !== "") prepared["description"] = comment;
  return prepared;
}

function prepareMap(map: Json | undefined, keyword: string, prefix: string): Json {
  const rename = keyword === "definitions" || keyword === "$defs" ? (name: string) => prefix + pascalCase(name) : (name: string) => name;
  return Object.fromEntries(Object.entries(map as JsonSchema).map(([name, schema]) => [rename(name), prepare(schema, prefix)]));
}

function ownReference(reference: string, prefix: string): string {
  const [, keyword, name] = /^#\/(definitions|\$defs)\/([^/]+)$/.exec(reference) ?? [];
  if (keyword !== undefined && name !== undefined) return `#/${keyword}/${prefix}${pascalCase(name)}`;
  if (reference.startsWith("#")) return reference;
  throw new Error(`a contract may only refer to its own definitions, not to ${reference}`);
}

/** The limits that a TypeScript type does not hold, in words: `exactly 24 items`. */
function bounds(schema: JsonSchema): string {
  return [
    range(schema["minItems"], schema["maxItems"], "item"),
    range(schema["minLength"], schema["maxLength"], "character"),
    range(schema["minimum"], schema["maximum"]),
    schema["type"] === "integer" && "a whole number",
    typeof schema["pattern"] === "string" && `matches ${schema["pattern"].replaceAll("*/", "*\\/")}`,
  ]
    .filter((text) => typeof text === "string" && text !== "")
    .join("; ")
    .replace(/^./, (first) => first.toUpperCase());
}

function range(from: Json | undefined, to: Json | undefined, noun?: string): string {
  const last = to ?? from;
  const unit = noun === undefined ? "" : ` ${noun}${last === 1 ? "" : "s"}`;
  if (last === undefined) return "";
  if (from === undefined) return `at most ${String(to)}${unit}`;
  if (to === undefined) return `at least ${String(from)}${unit}`;
  return from === to ? `exactly ${String(from)}${unit}` : `${String(from)} to ${String(to)}${unit}`;
}

/** `velib-lstm` → `VelibLstm`, `3d_scan` → `_3dScan`. */
export function pascalCase(name: string): string {
  const joined = name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}
