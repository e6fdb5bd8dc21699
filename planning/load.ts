import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { Json } from "../contract/json";
import { CONTRACTS_FOLDER, MODELS_FOLDER } from "../contract/registry";
import { check } from "./check";
import { type CheckedContract, readContract } from "./contracts";
import { examine, isError } from "./examine";
import { quoted } from "./faults";
import { type Fault, Layers, overlayOf } from "./layers";
import { localArtifactFaults } from "./local-artifacts";
import { isObject } from "./merge-patch";
import { MAX_ISSUES_PER_FILE, parse, type ParsedFile } from "./parse";
import { compareRegistries } from "./compare";
import { descriptorRules, usualEnvironments } from "./rules";
import { PRODUCTION, productionRules } from "./rules/production";
import { applyRules } from "./rules/rule";
import { nearest } from "./suggest";
import type { RegistryFiles, ResolvedModel } from "./types";

export interface LoadedRegistry {
  /** By environment, then by name; only those without an error. */
  readonly models: ResolvedModel[];
  /** In reading order, each mistake once however many environments meet it. */
  readonly issues: Issue[];
}

type Fields = { readonly [key: string]: Json };
type Descriptor = ParsedFile & { readonly data: Fields };

/**
 * Reads, checks and resolves a whole registry. Never throws for what the files
 * hold: every problem of every file is an issue.
 *
 * @param options.environment only this environment is resolved. Without it: every environment that a descriptor
 *   names, and `dev` and `prod`.
 * @param options.previous the registry as it is deployed, or merged: what a change must not do to it is checked too.
 *   A model of it that is not sound is not compared.
 */
export function loadRegistry(files: RegistryFiles, options: { readonly environment?: string; readonly previous?: RegistryFiles } = {}): LoadedRegistry {
  const contracts = new Map(files.contracts.map((file) => [file.path, readContract(file)]));
  const parsed = files.descriptors.map(parse);
  const found = new IssueList();
  for (const { issues } of [...parsed, ...contracts.values()]) found.add(...issues);

  const descriptors = parsed.filter((file): file is Descriptor => file.data !== undefined);
  reportTakenNames(descriptors, found);
  const environments = options.environment === undefined ? environmentsOf(descriptors) : [options.environment];
  const models = descriptors.flatMap((descriptor) => loadDescriptor(descriptor, environments, contracts, files.artifacts, found));
  models.sort((a, b) => compare(a.environment, b.environment) || compare(a.name, b.name));
  if (options.previous !== undefined) {
    const previous = loadRegistry(options.previous, options.environment === undefined ? {} : { environment: options.environment });
    found.add(...compareRegistries({ models, descriptors, contracts }, previous.models));
  }
  return { models, issues: found.sorted() };
}

/** One descriptor in every environment. The base alone is checked too: it is what a stack without an overlay gets. */
function loadDescriptor(descriptor: Descriptor, environments: readonly string[], contracts: ReadonlyMap<string, CheckedContract>, artifacts: RegistryFiles["artifacts"], found: IssueList): ResolvedModel[] {
  const written = new Layers(descriptor);
  const known = new Set<string>();
  const report = (layers: Layers, faults: readonly Fault[]): void => {
    for (const fault of faults) {
      const issue = layers.issue(fault, layers !== written && !known.has(keyOf(fault)));
      if (issue !== undefined) found.add(issue);
      if (layers === written) known.add(keyOf(fault));
    }
  };
  const contract = contractOf(descriptor, contracts);

  const wholeFaults = [...check(descriptor.data), ...applyRules(descriptorRules, descriptor.data), ...contract.faults];
  report(written, wholeFaults);
  const isBroken = contract.checked?.contract === undefined || hasErrors(descriptor.issues) || wholeFaults.some(isError);

  const base = examine(written, descriptor.file, contract.checked?.contract, wholeFaults);
  report(written, base.faults);
  report(written, localArtifactFaults(written.document, artifacts));
  return environments.flatMap((environment) => {
    let examined = base;
    let layers = written;
    if (overlayOf(descriptor.data.environments, environment) !== undefined) {
      layers = new Layers(descriptor, environment);
      examined = examine(layers, descriptor.file, contract.checked?.contract, check(layers.document));
      report(layers, [...examined.faults, ...localArtifactFaults(layers.document, artifacts)]);
    }
    if (environment === PRODUCTION && examined.model !== undefined) report(layers, applyRules(productionRules, examined.model));
    return isBroken || examined.model === undefined ? [] : [{ ...examined.model, environment }];
  });
}

/** A thousand descriptors that name a thousand missing contracts are not compared all with all. */
const MOST_GUESSES = 200;

/** The contract that a descriptor names; a fault where there is none. A contract with issues of its own has reported them. */
function contractOf(descriptor: Descriptor, contracts: ReadonlyMap<string, CheckedContract>): { checked?: CheckedContract; faults: Fault[] } {
  const { contract } = descriptor.data;
  if (typeof contract !== "string") return { faults: [] };
  const folder = registryOf(descriptor.file);
  const checked = contracts.get(folder + contract);
  if (checked !== undefined || !contract.startsWith(`${CONTRACTS_FOLDER}/`)) return checked === undefined ? { faults: [] } : { checked, faults: [] };
  const beside = [...contracts.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)).slice(0, MOST_GUESSES);
  const guess = nearest(contract, beside);
  const hint = guess === undefined ? `write the file ${folder}${contract}` : `did you mean "${guess}"?`;
  return { faults: [{ code: "contract-missing", path: ["contract"], message: `there is no contract ${quoted(contract)}`, hint }] };
}

/** `registry/` for `registry/models/x.yaml`; the file's own folder for a descriptor outside a folder of that name. */
function registryOf(file: string): string {
  const folders = file.split("/").slice(0, -1);
  if (folders.at(-1) === MODELS_FOLDER) folders.pop();
  return folders.map((folder) => `${folder}/`).join("");
}

/** A name makes AWS names; two models of one name would fight over one endpoint. The first in reading order keeps it. */
function reportTakenNames(descriptors: readonly Descriptor[], found: IssueList): void {
  const first = new Map<string, string>();
  for (const descriptor of descriptors) {
    const { name } = descriptor.data;
    if (typeof name !== "string") continue;
    // AWS tells endpoint names apart by case in some places and not in others.
    const key = name.toLowerCase();
    const holder = first.get(key);
    if (holder === undefined) first.set(key, descriptor.file);
    else {
      const message = `the name "${name}" is taken by ${holder}: both would make the same AWS names`;
      const issue = new Layers(descriptor).issue({ code: "name-taken", path: ["name"], message, hint: "give one of the two another name" });
      if (issue !== undefined) found.add(issue);
    }
  }
}

function environmentsOf(descriptors: readonly Descriptor[]): string[] {
  const names = new Set(usualEnvironments);
  for (const { data } of descriptors) if (isObject(data.environments)) for (const name of Object.keys(data.environments)) names.add(name);
  return [...names].sort();
}

/** Issues without repetition: the base and each overlay meet the same mistake at the same place. */
class IssueList {
  private readonly issues = new Map<string, Issue>();

  add(...issues: readonly Issue[]): void {
    for (const issue of issues) {
      const key = JSON.stringify([issue.file, issue.code, issue.path, issue.message]);
      if (!this.issues.has(key)) this.issues.set(key, issue);
    }
  }

  /** In reading order, at most `MAX_ISSUES_PER_FILE` of a file. */
  sorted(): Issue[] {
    const perFile = new Map<string, number>();
    return sortIssues([...this.issues.values()]).filter(({ file }) => {
      const count = (perFile.get(file) ?? 0) + 1;
      perFile.set(file, count);
      return count <= MAX_ISSUES_PER_FILE;
    });
  }
}

const keyOf = ({ code, path, message }: Fault): string => JSON.stringify([code, path, message]);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
