import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Issue } from "../../../contract/issue";
import { hasErrors } from "../../../contract/issue";
import type { Json } from "../../../contract/json";
import type * as planning from "../../../planning";
import { alarmNames } from "../../../planning/alarm-defaults";
import { isObject, mergePatch } from "../../../planning/merge-patch";
import type { RegistryArtifact, RegistryFile, RegistryFiles, StackFacts } from "../../../planning/types";
import { facts } from "./resolved";

type Fields = { readonly [key: string]: Json };
type Side = "accepted" | "rejected";

/**
 * One rule's pair of fixtures (`tests/descriptors/rules/cases`): merge patches
 * (RFC 7386) of a base, one that the rule lets pass and one that it reports.
 */
export interface RuleCase {
  readonly code: string;
  /** Which of `bases.yaml`; the first where none is named. */
  readonly base?: string;
  /** What the patches change: the descriptor, or the contract. */
  readonly of?: "contract";
  /** Path of the issue. */
  readonly at: string;
  /** A patch; the whole text of a file; `$appended`, `$refused`, `$nested`, `$padded`, `$versions` and `$every` where writing it out would be long. */
  readonly accepted?: Json;
  readonly rejected: Json;
  /** Other rules that the rejected one offends too, unavoidably. */
  readonly also?: readonly string[];
  /** What is said of either and is beside the point. */
  readonly aside?: readonly string[];
  /** Facts of the stack that differ, for both or for each side. */
  readonly stack?: Fields & { readonly [Each in Side]?: Fields };
  /** What `config` of the stack file holds beside its region: its facts then come from there. */
  readonly stackFile?: { readonly [Each in Side]?: Fields };
  /** The stack that is asked for, where `dev` and `prod` have a file. */
  readonly stackNamed?: { readonly [Each in Side]: string };
  /** Patch of the base that was there before; nothing was where it is absent. */
  readonly previous?: Json;
  /** Patch of the base that stands beside it in the registry. */
  readonly beside?: Json;
  /** What was found of artifacts in the repository. */
  readonly artifacts?: readonly RegistryArtifact[];
  /** How many models of other names are like it. */
  readonly copies?: number;
}

/** What the harness asks of planning: a changed planning can be handed in. */
export type Planning = Pick<typeof planning, "loadRegistry" | "parseStackFile" | "planStack" | "unknownStack">;

const folder = join(__dirname, "..", "..", "descriptors", "rules");
const read = (path: string): { readonly [key: string]: Fields } => parse(readFileSync(join(folder, path), "utf8")) as { [key: string]: Fields };

const bases = read("bases.yaml");
const contract = read("contract.yaml") as Fields;

export const ruleCases: readonly RuleCase[] = readdirSync(join(folder, "cases"))
  .sort()
  .flatMap((file) => Object.entries(read(join("cases", file))).map(([code, each]) => ({ ...(each as unknown as Omit<RuleCase, "code">), code })));

/** Everything that is said of one side of a pair: by the registry, then, if nothing stands against it, by the plan of `prod`. */
export function judge(each: RuleCase, side: Side, { loadRegistry, parseStackFile, planStack, unknownStack }: Planning): { readonly validated: readonly Issue[]; readonly planned: readonly Issue[] } {
  const unknown = each.stackNamed === undefined ? undefined : unknownStack(each.stackNamed[side], ["dev", "prod"]);
  if (unknown !== undefined) return { validated: [], planned: [unknown] };
  const files = registryOf(each, each[side] ?? {});
  const previous = each.previous === undefined ? undefined : registryOf(each, each.of === "contract" ? {} : each.previous);
  const written = each.stackFile?.[side];
  const stack = written === undefined ? { settings: {}, issues: [] } : parseStackFile(stackFile(written));
  const { models, issues: ofRegistry } = loadRegistry(files, previous === undefined ? {} : { previous });
  const issues = [...stack.issues, ...ofRegistry];
  if (hasErrors(issues)) return { validated: issues, planned: [] };
  return { validated: issues, planned: planStack(models.filter(({ environment }) => environment === "prod"), { ...factsOf(each, side), ...stack.settings }).issues };
}

function registryOf({ base, of, beside, artifacts, copies = 1 }: RuleCase, patch: Json): RegistryFiles {
  const written = typeof patch === "string" ? {} : patch;
  const start = base === undefined ? bases.serverless! : (mergePatch(bases.serverless, bases[base]!) as Fields);
  const changed = (change: Json): Fields => expanded(mergePatch(start, change)) as Fields;
  const isWhole = typeof patch === "string" || (isObject(patch) && (patch.$appended !== undefined || patch.$refused !== undefined || patch.$nested !== undefined));
  const descriptor = isWhole ? whole(patch, start) : contentOf(changed(of === "contract" ? {} : written));
  const copied = Array.from({ length: copies - 1 }, (_, index): RegistryFile => file(`models/copy-${index}.yaml`, contentOf({ ...changed(written), name: `copy-${index}` })));
  return {
    descriptors: [...(beside === undefined ? [] : [file("models/a-base.yaml", contentOf(changed(beside)))]), file("models/base.yaml", descriptor), ...copied],
    contracts: [file("contracts/base.yaml", contentOf(expanded(of === "contract" ? mergePatch(contract, written) : contract)))],
    ...(artifacts === undefined ? {} : { artifacts }),
  };
}

const stackFile = (config: Fields): RegistryFile => ({ path: "Pulumi.prod.yaml", content: contentOf({ config: { "aws:region": facts.region, "slipway:alarmEmails": ["oncall@example.com"], "slipway:monthlyBudget": 1_000_000, ...config } }) });

const file = (path: string, content: RegistryFile["content"]): RegistryFile => ({ path: `registry/${path}`, content });
const contentOf = (value: Json): Uint8Array => Buffer.from(JSON.stringify(value, null, 2));

/** A file that is not a patch of anything. */
function whole(patch: Json, start: Fields): RegistryFile["content"] {
  if (typeof patch === "string") return Buffer.from(patch);
  const { $appended, $refused, $nested } = patch as { readonly $appended?: string; readonly $refused?: string; readonly $nested?: number };
  if ($appended !== undefined) return Buffer.from(`${stringify(start)}${$appended}\n`);
  return $refused === undefined ? Buffer.from(`name: ${"[".repeat($nested!)}${"]".repeat($nested!)}`) : { refused: $refused };
}

/** `$padded: [start, filling, length, end]`, `$versions: count` and, for all alarms, `$every: value`. */
function expanded(value: Json): Json {
  if (Array.isArray(value)) return value.map(expanded);
  if (!isObject(value)) return value;
  if (Array.isArray(value.$padded)) {
    const [start, filling, length, end] = value.$padded as [string, string, number, string];
    return start + filling.repeat(length) + end;
  }
  if (typeof value.$versions === "number") return Object.fromEntries(Array.from({ length: value.$versions }, (_, index) => [`version-${index}`, manyth(index)]));
  if (value.$every !== undefined) return Object.fromEntries(alarmNames.map((name) => [name, value.$every!]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expanded(inner)]));
}

/** One of many versions; its sha256 is one that nothing is likely to have. */
const manyth = (index: number): Json => ({ artifact: `s3://example-models/${index}/model.tar.gz`, sha256: `${index}`.padStart(64, "e1f2a3b4") });

function factsOf({ stack = {} }: RuleCase, side: Side): StackFacts {
  const { accepted, rejected, ...both } = stack;
  const own = { ...facts, stack: "prod", monthlyBudget: 1_000_000 } as unknown as Json;
  return mergePatch(own, { ...both, ...(side === "accepted" ? accepted : rejected) }) as unknown as StackFacts;
}
