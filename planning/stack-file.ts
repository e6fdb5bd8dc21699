import Ajv, { type ValidateFunction } from "ajv";
import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { Json, JsonSchema } from "../contract/json";
import { schemaFaults } from "./faults";
import type { Fault } from "./layers";
import { isObject } from "./merge-patch";
import { issueIn } from "./issues";
import { keysIn, networkFaults, networksIn } from "./network/read";
import { keysSchema, networkSchema } from "./network/schema";
import { parse } from "./parse";
import { nearest } from "./suggest";
import type { RegistryFile, StackFacts } from "./types";

/** What a stack file itself says. */
export type StackSettings = Pick<StackFacts, "region" | "monthlyBudget" | "alarmEmails" | "networks" | "keys" | "prices" | "protect">;

/** Other keys of `config` belong to other programs and providers, and are left alone. */
const OWN_KEYS = ["slipway:alarmEmails", "slipway:keys", "slipway:monthlyBudget", "slipway:network", "slipway:prices", "slipway:protect"];

const schema: JsonSchema = {
  type: "object",
  required: ["config"],
  properties: {
    config: {
      type: "object",
      required: ["aws:region"],
      properties: {
        "aws:region": {
          type: "string",
          pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$",
          "x-expects": "an AWS region",
          "x-source": "https://docs.aws.amazon.com/general/latest/gr/sagemaker.html",
          examples: ["eu-west-3"],
        },
        "slipway:keys": keysSchema,
        "slipway:network": networkSchema,
        // `pulumi config set`, and `pulumi stack init` on the whole file, write every number as text.
        "slipway:monthlyBudget": {
          type: ["number", "string"],
          exclusiveMinimum: 0,
          pattern: "^[0-9]*[1-9][0-9]*([.][0-9]+)?$",
          "x-expects": "US dollars a month, a number above 0",
          examples: [500],
        },
        "slipway:prices": {
          type: "object",
          additionalProperties: false,
          properties: {
            provisionedConcurrency: {
              type: ["number", "string"],
              exclusiveMinimum: 0,
              pattern: "^(?=.*[1-9])[0-9]*([.][0-9]+)?$",
              "x-expects": "US dollars for a gigabyte kept warm for a second, a number above 0",
              "x-source": "https://aws.amazon.com/sagemaker/ai/pricing/",
              examples: [0.00001],
            },
          },
        },
        // Text too, for the same reason.
        "slipway:protect": { type: ["boolean", "string"], enum: [true, false, "true", "false"], examples: [true] },
        "slipway:alarmEmails": {
          type: "array",
          items: { type: "string", pattern: "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$", "x-expects": "an e-mail address", examples: ["ml-oncall@example.com"] },
        },
      },
    },
  },
};

let compiled: ValidateFunction | undefined;

/** Reads the facts of a stack from its `Pulumi.<stack>.yaml`. Never throws. */
export function parseStackFile(source: RegistryFile): { readonly settings?: StackSettings; readonly issues: readonly Issue[] } {
  const parsed = parse(source);
  if (parsed.data === undefined) return { issues: parsed.issues };
  compiled ??= compile();
  const errors = compiled(parsed.data) ? [] : schemaFaults(compiled.errors ?? []);
  const faults = [...errors, ...unknownKeys(parsed.data.config), ...(isObject(parsed.data.config) ? networkFaults(parsed.data.config) : [])];
  const issues = sortIssues([...parsed.issues, ...faults.map((fault) => issueIn(source.path, parsed.positions, fault))]);
  if (hasErrors(issues)) return { issues };
  const config = parsed.data.config as { readonly [key: string]: Json };
  const budget = config["slipway:monthlyBudget"] as number | string | undefined;
  const settings: StackSettings = {
    region: config["aws:region"] as string,
    ...(budget === undefined ? {} : { monthlyBudget: Number(budget) }),
    ...pricesIn(config["slipway:prices"]),
    ...(String(config["slipway:protect"] ?? false) === "true" ? { protect: true } : {}),
    alarmEmails: (config["slipway:alarmEmails"] ?? []) as string[],
    networks: networksIn(config),
    keys: keysIn(config),
  };
  return { settings, issues };
}

function pricesIn(written: Json | undefined): Pick<StackFacts, "prices"> {
  const price = isObject(written) ? written.provisionedConcurrency : undefined;
  return price === undefined ? {} : { prices: { provisionedConcurrency: Number(price) } };
}

/** What is wrong with the name of a stack that has no file. @param stacks those that have one. */
export function unknownStack(stack: string, stacks: readonly string[]): Issue | undefined {
  if (stacks.includes(stack)) return undefined;
  return {
    code: "stack-unknown",
    severity: "error",
    file: "Pulumi.yaml",
    line: 1,
    column: 1,
    path: "",
    message: `there is no stack ${JSON.stringify(stack)}: it has no file Pulumi.${stack}.yaml`,
    hint: stacks.length === 0 ? "write one with config: and aws:region" : `the stacks are ${[...stacks].sort().join(", ")}`,
  };
}

function unknownKeys(config: Json | undefined): Fault[] {
  if (!isObject(config)) return [];
  return Object.keys(config)
    .filter((key) => key.startsWith("slipway:") && !OWN_KEYS.includes(key))
    .map((key) => {
      const guess = nearest(key, OWN_KEYS);
      const hint = guess === undefined ? `Slipway reads ${OWN_KEYS.join(", ")}` : `did you mean "${guess}"?`;
      return { code: "unknown-field", path: ["config", key], at: "key", message: `there is no setting "${key}"`, hint };
    });
}

function compile(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  for (const keyword of ["x-codes", "x-expects", "x-source"]) ajv.addKeyword(keyword);
  return ajv.compile(schema);
}
