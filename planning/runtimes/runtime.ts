import { batchingDefaults } from "../../contract/batching";
import type { Json, JsonSchema } from "../../contract/json";
import type { RuntimeName } from "../../contract/runtimes";

/** What planning knows of a runtime: the settings that a descriptor may give it. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Whether its networks are worth a GPU: then one is used where the instance has one. */
  readonly gpu: boolean;
  /** One sentence for the docs and the schema. */
  readonly summary: string;
  /** Whether it may be asked to fetch a photo from S3. One that may not gets no network at all. */
  readonly reachesS3: boolean;
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

/** Requests that wait are computed together; docs/decisions/batching.md says what that gains. */
export const batching: JsonSchema = {
  type: "object",
  additionalProperties: false,
  description: "How requests that wait for the model are computed together.",
  properties: {
    maxSize: {
      type: "integer",
      minimum: 1,
      maximum: 64,
      description:
        "Most requests that are computed together; a runtime takes fewer where more gain nothing (8 images, 32 texts). 1 computes each alone: with a network quantised to int8 by dynamic scales the same request then always gives the same answer, whatever waits beside it.",
      examples: [1, 8],
    },
    maxWait: {
      type: "string",
      "x-quantity": { kind: "duration", unit: "milliseconds", minimum: 0, maximum: 1000 },
      "x-field": "maxWaitMs",
      description: "How long a request may wait for company while the model is idle. At 0s whatever waits already is taken and nobody is kept waiting.",
      examples: ["0s", "5ms"],
    },
  },
};

export const batchingDefault: Json = { maxSize: batchingDefaults.maxSize, maxWaitMs: batchingDefaults.maxWaitMs };

export function settings(description: string, properties: { readonly [setting: string]: JsonSchema }): JsonSchema {
  return { type: "object", description, additionalProperties: false, properties };
}
