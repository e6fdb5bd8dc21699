import type { Json, JsonSchema } from "../../contract/json";
import { quoted } from "../faults";
import { isObject } from "../merge-patch";
import type { Path } from "../positions";
import type { Finding } from "./rule";

/** Whose side breaks: callers write requests and read responses. */
type Side = "request" | "response";

/** A schema may refer to itself; deeper than this, two of them are taken to agree. */
const MAX_DEPTH = 24;

/**
 * What breaks callers between two versions of a schema, each at its place in the
 * new one. A request may only become more lenient, a response only stricter.
 * Compares types, properties, values and bounds through local `$ref`s; what
 * `oneOf`, `anyOf`, `allOf`, `not` and `if` mean together is not compared.
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, side: Side): Finding[] {
  const found: Finding[] = [];
  const report = (path: Path, message: string, hint: string): void => void found.push({ severity: "warning", path, message, hint });
  compare(before, after, [side], 0);
  return found;

  function compare(beforeAt: JsonSchema, afterAt: JsonSchema, path: Path, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const [old, now] = [followed(beforeAt, before), followed(afterAt, after)];
    compareTypes(old, now, path);
    compareValues(old, now, path);
    if (side === "request") compareBounds(old, now, path);
    compareProperties(old, now, path, depth);
    const [oldItems, nowItems] = [old.items, now.items];
    if (isObject(oldItems) && isObject(nowItems)) compare(oldItems, nowItems, [...path, "items"], depth + 1);
  }

  function compareTypes(old: JsonSchema, now: JsonSchema, path: Path): void {
    const [wide, narrow] = side === "request" ? [typesOf(old), typesOf(now)] : [typesOf(now), typesOf(old)];
    const lost = wide.filter((type) => !narrow.includes(type) && !(type === "integer" && narrow.includes("number")));
    if (lost.length === 0) return;
    if (side === "request") report([...path, "type"], `callers may send ${lost.join(" or ")} here today, and would be refused`, "accept it still, or release the contract under another model name");
    else report([...path, "type"], `callers would be given ${lost.join(" or ")} here, which they do not expect today`, "answer as before, and add a new property for the new kind of value");
  }

  function compareValues(old: JsonSchema, now: JsonSchema, path: Path): void {
    const [wide, narrow] = side === "request" ? [valuesOf(old), valuesOf(now)] : [valuesOf(now), valuesOf(old)];
    if (narrow === undefined) return;
    const lost = wide?.filter((value) => !narrow.includes(value));
    if (lost?.length === 0) return;
    const which = lost === undefined ? "other values" : lost.join(", ");
    if (side === "request") report([...path, "enum"], `callers may send ${which} here today, and would be refused`, "accept them still");
    else report([...path, "enum"], `callers would be given ${which} here, which they do not expect today`, "tell them first: a program that knows every value breaks on a new one");
  }

  function compareBounds(old: JsonSchema, now: JsonSchema, path: Path): void {
    for (const [keyword, tighter] of bounds) {
      const [was, is] = [old[keyword], now[keyword]];
      if (typeof is !== "number" || (typeof was === "number" && !tighter(is, was))) continue;
      // Every length and count is at least 0.
      if (was === undefined && is === 0 && /^min[LIP]/.test(keyword)) continue;
      report([...path, keyword], `${keyword} is ${is}${typeof was === "number" ? `, and was ${was}` : ", and was not there"}: callers outside of it would be refused`, "keep the old bound, or tell callers first");
    }
    for (const keyword of ["pattern", "format"] as const) {
      const [was, is] = [old[keyword], now[keyword]];
      if (typeof is === "string" && is !== was) report([...path, keyword], `${keyword} is ${quoted(is)}${was === undefined ? ", and was not there" : `, and was ${quoted(was)}`}: callers may be refused`, "see that it takes all that was taken before");
    }
  }

  function compareProperties(old: JsonSchema, now: JsonSchema, path: Path, depth: number): void {
    const [oldProperties, nowProperties] = [propertiesOf(old), propertiesOf(now)];
    for (const [name, schema] of Object.entries(oldProperties)) {
      const still = nowProperties[name];
      if (still !== undefined) compare(schema, still, [...path, "properties", name], depth + 1);
      else if (side === "response") report([...path, "properties", name], `callers read "${name}", which answers would no longer hold`, "keep it beside what is new");
      else if (now.additionalProperties === false) report([...path, "properties", name], `callers that send "${name}" would be refused`, "accept it still, and ignore it");
    }
    const [wasRequired, isRequired] = [requiredOf(old), requiredOf(now)];
    if (side === "request") {
      for (const name of isRequired.filter((field) => !wasRequired.includes(field))) report([...path, "required"], `callers that do not send "${name}" would be refused`, `take "${name}" out of required and give it a default`);
      if (now.additionalProperties === false && old.additionalProperties !== false && (old.properties !== undefined || old.type === "object")) report([...path, "additionalProperties"], "callers that send more than the contract names would be refused", "leave additionalProperties out");
    } else {
      for (const name of wasRequired.filter((field) => !isRequired.includes(field) && nowProperties[field] !== undefined)) report([...path, "required"], `callers count on "${name}", which answers may leave out`, `keep "${name}" in required`);
    }
  }
}

const bounds: readonly (readonly [string, (is: number, was: number) => boolean])[] = [
  ...["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"].map((keyword) => [keyword, (is: number, was: number) => is > was] as const),
  ...["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"].map((keyword) => [keyword, (is: number, was: number) => is < was] as const),
];

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** Types that a schema takes; all where it says none, or leaves it to keywords that are not compared. */
const typesOf = ({ type }: JsonSchema): string[] => (type === undefined ? TYPES : [type].flat().map(String));

/** The values of `enum` or `const`, as JSON; undefined where any may stand. */
function valuesOf(schema: JsonSchema): string[] | undefined {
  const values = Array.isArray(schema.enum) ? (schema.enum as Json[]) : schema.const === undefined ? undefined : [schema.const];
  return values?.map((value) => JSON.stringify(value));
}

const propertiesOf = ({ properties }: JsonSchema): { readonly [name: string]: JsonSchema } =>
  isObject(properties) ? (Object.fromEntries(Object.entries(properties).filter(([, schema]) => isObject(schema))) as { [name: string]: JsonSchema }) : {};

const requiredOf = ({ required }: JsonSchema): string[] => (Array.isArray(required) ? required.map(String) : []);

/** What a local `$ref` stands for; the schema itself where there is none, or it leads nowhere. */
function followed(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let at = schema;
  for (let hops = 0; hops < MAX_DEPTH && typeof at.$ref === "string" && at.$ref.startsWith("#"); hops++) {
    const target = at.$ref
      .slice(1)
      .split("/")
      .filter((segment) => segment !== "")
      .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), root);
    if (!isObject(target)) return at;
    at = target;
  }
  return at;
}
