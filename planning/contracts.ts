import { createHash } from "node:crypto";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { Json, JsonSchema } from "../contract/json";
import { stableStringify } from "../contract/serve-spec";
import { quoted, schemaFaults } from "./faults";
import type { Fault } from "./layers";
import { issueIn } from "./issues";
import { MAX_ISSUES_PER_FILE, parse, type ParsedFile } from "./parse";
import type { Path } from "./positions";
import { contractSchema } from "./contract-schema";
import { contractRules } from "./rules/contract";
import { applyRules } from "./rules/rule";
import type { ContractExample, RegistryFile, ResolvedContract } from "./types";

/** Keywords of the draft that a contract is read with: https://json-schema.org/draft-07/schema */
const DRAFT = "http://json-schema.org/draft-07/schema";

/** A contract file, read and checked: its schemas compile, and its examples satisfy them. */
export interface CheckedContract {
  /** Undefined where an issue forbids its use. */
  readonly contract: ResolvedContract | undefined;
  /** The way back from the data to the file. */
  readonly parsed: ParsedFile;
  readonly issues: readonly Issue[];
}

/** Compilers, made when first needed and kept: making one takes longer than reading a contract. */
interface Compilers {
  readonly ajv: Ajv;
  /** Whether a file has the shape of a contract. */
  readonly shape: ValidateFunction;
}

let made: Compilers | undefined;

function compilers(): Compilers {
  if (made !== undefined) return made;
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, strictTuples: false, allErrors: true, verbose: true });
  addFormats(ajv);
  made = { ajv, shape: new Ajv({ allErrors: true, verbose: true }).compile(contractSchema) };
  return made;
}

/** Reads and checks a contract file. Never throws for what it holds. */
export function readContract(source: RegistryFile): CheckedContract {
  const parsed = parse(source);
  if (parsed.data === undefined) return { contract: undefined, parsed, issues: parsed.issues };
  const faults = contractFaults(parsed.data);
  const issues = sortIssues([...parsed.issues, ...faults.map((fault) => issueIn(source.path, parsed.positions, fault))]).slice(0, MAX_ISSUES_PER_FILE);
  if (hasErrors(issues)) return { contract: undefined, parsed, issues };
  const { request, response, examples } = parsed.data as unknown as Pick<ResolvedContract, "request" | "response" | "examples">;
  return { contract: { file: source.path, sha256: sha256(parsed.data), request, response, examples }, parsed, issues };
}

function contractFaults(data: { readonly [key: string]: Json }): Fault[] {
  const { shape } = compilers();
  if (!shape(data)) return schemaFaults(shape.errors ?? []);
  const request = compile(data.request as JsonSchema, ["request"]);
  const response = compile(data.response as JsonSchema, ["response"]);
  const written = data.examples as unknown as ContractExample[];
  const examples = written.flatMap((example, index) => [
    ...exampleFaults(request, example.request, ["examples", String(index), "request"], () => true),
    // Golden answers leave out what changes from call to call.
    ...exampleFaults(response, example.response, ["examples", String(index), "response"], (error) => error.keyword !== "required"),
  ]);
  return [...faultsIn(request), ...faultsIn(response), ...repeatedNames(written), ...examples, ...applyRules(contractRules, data)];
}

/** A schema as a function, or why it is none. */
function compile(schema: JsonSchema, path: Path): ValidateFunction | Fault[] {
  const { ajv } = compilers();
  if (schema.$schema !== undefined && schema.$schema !== DRAFT && schema.$schema !== `${DRAFT}#`) {
    return [schemaFault([...path, "$schema"], `$schema is ${quoted(schema.$schema)}; contracts are JSON Schema draft-07`, "remove the line")];
  }
  try {
    if (ajv.validateSchema(schema) !== true) {
      // The meta-schema's alternatives raise one error each; the deepest place is the mistake.
      const errors = [...(ajv.errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
      return schemaFaults(errors.slice(0, 1)).map((fault) => ({ ...fault, code: "contract-schema", path: [...path, ...fault.path] }));
    }
    return ajv.compile(schema);
  } catch (error) {
    const { message } = error as Error;
    return [{ ...schemaFault(path, `the schema does not compile: ${message}`, "see https://json-schema.org/draft-07/json-schema-validation"), ...placeOf(message, schema, path) }];
  } finally {
    // Else it would be kept for ever, and its $id taken.
    ajv.removeSchema(schema);
  }
}

const faultsIn = (compiled: ValidateFunction | Fault[]): Fault[] => (Array.isArray(compiled) ? compiled : []);

function exampleFaults(validate: ValidateFunction | Fault[], value: Json, path: Path, counts: (error: ErrorObject) => boolean): Fault[] {
  if (Array.isArray(validate)) return [];
  try {
    validate(value);
  } catch (error) {
    // A schema may refer to itself without end.
    return [schemaFault(path, `the schema cannot be applied: ${(error as Error).message}`, "look for a $ref that leads back to itself")];
  }
  const errors = (validate.errors ?? []).filter(counts);
  return schemaFaults(errors).map((fault) => ({ ...fault, code: "contract-example", path: [...path, ...fault.path] }));
}

function repeatedNames(examples: readonly ContractExample[]): Fault[] {
  const names = new Set<string>();
  return examples.flatMap(({ name }, index) => {
    const isNew = !names.has(name);
    names.add(name);
    if (isNew) return [];
    return [{ code: "contract-example", path: ["examples", String(index), "name"], message: `two examples are named ${quoted(name)}`, hint: "rename one" }];
  });
}

const schemaFault = (path: Path, message: string, hint: string, at: "key" | "value" = "value"): Fault => ({ code: "contract-schema", path, at, message, hint });

/** Where in a schema a compiler's message belongs: it names a keyword or quotes a pattern, and says no path. */
function placeOf(message: string, schema: JsonSchema, path: Path): Pick<Fault, "path" | "at"> | undefined {
  const keyword = /unknown keyword: "([^"]*)"/.exec(message)?.[1];
  const pattern = /Invalid regular expression: \/([^]*)\/[a-z]*: /.exec(message)?.[1];
  if (keyword === undefined && pattern === undefined) return undefined;
  const place = findPath(schema, (key, value) => key === keyword || (key === "pattern" && value === pattern));
  return place === undefined ? undefined : { path: [...path, ...place], at: keyword === undefined ? "value" : "key" };
}

/** The first entry, depth first, that is the one looked for. */
function findPath(value: Json, isIt: (key: string, value: Json) => boolean): Path | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (isIt(key, inner)) return [key];
    const deeper = findPath(inner, isIt);
    if (deeper !== undefined) return [key, ...deeper];
  }
  return undefined;
}

const sha256 = (data: Json): string => createHash("sha256").update(stableStringify(data)).digest("hex");
