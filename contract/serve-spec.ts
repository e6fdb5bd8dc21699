import type { Json, JsonSchema } from "./json";
import type { RuntimeName } from "./runtimes";

/**
 * All that one container must know: it never sees YAML or environment names.
 *
 * It travels in the model's environment as JSON with sorted keys, cut into
 * `SLIPWAY_SPEC_0`, `SLIPWAY_SPEC_1`, … because SageMaker takes at most 1024
 * bytes a value, 100 entries and 32 KB in all
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html).
 */
export interface ServeSpec {
  /** A container refuses a version that it does not know, so image and plan may roll separately. */
  readonly specVersion: 1;
  readonly model: string;
  /** `EVERY_VERSION` where one container serves several. */
  readonly version: string;
  readonly runtime: RuntimeName;
  /** The runtime's settings, every default filled in. */
  readonly settings: { readonly [name: string]: Json };
  /** Where the artifact came from; the container reports it and never fetches it on SageMaker. `EVERY_VERSION` twice where it serves several. */
  readonly artifact: { readonly uri: string; readonly sha256: string };
  /** The contract's request schema: what `/invocations` accepts as JSON. */
  readonly request: JsonSchema;
  /** sha256 of the whole contract, so that a client can tell that it was generated from another one. */
  readonly contractSha256: string;
  readonly limits: {
    /** A request that takes longer is answered 504. Seconds. */
    readonly timeoutSeconds: number;
    /** A larger body is answered 413. Bytes. */
    readonly maxBodyBytes: number;
  };
}

/** In place of a version, and of where its artifact is: each artifact that a multi-model container loads brings its own. */
export const EVERY_VERSION = "*";

export const SPEC_VARIABLE_PREFIX = "SLIPWAY_SPEC_";
/** Path of a file that holds the spec as one JSON text: for platforms whose whole environment is smaller than a spec may be. */
export const SPEC_FILE_VARIABLE = "SLIPWAY_SPEC_FILE";
/** Bytes; the source is above. */
export const SPEC_CHUNK_BYTES = 1024;
/** Bytes over all containers of a model; the source is above. */
export const SPEC_TOTAL_BYTES = 32 * 1024;

/** The spec as one text: equal specs give equal bytes. Pure ASCII, so a character is a byte. */
export const specText = (spec: ServeSpec): string => toAscii(stableStringify(spec as unknown as Json));

/** The environment that carries a spec. Pure ASCII (`\u` escapes), so a character is a byte. */
export function encodeServeSpec(spec: ServeSpec): Record<string, string> {
  const text = specText(spec);
  const environment: Record<string, string> = {};
  for (let start = 0, part = 0; start < text.length; start += SPEC_CHUNK_BYTES, part += 1) {
    environment[`${SPEC_VARIABLE_PREFIX}${part}`] = text.slice(start, start + SPEC_CHUNK_BYTES);
  }
  return environment;
}

/**
 * The text of the spec in an environment, or undefined where there is none.
 * Whether it parses, and whether its version is known, is for the caller to say.
 */
export function joinServeSpec(environment: { readonly [name: string]: string | undefined }): string | undefined {
  const parts: string[] = [];
  for (let part = 0; ; part += 1) {
    const value = environment[`${SPEC_VARIABLE_PREFIX}${part}`];
    if (value === undefined) break;
    parts.push(value);
  }
  return parts.length === 0 ? undefined : parts.join("");
}

/** JSON with keys in code-unit order at every level: equal values give equal text. */
export function stableStringify(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stableStringify).join(",")}]`;
  const object = value as { readonly [key: string]: Json };
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stableStringify(object[key]!)}`);
  return `{${members.join(",")}}`;
}

function toAscii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
