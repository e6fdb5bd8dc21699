import type { Json, JsonSchema } from "../../contract/json";
import { isObject } from "../../planning/merge-patch";
import type { QuantityRule } from "../../planning/quantities";
import { runtimes } from "../../planning/runtimes";
import { descriptorSchema, withDefaults } from "../../planning/schema";
import { fillBlocks } from "./blocks";

type Fields = { readonly [name: string]: JsonSchema };

/** `docs/reference/descriptor.md`: a table of every field, of every mode and of every runtime's settings; the prose kept. */
export function descriptorReference(current: string): string {
  const { serving, settings: _settings, environments: _environments, fallback: _fallback, ...base } = descriptorSchema().properties as Fields;
  const modes = Object.entries(serving!.properties as Fields).map(([name, schema]) => section(`serving.${name}`, schema));
  const settings = Object.values(runtimes).map((runtime) => section(`settings of ${runtime.name}`, { ...withDefaults(runtime.schema, runtime.defaults), description: runtime.summary }));
  return fillBlocks(
    current,
    new Map([
      ["fields", table(Object.entries(base).flatMap(([name, schema]) => rows(name, schema)))],
      ["modes", modes.join("\n\n")],
      ["settings", settings.join("\n\n")],
    ]),
  );
}

const section = (title: string, schema: JsonSchema): string =>
  `### \`${title}\`\n\n${String(schema.description)}\n\n${table(Object.entries(schema.properties as Fields).flatMap(([name, field]) => rows(name, field)))}`;

/** A field, and those below it. */
function rows(path: string, schema: JsonSchema): string[][] {
  const source = schema["x-source"] === undefined ? "" : ` ([source](${String(schema["x-source"])}))`;
  const own = [`\`${path}\``, takes(schema), schema.default === undefined ? "" : `\`${text(schema.default)}\``, `${String(schema.description ?? "")}${source}`];
  const named = isObject(schema.properties) ? Object.entries(schema.properties as Fields).flatMap(([name, field]) => rows(`${path}.${name}`, field)) : [];
  const any = isObject(schema.additionalProperties) ? rows(`${path}.<name>`, schema.additionalProperties) : [];
  return [own, ...any, ...named];
}

/** What may be written, in few words. */
function takes(schema: JsonSchema): string {
  const rule = schema["x-quantity"] as unknown as QuantityRule | undefined;
  if (rule !== undefined) return { duration: "time", size: "size", percent: "percentage" }[rule.kind];
  if (Array.isArray(schema.enum)) return schema.enum.map((value: Json) => `\`${text(value)}\``).join(", ");
  const types = [schema.type].flat().map(String);
  const range = [schema.minimum === undefined ? "" : `from ${text(schema.minimum)}`, schema.maximum === undefined ? "" : `to ${text(schema.maximum)}`].filter((part) => part !== "").join(" ");
  const words = types.map((type) => ({ integer: "whole number", object: "fields", string: schema.pattern === "^off$" ? "`off`" : "text", boolean: "`true`, `false`" })[type] ?? type);
  return [words.join(" or "), range].filter((part) => part !== "").join(" ");
}

const text = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const table = (lines: readonly string[][]): string =>
  [["Field", "Takes", "Default", "What it means"], ["---", "---", "---", "---"], ...lines].map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
