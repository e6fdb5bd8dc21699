import type { ErrorObject } from "ajv";
import type { Json, JsonSchema } from "../contract/json";
import type { Fault } from "./layers";
import { isObject } from "./merge-patch";
import type { Path } from "./positions";
import { parseQuantity, type QuantityRule } from "./quantities";
import { nearest } from "./suggest";

/** Keywords that only repeat what another error says. */
const ECHOES = new Set(["if", "propertyNames"]);

/** What the validator found, in our words: one fault for each mistake. Errors come from ajv with `verbose` on. */
export function schemaFaults(errors: readonly ErrorObject[]): Fault[] {
  const misspelt = new Set(errors.flatMap((error) => misspeltField(error) ?? []));
  return errors
    .filter((error) => !ECHOES.has(error.keyword) && !(error.keyword === "required" && misspelt.has(placeOf(error, String(error.params.missingProperty)))))
    .map(schemaFault);
}

/** The field that an unknown one was probably meant to be: that it is missing need not be said again. */
function misspeltField(error: ErrorObject): string | undefined {
  if (error.keyword !== "additionalProperties") return undefined;
  const meant = nearest(String(error.params.additionalProperty), fieldsOf(error.parentSchema as JsonSchema));
  return meant === undefined ? undefined : placeOf(error, meant);
}

const placeOf = (error: ErrorObject, field: string): string => `${error.instancePath}/${field}`;

function schemaFault(error: ErrorObject): Fault {
  const schema = error.parentSchema as JsonSchema;
  const path = segments(error.instancePath);
  const codes = codesOf(schema);
  if (error.propertyName !== undefined) {
    const text = describe(error, schema, "this name", error.propertyName);
    return { at: "key", path: [...path, error.propertyName], ...sourceOf(schema, text), ...text, code: codes[error.keyword] ?? text.code };
  }
  const text = describe(error, schema, path.at(-1) ?? "the file", error.data as Json);
  const below = error.params.missingProperty ?? error.params.additionalProperty;
  return { path: below === undefined ? path : [...path, String(below)], ...sourceOf(schema, text), ...text, code: codes[error.keyword] ?? text.code };
}

const codesOf = (schema: JsonSchema): { readonly [keyword: string]: string } => (schema["x-codes"] ?? {}) as { readonly [keyword: string]: string };

/** The source of a limit; how a value is written at all is a rule of ours. */
function sourceOf(schema: JsonSchema, { code }: Text): { source?: string } {
  const isLimit = code === "out-of-range" || code === "wrong-value";
  return isLimit && typeof schema["x-source"] === "string" ? { source: schema["x-source"] } : {};
}

type Text = Pick<Fault, "code" | "message" | "hint" | "at">;

function describe(error: ErrorObject, schema: JsonSchema, field: string, data: Json): Text {
  const { params } = error;
  const is = `${field} is ${quoted(data)}`;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownField(String(params.additionalProperty), fieldsOf(schema));
    case "required":
      return missingField(String(params.missingProperty), schema);
    case "type":
      return wrongType(schema, field, data);
    case "enum": {
      const allowed = (params.allowedValues as Json[]).filter((value) => value !== null).map(String);
      const guess = typeof data === "string" ? nearest(data, allowed) : undefined;
      return { code: "wrong-value", message: `${is}; it takes ${String(schema["x-expects"] ?? listed(allowed))}`, ...(guess === undefined ? {} : { hint: `did you mean ${field}: ${guess}?` }) };
    }
    case "pattern": {
      const expects = schema["x-expects"] ?? `text that matches ${String(params.pattern)}`;
      const name = codesOf(schema).pattern === "name-illegal" ? nameLike(String(data), new RegExp(String(params.pattern))) : undefined;
      const hint = name === undefined ? example(schema, field) : { hint: `write: ${field === "this name" ? "" : `${field}: `}${name}` };
      return { code: "wrong-value", message: `${is}; it takes ${String(expects)}`, ...hint };
    }
    case "x-quantity":
      return quantity(schema["x-quantity"] as unknown as QuantityRule, field, data);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { code: "out-of-range", message: `${is}; it takes ${range(schema)}`, hint: `write: ${field}: ${String(params.limit)}` };
    case "minLength":
      return { code: "out-of-range", message: `${field} is empty`, ...example(schema, field) };
    case "maxLength":
      return { code: "out-of-range", message: `${is}, ${[...String(data)].length} characters long; at most ${String(params.limit)} fit`, hint: "shorten it" };
    case "minItems":
    case "maxItems": {
      const most = error.keyword === "maxItems";
      return { code: "out-of-range", message: `${field} has ${entries((data as unknown as Json[]).length)}; it takes ${most ? "at most" : "at least"} ${String(params.limit)}`, ...(most ? { hint: "remove some" } : example(schema, field)) };
    }
    case "uniqueItems":
      return { code: "wrong-value", message: `${field} holds ${quoted((data as unknown as Json[])[Number(params.i)]!)} twice`, hint: "remove one of the two" };
    case "minProperties":
      return { code: "missing-field", message: `${field} is empty`, hint: fieldsOf(schema).length > 0 ? `write one of ${listed(fieldsOf(schema))}` : "write at least one entry, or remove it" };
    case "maxProperties":
      return { code: "out-of-range", message: `${field} has ${Object.keys(data as object).length} entries; at most ${String(params.limit)} fit`, hint: "remove some" };
    default:
      return { code: "wrong-value", message: `${is}; it ${error.message ?? "is not allowed"}`, ...example(schema, field) };
  }
}

const entries = (count: number): string => (count === 1 ? "1 entry" : `${count} entries`);

function unknownField(written: string, known: readonly string[]): Text {
  const guess = nearest(written, known);
  const hint = guess === undefined ? `the fields here are ${listed(known)}` : `did you mean "${guess}"?`;
  return { code: "unknown-field", at: "key", message: `there is no field ${quoted(written)} here`, hint };
}

function missingField(missing: string, schema: JsonSchema): Text {
  const field = (isObject(schema.properties) ? schema.properties[missing] : undefined) as JsonSchema | undefined;
  return { code: "missing-field", at: "key", message: `the field "${missing}" is missing`, ...(field === undefined ? {} : example(field, missing)) };
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  object: "fields with values",
  string: "text",
};

function wrongType(schema: JsonSchema, field: string, data: Json): Text {
  const rule = schema["x-quantity"] as unknown as QuantityRule | undefined;
  if (rule !== undefined && data !== null && typeof data !== "object") return quantity(rule, field, data);
  const types = [schema.type].flat().filter((type): type is string => typeof type === "string" && type !== "null");
  const names = types.map((type) => TYPE_NAMES[type] ?? type);
  const hint = typeHint(types, field, data);
  return { code: "wrong-type", message: `${field} is ${quoted(data)}; it takes ${listed(names)}`, ...(hint === undefined ? example(schema, field) : { hint }) };
}

/** YAML reads unquoted words by rules that surprise; the hint names the one at work. */
function typeHint(types: readonly string[], field: string, data: Json): string | undefined {
  if (data === null) return `${field} has no value: write one, or remove the line`;
  if (types.includes("string") && (typeof data === "number" || typeof data === "boolean")) return `write it in quotes: ${field}: "${data}"`;
  if (typeof data !== "string") return undefined;
  if (types.includes("boolean") && /^(y|yes|on)$/i.test(data)) return `write: ${field}: true`;
  if (types.includes("boolean") && /^(n|no|off)$/i.test(data)) return `write: ${field}: false`;
  if (types.some((type) => type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(data)) return `write it without quotes: ${field}: ${data}`;
  return undefined;
}

function quantity(rule: QuantityRule, field: string, data: Json): Text {
  const parsed = parseQuantity(String(data), rule);
  const problem = "problem" in parsed ? parsed.problem : "it is not written as a quantity";
  const isWritten = typeof data === "string" && !problem.includes(" is written like ");
  const suggestion = "problem" in parsed ? parsed.suggestion : undefined;
  return {
    code: isWritten ? "out-of-range" : "quantity-malformed",
    message: `${field} is ${typeof data === "string" ? plain(data) : quoted(data)}; ${problem}`,
    ...(suggestion === undefined ? {} : { hint: `write: ${field}: ${suggestion}` }),
  };
}

/** What was written, with hyphens for all that is neither letter nor digit, if that is allowed and still short. */
function nameLike(written: string, pattern: RegExp): string | undefined {
  if (written.length > MAX_QUOTE) return undefined;
  const slug = written.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return [slug, slug.toLowerCase()].find((candidate) => pattern.test(candidate));
}

function range(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (exclusiveMinimum !== undefined) return maximum === undefined ? `more than ${String(exclusiveMinimum)}` : `more than ${String(exclusiveMinimum)}, and at most ${String(maximum)}`;
  if (exclusiveMaximum !== undefined) return `less than ${String(exclusiveMaximum)}`;
  if (minimum === undefined) return `at most ${String(maximum)}`;
  return maximum === undefined ? `at least ${String(minimum)}` : `${String(minimum)} to ${String(maximum)}`;
}

function example(schema: JsonSchema, field: string): { hint?: string } {
  const [first] = Array.isArray(schema.examples) ? (schema.examples as Json[]) : [];
  const value = first ?? (Array.isArray(schema.enum) ? (schema.enum as Json[])[0] : undefined) ?? schema.default;
  return value === undefined || value === null ? {} : { hint: `write, for example: ${field}: ${flow(value)}` };
}

/** A value in YAML, on one line. */
function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isObject(value)) return String(value);
  return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`).join(", ")} }`;
}

const fieldsOf = (schema: JsonSchema): string[] => (isObject(schema.properties) ? Object.keys(schema.properties) : []);

/** JSON Pointer (RFC 6901) to keys. */
const segments = (pointer: string): Path =>
  pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));

const MAX_QUOTE = 60;
const plain = (text: string): string => (text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text === "" ? '""' : text);

/** A value as a message shows it: short, on one line. */
export function quoted(value: Json): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? JSON.stringify(plain(value)) : String(value);
}

export function listed(items: readonly string[]): string {
  return items.length <= 1 ? (items[0] ?? "nothing") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)!}`;
}
