import type { Json, JsonSchema } from "../contract/json";
import { alarmDefaults, alarmNames } from "./alarm-defaults";
import * as fields from "./fields";
import { isObject } from "./merge-patch";
import { declaredModes, modes } from "./modes";
import { formatQuantity, quantityPattern, type QuantityRule } from "./quantities";
import { rolloutDefaults, rolloutSchema } from "./rollout/schema";
import { runtimes } from "./runtimes";

type Fields = { readonly [name: string]: JsonSchema };

/** The fields that an overlay may change. The rest is what a model is, and is the same everywhere. */
export const overlayFields = ["alarms", "fallback", "region", "rollout", "serving", "settings", "shadow", "traffic", "versions"] as const;

/** The schema of a whole descriptor as written, with Slipway's annotations; see fields.ts. */
export function descriptorSchema(): JsonSchema {
  const settings: JsonSchema = { type: "object", description: "Settings of the runtime." };
  const properties: Fields = {
    name: fields.name,
    description: fields.description,
    owner: fields.owner,
    region: fields.region,
    runtime: fields.runtime,
    container: fields.container,
    contract: fields.contract,
    versions: fields.versions,
    settings,
    traffic: fields.traffic,
    serving: {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      description: "How the model is served: one mode or several.",
      examples: [{ serverless: { memory: "2048 MiB" } }],
      properties: Object.fromEntries(declaredModes.map((mode) => [mode.name, { ...withDefaults(mode.schema, mode.defaults), description: mode.summary }])),
    },
    shadow: fields.shadow,
    rollout: withDefaults(rolloutSchema, rolloutDefaults),
    alarms: withAlarmDefaults(fields.alarms),
    fallback: {
      type: ["object", "null"],
      additionalProperties: false,
      minProperties: 1,
      description: "What answers the same contract when the endpoint does not.",
      examples: [{ beanstalk: { instance: "m5.2xlarge" } }],
      properties: { beanstalk: withDefaults(modes.beanstalk!.schema, modes.beanstalk!.defaults) },
    },
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Descriptor",
    description: "One model as its owner writes it.",
    type: "object",
    additionalProperties: false,
    required: ["name", "description", "owner", "contract", "versions", "traffic", "serving"],
    properties: { ...properties, environments: environments(properties) },
    allOf: Object.values(runtimes).map((runtime) => settingsOf(runtime.name, withDefaults(runtime.schema, runtime.defaults))),
  };
}

function environments(properties: Fields): JsonSchema {
  return {
    type: "object",
    description: "Environment → what is different there: an RFC 7386 merge patch. The stack's name picks it; null removes.",
    propertyNames: fields.environmentName,
    additionalProperties: {
      type: "object",
      additionalProperties: false,
      description: "What is different in this environment.",
      properties: Object.fromEntries(overlayFields.map((field) => [field, asPatch(properties[field]!)])),
    },
  };
}

/** `settings` are those of the runtime that the descriptor names, in the base and in every overlay. */
function settingsOf(runtime: string, settings: JsonSchema): JsonSchema {
  const overlay: JsonSchema = { type: "object", properties: { settings: asPatch(settings) } };
  return {
    if: { type: "object", properties: { runtime: { const: runtime } }, required: ["runtime"] },
    then: { type: "object", properties: { settings, environments: { type: "object", additionalProperties: overlay } } },
  };
}

/** A schema as a merge patch of what it describes: nothing is required, and null removes. */
export function asPatch(schema: JsonSchema): JsonSchema {
  const { required, minProperties, maxProperties, default: _default, ...rest } = schema;
  const patch: { [keyword: string]: Json } = { ...rest };
  const types = schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.length > 0 && !types.includes("null")) patch.type = [...types, "null"];
  if (Array.isArray(schema.enum)) patch.enum = [...schema.enum, null];
  if (isObject(schema.properties)) patch.properties = mapSchemas(schema.properties, asPatch);
  if (isObject(schema.additionalProperties)) patch.additionalProperties = asPatch(schema.additionalProperties);
  return patch;
}

/** A schema with `default` written into it, as a person would write it, from defaults as resolved. */
export function withDefaults(schema: JsonSchema, defaults: { readonly [field: string]: Json }): JsonSchema {
  if (!isObject(schema.properties)) return schema;
  const properties = Object.entries(schema.properties as Fields).map(([key, field]): [string, JsonSchema] => {
    const value = defaults[String(field["x-field"] ?? key)];
    if (isObject(value)) return [key, withDefaults(field, value)];
    if (value === undefined || value === null) return [key, field];
    const rule = field["x-quantity"] as unknown as QuantityRule | undefined;
    return [key, { ...field, default: rule === undefined ? value : formatQuantity(value as number, rule) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function withAlarmDefaults(alarms: JsonSchema): JsonSchema {
  const schemas = alarms.properties as Fields;
  return { ...alarms, properties: Object.fromEntries(alarmNames.map((name) => [name, withDefaults(schemas[name]!, alarmDefaults[name])])) };
}

/**
 * The same schema for editors: standard keywords alone. Quantities become
 * patterns, annotations go, what a pattern means moves into the description.
 */
export function editorSchema(schema: JsonSchema = descriptorSchema()): JsonSchema {
  const plain: { [keyword: string]: Json } = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "properties") plain[keyword] = mapSchemas(value as Fields, editorSchema);
    else if (Array.isArray(value) && (keyword === "allOf" || keyword === "anyOf")) plain[keyword] = value.map((item) => editorSchema(item as JsonSchema));
    else if (isObject(value) && SUBSCHEMAS.has(keyword)) plain[keyword] = editorSchema(value);
    else if (!keyword.startsWith("x-")) plain[keyword] = value;
  }
  const rule = schema["x-quantity"] as unknown as QuantityRule | undefined;
  if (rule !== undefined) {
    const choices = rule.oneOf?.map((choice) => formatQuantity(choice, rule));
    plain.pattern = choices === undefined ? quantityPattern(rule.kind) : `^(${choices.join("|")})$`;
    plain.examples ??= choices ?? exampleOf(rule);
  }
  if (schema["x-expects"] !== undefined && plain.description !== undefined) plain.description = `${plain.description} (${schema["x-expects"]})`;
  return plain;
}

const SUBSCHEMAS = new Set(["additionalProperties", "else", "if", "items", "not", "propertyNames", "then"]);

/** Some of the values that a quantity may take, for completion. */
function exampleOf(rule: QuantityRule): string[] {
  const bounds = [rule.minimum, rule.maximum].filter((bound) => bound !== undefined && bound > 0);
  return [...new Set(bounds.map((bound) => formatQuantity(bound!, rule)))];
}

const mapSchemas = (schemas: { readonly [key: string]: Json }, change: (schema: JsonSchema) => JsonSchema): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, change(schema as JsonSchema)]));
