import type { Json } from "../contract/json";
import { fallbackIssues } from "./fallback";
import type { Fault, Layers } from "./layers";
import { isObject } from "./merge-patch";
import { declaredModes, modes } from "./modes";
import type { ModeIssue } from "./modes/mode";
import { resolve, type ResolveContext } from "./resolve";
import { environmentRules } from "./rules";
import { modelRules } from "./rules/judgement";
import { memoryRules } from "./rules/memory";
import { applyRules } from "./rules/rule";
import type { ResolvedContract, ResolvedModel } from "./types";

/** A descriptor as one environment sees it. */
export interface Examined {
  readonly faults: readonly Fault[];
  /** The model, still without the environment's name; undefined where a fault is an error. */
  readonly model: ResolvedModel | undefined;
}

/** Everything wrong with a descriptor as one environment sees it: schema, rules, and each mode that can be judged. */
export function examine(layers: Layers, file: string, contract: ResolvedContract | undefined, schemaFaults: readonly Fault[]): Examined {
  const faults = [...schemaFaults, ...applyRules(environmentRules, layers.document)];
  const context: ResolveContext = { file, environment: "", contract: contract ?? NO_CONTRACT, locate: layers.locate };
  const isSound = !faults.some(isError);
  const model = isSound ? resolve(layers.document, context) : resolveSoundPart(layers.document, context, faults);
  const found = model === undefined ? [] : [...modeFaults(model), ...applyRules([...modelRules, ...memoryRules], model)];
  return { faults: [...faults, ...found], model: isSound && !found.some(isError) ? model : undefined };
}

/** A model is judged before its contract is known to be sound; no mode looks at it. */
const NO_CONTRACT: ResolvedContract = { file: "", sha256: "", request: {}, response: {}, examples: [] };

/** As much of a faulty descriptor as its modes can be asked about: traffic and versions, which must be sound, and sound settings of modes. */
function resolveSoundPart(document: { readonly [field: string]: Json }, context: ResolveContext, faults: readonly Fault[]): ResolvedModel | undefined {
  const isFaulty = (...keys: string[]): boolean => faults.some((fault) => isError(fault) && keys.every((key, index) => fault.path[index] === key));
  const { name, traffic, versions, serving } = document;
  const others = ["container", "fallback", "runtime"].filter((field) => document[field] !== undefined && !isFaulty(field));
  if (!isObject(serving) || !isObject(traffic) || !isObject(versions) || isFaulty("traffic") || isFaulty("versions")) return undefined;
  const sound = Object.entries(serving).filter(([mode]) => Object.hasOwn(modes, mode) && !isFaulty("serving", mode));
  return resolve({ ...Object.fromEntries(others.map((field) => [field, document[field]!])), name: typeof name === "string" ? name : "", description: "", owner: "", traffic, versions, serving: Object.fromEntries(sound) }, context);
}

/** What the modes' own checks say, and what is to be said of the fallback. */
function modeFaults(model: ResolvedModel): Fault[] {
  const ofModes = declaredModes.flatMap((mode) => {
    const serving = model.serving[mode.name];
    return serving === undefined ? [] : mode.check(model, serving).map((issue) => placed(issue, ["serving", mode.name]));
  });
  return [...ofModes, ...fallbackIssues(model).map((issue) => placed(issue, ["fallback", "beanstalk"]))];
}

function placed({ path, ...issue }: ModeIssue, below: readonly string[]): Fault {
  const keys = path.split(/[./]/).filter((key) => key !== "");
  return { ...issue, path: path.startsWith("/") ? keys : [...below, ...keys] };
}

export const isError = (fault: Fault): boolean => fault.severity !== "warning";
