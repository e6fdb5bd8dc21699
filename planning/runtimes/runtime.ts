import type { Json, JsonSchema } from "../../contract/json";
import type { RuntimeName } from "../../contract/runtimes";

/** What planning knows of a runtime: the settings that a descriptor may give it. */
export interface Runtime {
  readonly name: RuntimeName;
  /** One sentence for the docs and the schema. */
  readonly summary: string;
  /** JSON Schema of `settings`. */
  readonly schema: JsonSchema;
  /** Every setting that has a default, as resolved. */
  readonly defaults: { readonly [setting: string]: Json };
}

/** CPU threads of one inference session: every runtime has them. */
export const threads: JsonSchema = {
  type: "integer",
  minimum: 1,
  maximum: 64,
  description: "CPU threads that one inference uses. More than the instance has vCPUs slows everything down.",
  examples: [1, 2, 4],
};

/** What callers read as the model's version in the answer. */
export const label: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 64,
  description: "What answers carry as the model's version. Default: the name of the version that answers.",
  examples: ["v3_475snapshots"],
};

/** How wide an approximate index searches; only for an artifact whose index is one. */
export const searchWidth: JsonSchema = {
  type: "integer",
  minimum: 1,
  maximum: 1_000_000,
  description:
    "How wide an approximate index searches: the lists visited of an IVF (nprobe), the candidates held of an HNSW (efSearch). Wider finds more and takes longer. A flat index has none. Default: what the index file says.",
  examples: [16, 64],
};

export function settings(description: string, properties: { readonly [setting: string]: JsonSchema }): JsonSchema {
  return { type: "object", description, additionalProperties: false, properties };
}
