import { readFileSync } from "node:fs";
import { joinServeSpec, SPEC_FILE_VARIABLE, SPEC_VARIABLE_PREFIX, type ServeSpec } from "../../../contract/serve-spec";
import { messageOf, StartError } from "../failure";

const SPEC_VERSION = 1;

/**
 * The spec that the plan wrote: in the model's environment, or in the file that
 * the environment names, where the environment is too small for it.
 *
 * @param environment usually `process.env`.
 * @param runtimes names of the runtimes that this image has.
 * @throws StartError `spec-invalid`, `spec-version-unknown` or `runtime-unknown`.
 */
export function readSpec(environment: { readonly [name: string]: string | undefined }, runtimes: readonly string[]): ServeSpec {
  const text = joinServeSpec(environment) ?? readFile(environment[SPEC_FILE_VARIABLE]);
  if (text === undefined) throw invalid(`${SPEC_VARIABLE_PREFIX}0 is not set`);

  const value = parse(text);
  if (!isObject(value)) throw invalid("the spec is not a JSON object");
  if (value.specVersion !== SPEC_VERSION) {
    throw new StartError("spec-version-unknown", `the spec is of version ${JSON.stringify(value.specVersion)}; this image reads version ${SPEC_VERSION}`);
  }
  for (const [path, wanted, holds] of shape) {
    if (!holds(at(value, path))) throw invalid(`${path} of the spec must be ${wanted}`);
  }
  const spec = value as unknown as ServeSpec;
  if (!runtimes.includes(spec.runtime)) {
    throw new StartError("runtime-unknown", `the spec names the runtime "${spec.runtime}"; this image has: ${runtimes.join(", ")}`);
  }
  return spec;
}

function readFile(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw invalid(`the file of ${SPEC_FILE_VARIABLE} cannot be read: ${messageOf(error)}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`the ${SPEC_VARIABLE_PREFIX}* variables do not add up to JSON (${text.length} characters)`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isPositive = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;

const shape: readonly (readonly [path: string, wanted: string, holds: (value: unknown) => boolean])[] = [
  ["model", "a name", isText],
  ["version", "a name", isText],
  ["runtime", "a name", isText],
  ["settings", "an object", isObject],
  ["artifact.uri", "a URI", isText],
  ["artifact.sha256", "a sha256", isText],
  ["request", "a JSON Schema", isObject],
  ["contractSha256", "a sha256", isText],
  ["limits.timeoutSeconds", "a number above 0", isPositive],
  ["limits.maxBodyBytes", "a number above 0", isPositive],
];

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), value);
}

const invalid = (message: string): StartError => new StartError("spec-invalid", message);
