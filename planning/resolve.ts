import type { Json, JsonSchema } from "../contract/json";
import type { ModeName } from "../contract/runtimes";
import { alarmDefaults, alarmNames } from "./alarm-defaults";
import * as fields from "./fields";
import { isObject } from "./merge-patch";
import { declaredModes } from "./modes";
import { parseQuantity, type QuantityRule } from "./quantities";
import { resolveRollout } from "./rollout/resolve";
import { rolloutSchema } from "./rollout/schema";
import { runtimeNamed } from "./runtimes";
import type { ResolvedAlarms, ResolvedModel, ResolvedServing, TrafficShare } from "./types";

type Fields = { readonly [key: string]: Json };

/** What a resolved model carries beside what its document says. */
export type ResolveContext = Pick<ResolvedModel, "contract" | "environment" | "file" | "locate">;

/**
 * A merged descriptor, free of faults, as every later step sees it: each default
 * filled in, each quantity a number in the unit that its field name ends with.
 */
export function resolve(document: Fields, context: ResolveContext): ResolvedModel {
  const runtime = runtimeNamed(document.runtime);
  const settings = runtime === undefined ? {} : withDefaults(runtime.defaults, canonical(runtime.schema, document.settings ?? {}));
  return {
    name: String(document.name),
    description: String(document.description),
    owner: String(document.owner),
    region: (document.region ?? null) as ResolvedModel["region"],
    runtime: runtime?.name ?? null,
    container: (document.container ?? null) as ResolvedModel["container"],
    versions: mapValues(document.versions as Fields, (version) => canonical(fields.versions.additionalProperties as JsonSchema, version)) as unknown as ResolvedModel["versions"],
    settings: settings as Fields,
    traffic: trafficShares(document.traffic as Fields),
    serving: resolveServing(document.serving as Fields),
    alarms: resolveAlarms((document.alarms ?? {}) as Fields),
    writtenAlarms: alarmNames.filter((name) => Object.hasOwn((document.alarms ?? {}) as Fields, name)),
    shadow: shadowOf((document.shadow ?? {}) as Fields),
    rollout: document.rollout === undefined ? null : resolveRollout(canonical(rolloutSchema, document.rollout) as Fields),
    fallback: isObject(document.fallback) ? resolveServing(document.fallback) : null,
    ...context,
  };
}

function trafficShares(traffic: Fields): TrafficShare[] {
  const shares = Object.entries(traffic).map(([version, share]) => {
    if (!isObject(share)) return { version, weight: Number(share) };
    return { version, ...(canonical(fields.traffic.additionalProperties as JsonSchema, share) as unknown as Omit<TrafficShare, "version">) };
  });
  return shares.sort((a, b) => (a.version < b.version ? -1 : 1));
}

function shadowOf(shadow: Fields): ResolvedModel["shadow"] {
  const [named] = Object.entries(shadow);
  if (named === undefined) return null;
  return { version: named[0], percent: canonical(fields.shadow.additionalProperties as JsonSchema, named[1]) as number };
}

function resolveServing(serving: Fields): ResolvedModel["serving"] {
  const declared = declaredModes.filter((mode) => Object.hasOwn(serving, mode.name));
  return Object.fromEntries(
    declared.map((mode): [ModeName, ResolvedServing] => [mode.name, withDefaults(mode.defaults, canonical(mode.schema, serving[mode.name]!)) as ResolvedServing]),
  );
}

function resolveAlarms(written: Fields): ResolvedAlarms {
  const schemas = fields.alarms.properties as { readonly [name: string]: JsonSchema };
  const rules = alarmNames.map((name) => {
    const alarm = written[name] ?? {};
    return [name, alarm === "off" ? null : withDefaults(alarmDefaults[name], canonical(schemas[name]!, alarm))];
  });
  return Object.fromEntries(rules) as ResolvedAlarms;
}

/** A value that its schema accepts, with quantities as numbers and fields under their resolved names. */
export function canonical(schema: JsonSchema, value: Json): Json {
  const rule = schema["x-quantity"] as unknown as QuantityRule | undefined;
  if (rule !== undefined) {
    const parsed = parseQuantity(String(value), rule);
    if (!("value" in parsed)) throw new Error(`bug: ${JSON.stringify(value)} came to resolve unchecked`);
    return parsed.value;
  }
  if (!isObject(value) || !isObject(schema.properties)) return value;
  const properties = schema.properties as { readonly [key: string]: JsonSchema };
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const field = properties[key]!;
      return [String(field["x-field"] ?? key), canonical(field, inner)];
    }),
  );
}

const mapValues = (values: Fields, change: (value: Json) => Json): Fields => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

/** Objects are filled in depth; anything else that was written stands as it is. */
function withDefaults(defaults: Json, value: Json): Json {
  if (!isObject(defaults) || !isObject(value)) return value;
  const filled: { [key: string]: Json } = { ...defaults, ...value };
  for (const key of Object.keys(defaults)) if (Object.hasOwn(value, key)) filled[key] = withDefaults(defaults[key]!, value[key]!);
  return filled;
}
