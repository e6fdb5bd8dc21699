import type { Issue } from "../contract/issue";
import type { CheckedContract } from "./contracts";
import { Layers } from "./layers";
import { issueIn, printable } from "./issues";
import type { ParsedFile } from "./parse";
import { breakingChanges } from "./rules/contract-changes";
import { previousRules } from "./rules/previous";
import type { Fields } from "./rules/rule";
import type { ResolvedContract, ResolvedModel } from "./types";

/** A registry as it would become: its sound models, and the files that issues point into. */
export interface Candidate {
  readonly models: readonly ResolvedModel[];
  readonly descriptors: readonly (ParsedFile & { readonly data: Fields })[];
  readonly contracts: ReadonlyMap<string, CheckedContract>;
}

/** What a change does to models that are there already: each is compared with itself, environment by environment. */
export function compareRegistries(candidate: Candidate, previous: readonly ResolvedModel[]): Issue[] {
  const now = new Map(candidate.models.map((model) => [keyOf(model), model]));
  const names = new Set(candidate.descriptors.map(({ data }) => data.name));
  return previous.flatMap((before): Issue[] => {
    const model = now.get(keyOf(before));
    // A descriptor that is there and has an error is reported for that.
    if (model === undefined) return names.has(before.name) ? [] : [withdrawn(before)];
    return [...ofModel(model, before, candidate), ...ofContract(model.contract, before.contract, candidate)];
  });
}

function ofModel(model: ResolvedModel, before: ResolvedModel, { descriptors }: Candidate): Issue[] {
  const descriptor = descriptors.find(({ file }) => file === model.file);
  if (descriptor === undefined) return [];
  const layers = new Layers(descriptor, model.environment);
  return previousRules.flatMap(({ code, check }) => check(model, before).flatMap((finding) => layers.issue({ code, ...finding }) ?? []));
}

function ofContract(contract: ResolvedContract, before: ResolvedContract, { contracts }: Candidate): Issue[] {
  const positions = contracts.get(contract.file)?.parsed.positions;
  if (positions === undefined || contract.sha256 === before.sha256) return [];
  const findings = [...breakingChanges(before.request, contract.request, "request"), ...breakingChanges(before.response, contract.response, "response")];
  return findings.map((finding) => issueIn(contract.file, positions, { code: "contract-breaks-callers", ...finding }));
}

/** The file is gone, so the issue stands where it was. */
function withdrawn({ name, file, environment }: ResolvedModel): Issue {
  return {
    code: "model-withdrawn",
    severity: "warning",
    file,
    line: 1,
    column: 1,
    path: "",
    message: printable(`${name} is served in ${environment} today and has no descriptor any more: its endpoint would be deleted`),
    hint: "see that nobody calls it; a model that was renamed is a new model, with an endpoint of its own",
  };
}

const keyOf = ({ environment, name }: ResolvedModel): string => `${environment}/${name}`;
