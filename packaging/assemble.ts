import { basename } from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../contract/artifact";
import type { Json } from "../contract/json";
import type { RuntimeName } from "../contract/runtimes";
import type { ArchiveEntry } from "./archive";
import { catalogueMismatches, chooseIndex, chooseMetadata, takeIndex, takeMetadata, type ChosenIndex, type ChosenMetadata } from "./catalogue";
import { fromBytes, fromFile, sha256Of, sizeOf } from "./content";
import { chooseDocument, takeDocument, type ChosenDocument } from "./documents";
import { type Finding, refuseIfAny } from "./finding";
import { chooseNetwork, readNetwork, readNetworks, takeNetwork, type ChosenNetwork, type NetworkFile, type WantedPrecision } from "./networks";
import { documentRoles, networkRoles, rolesOf, targetOf, type Chosen, type DocumentRole, type NetworkRole, type Role } from "./roles";
import type { SourceFile } from "./source";
import { suspicion } from "./suspects";

/** What an artifact is to be made of. */
export interface Assembly {
  readonly runtime: RuntimeName;
  readonly model: string;
  readonly version: string;
  /** Where the files of the roles are looked for. */
  readonly files: readonly SourceFile[];
  /** Files that were named for a role, whatever they are called. */
  readonly named: { readonly [role in Role]?: SourceFile };
  /** Files that go in beside those of the roles, under their own paths. */
  readonly included: readonly SourceFile[];
  readonly precision?: WantedPrecision;
  /** Free facts for the manifest. */
  readonly about: { readonly [key: string]: Json };
}

export interface AssembledFile {
  readonly path: string;
  readonly bytes: number;
  readonly role?: Role;
  readonly from: string;
  readonly note: string;
}

export interface Assembled {
  readonly entries: readonly ArchiveEntry[];
  readonly files: readonly AssembledFile[];
  /** What a person should look at; nothing is wrong. */
  readonly remarks: readonly string[];
}

type Found = ChosenNetwork | ChosenDocument | ChosenIndex | ChosenMetadata;

/**
 * Decides which file plays which role, holds each against what the runtime reads and all of them
 * against one another, and writes the manifest.
 *
 * @throws PackagingProblem with everything that stands against it.
 */
export async function assemble(assembly: Assembly): Promise<Assembled> {
  const { runtime, included } = assembly;
  const { needed, optional } = rolesOf[runtime];
  const networks = readNetworks(assembly.files);
  const chosen = new Map<Role, Found>();
  const findings: Finding[] = [];
  for (const role of [...needed, ...optional]) {
    const found = choose(role, assembly, networks, optional.includes(role));
    if (found === undefined) continue;
    if ("role" in found) chosen.set(role, found);
    else findings.push(...found);
  }
  findings.push(...included.flatMap((file) => suspicion(file) ?? []));
  findings.push(...takenTwice([...chosen.keys()], included));
  if (findings.length === 0) findings.push(...mismatches(chosen));
  refuseIfAny(distinct(findings));

  const parts: { path: string; from: string; note: string; role?: Role; content: Chosen["content"] }[] = [
    ...[...chosen.values()].map(({ role, content, from, note }) => ({ path: targetOf[role], from, note, role, content })),
    ...included.map((file) => ({ path: file.path, from: file.name, note: "included", content: fromFile(file.absolute, file.bytes) })),
  ];
  const entries: ArchiveEntry[] = [];
  for (const { path, content } of parts) entries.push({ path, content, sha256: await sha256Of(content) });
  const manifest = fromBytes(manifestBytes(assembly, entries, [...chosen.keys()]));
  entries.push({ path: ARTIFACT_MANIFEST, content: manifest, sha256: await sha256Of(manifest) });
  return {
    entries,
    files: parts.map(({ path, from, note, role, content }) => ({ path, bytes: sizeOf(content), from, note, ...(role === undefined ? {} : { role }) })).sort((a, b) => Number(a.role === undefined) - Number(b.role === undefined) || (a.path < b.path ? -1 : 1)),
    remarks: [...chosen.values()].flatMap((found) => ("remarks" in found ? found.remarks : [])),
  };
}

const isNetworkRole = (role: Role): role is NetworkRole => (networkRoles as readonly Role[]).includes(role);
const isDocumentRole = (role: Role): role is DocumentRole => (documentRoles as readonly Role[]).includes(role);

function choose(role: Role, { runtime, files, named, precision }: Assembly, networks: readonly NetworkFile[], isOptional: boolean): Found | readonly Finding[] | undefined {
  const file = named[role];
  if (isNetworkRole(role)) return file === undefined ? chooseNetwork(role, networks, precision, files) : takeNetwork(role, readNetwork(file));
  if (isDocumentRole(role)) return file === undefined ? chooseDocument(role, files, isOptional) : takeDocument(role, file);
  if (role === "index") return file === undefined ? chooseIndex(files) : takeIndex(file);
  return file === undefined ? chooseMetadata(files, runtime) : takeMetadata(file, runtime);
}

/** What stands against files that are each sound being of one model. */
function mismatches(chosen: ReadonlyMap<Role, Found>): Finding[] {
  const index = chosen.get("index") as ChosenIndex | undefined;
  const metadata = chosen.get("metadata") as ChosenMetadata | undefined;
  const image = chosen.get("imageTower") as ChosenNetwork | undefined;
  const text = chosen.get("textTower") as ChosenNetwork | undefined;
  const preprocessor = chosen.get("preprocessor") as ChosenDocument | undefined;
  const found: Finding[] = index === undefined || metadata === undefined ? [] : catalogueMismatches(index, metadata);
  const mismatch = (subject: string, message: string, hint: string): void => void found.push({ code: "package-mismatch", subject, message, hint });

  const [seen, read] = [numbersOf(image, "image_embeds"), numbersOf(text, "text_embeds")];
  if (image && text && seen !== undefined && read !== undefined && seen !== read) mismatch(`${image.from} and ${text.from}`, `give ${seen} and ${read} numbers: they are not the towers of one model`, "Export both from one model.");
  if (image && index && seen !== undefined && seen !== index.header.dimension) mismatch(`${image.from} and ${index.from}`, `the tower gives ${seen} numbers and the rows of the index have ${index.header.dimension}`, "Build the index with the tower that is packed: vectors of another model mean nothing to it.");
  const side = image?.header.inputs[0]?.shape?.[2];
  const { sizePx } = (preprocessor?.value ?? {}) as { readonly sizePx?: number };
  if (image && preprocessor && typeof side === "number" && sizePx !== undefined && side !== sizePx) mismatch(`${image.from} and ${preprocessor.from}`, `the tower takes ${side} × ${side} pixels, and images are prepared as ${sizePx} × ${sizePx}`, "Take both from one export.");
  return found;
}

function numbersOf(tower: ChosenNetwork | undefined, output: string): number | undefined {
  const last = tower?.header.outputs.find(({ name }) => name === output)?.shape?.at(-1);
  return typeof last === "number" ? last : undefined;
}

function takenTwice(roles: readonly Role[], included: readonly SourceFile[]): Finding[] {
  const taken = new Set<string>([ARTIFACT_MANIFEST, ...roles.map((role) => targetOf[role])].map((path) => path.toLowerCase()));
  return included.flatMap(({ name, path }): Finding[] => {
    const key = path.toLowerCase();
    const isTaken = taken.has(key);
    taken.add(key);
    return isTaken ? [{ code: "package-path", subject: name, message: `would stand in the artifact as ${path}, which another file is called already`, hint: `Give ${basename(path)} another name.` }] : [];
  });
}

/** Several roles may meet the same fault of the same file. */
const distinct = (findings: readonly Finding[]): Finding[] => [...new Map(findings.map((finding) => [`${finding.subject}\n${finding.message}`, finding])).values()];

function manifestBytes({ runtime, model, version, about }: Assembly, entries: readonly ArchiveEntry[], roles: readonly Role[]): Uint8Array {
  const byPath = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: ArtifactManifest = {
    manifestVersion: 1,
    runtime,
    model,
    version,
    files: Object.fromEntries(byPath.map(({ path, content, sha256 }) => [path, { bytes: sizeOf(content), sha256 }])),
    roles: Object.fromEntries([...roles].sort().map((role) => [role, targetOf[role]])),
    about,
  };
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
}
