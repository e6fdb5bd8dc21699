import Ajv, { type ErrorObject, type Options, type ValidateFunction } from "ajv";
import type { Json, JsonSchema } from "../../../contract/json";
import { RequestError, StartError, messageOf } from "../failure";

/** Collecting every fault of a body is only safe where a hostile one cannot hold many. */
const COLLECT_ALL_BELOW_BYTES = 64 * 1024;
const SHOWN = 5;

/** @throws RequestError `validation-failed`, with the pointer of the first failing field. */
export interface Validate {
  /** @param path where the request stands in the body. */
  (request: Json, bodyBytes: number, path?: string): void;
  /** Whether the contract has a field of this name. */
  knows(field: string): boolean;
  /** A field that came as text, in the type that the contract gives it; text that is none of that type stays text, and fails. */
  fromText(field: string, text: string): Json;
}

/**
 * Compiles a contract's request schema, once.
 *
 * @throws StartError `spec-invalid` where the schema itself does not compile.
 */
export function compileValidator(schema: JsonSchema): Validate {
  const passes = compile(schema, false);
  let collect: ValidateFunction | undefined;

  const validate = (request: Json, bodyBytes: number, path = ""): void => {
    if (passes(request)) return;
    let errors = passes.errors ?? [];
    if (bodyBytes < COLLECT_ALL_BELOW_BYTES) {
      collect ??= compile(schema, true);
      collect(request);
      errors = collect.errors ?? errors;
    }
    const faults = dedupe(errors.map(describe));
    const shown = faults.slice(0, SHOWN).map(({ pointer, text }) => `${path + pointer === "" ? "the request" : path + pointer} ${text}`);
    const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : "";
    throw new RequestError("validation-failed", `${shown.join("; ")}${more}`, path + (faults[0]?.pointer ?? ""));
  };
  const properties = (schema.properties ?? {}) as { readonly [field: string]: { readonly type?: Json } };
  const knows = (field: string): boolean => Object.hasOwn(properties, field);
  const fromText = (field: string, text: string): Json => {
    const type = knows(field) ? properties[field]!.type : undefined;
    if ((type === "integer" || type === "number") && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
    return type === "boolean" && (text === "true" || text === "false") ? text === "true" : text;
  };
  return Object.assign(validate, { knows, fromText });
}

function compile(schema: JsonSchema, allErrors: boolean): ValidateFunction {
  // Whether the schema is a good one was the registry's business; compiling the
  // meta-schema to ask again took most of a start. Numbers that JSON.parse made
  // infinite (1e999) are not numbers.
  const options: Options = { allErrors, strict: false, strictNumbers: true, logger: false, discriminator: true, meta: false, validateSchema: false };
  try {
    const ajv = new Ajv(options);
    if (JSON.stringify(schema).includes('"format"')) addFormats(ajv);
    return ajv.compile(schema as object);
  } catch (error) {
    throw new StartError("spec-invalid", `the contract's request schema does not compile: ${messageOf(error)}`);
  }
}

/** Loaded only for a contract that uses a format: it costs milliseconds of every start. */
function addFormats(ajv: Ajv): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a lazy load that must stay synchronous
  const plugin = require("ajv-formats") as { default: (ajv: Ajv) => void };
  plugin.default(ajv);
}

interface Fault {
  readonly pointer: string;
  readonly text: string;
}

const escapePointer = (key: string): string => key.replace(/~/g, "~0").replace(/\//g, "~1");

/** A fault in the words of the field's owner: what is allowed, not which keyword said so. */
function describe(error: ErrorObject): Fault {
  const pointer = error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "required":
      return { pointer: `${pointer}/${escapePointer(String(params.missingProperty))}`, text: "is required" };
    case "additionalProperties":
      return { pointer: `${pointer}/${escapePointer(String(params.additionalProperty))}`, text: "is not a field of this contract" };
    case "enum":
      return { pointer, text: `must be one of ${(params.allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(", ")}` };
    case "const":
      return { pointer, text: `must be ${JSON.stringify(params.allowedValue)}` };
    case "type":
      return { pointer, text: `must be ${[params.type].flat().join(" or ")}` };
    default:
      return { pointer, text: error.message ?? `does not satisfy ${error.keyword}` };
  }
}

function dedupe(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ pointer, text }) => {
    const key = `${pointer}\n${text}`;
    return !seen.has(key) && seen.add(key);
  });
}
