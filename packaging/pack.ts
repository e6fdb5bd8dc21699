import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../contract/artifact";
import type { Json } from "../contract/json";
import type { RuntimeName } from "../contract/runtimes";
import { writeArchive, type WrittenArchive } from "./archive";
import { assemble, type Assembled } from "./assemble";
import { type Finding, refuseIfAny } from "./finding";
import { isObject, readJson } from "./json-file";
import type { WantedPrecision } from "./networks";
import { isRole, type Role } from "./roles";
import { listSources, type SourceFile } from "./source";
import { withArtifact, type SoundArtifact } from "./verify";

/** What a person asked to be packed. Paths are as they were given. */
export interface PackRequest {
  readonly sources: readonly string[];
  readonly roles: { readonly [role in Role]?: string };
  readonly include: readonly string[];
  readonly model: string;
  readonly version: string;
  readonly runtime: RuntimeName;
  readonly precision?: WantedPrecision;
  readonly about: { readonly [key: string]: Json };
  readonly out: string;
}

export interface Packed extends WrittenArchive {
  readonly files: Assembled["files"];
  readonly remarks: readonly string[];
}

/**
 * Packs an artifact, unpacks it again and holds it against its manifest as the container does.
 *
 * @param tryOut looks at the unpacked artifact before the archive gets its name; its findings keep it from getting one.
 * @throws PackagingProblem with everything that stands against it; nothing is left behind then.
 */
export async function pack(request: PackRequest, tryOut: (artifact: SoundArtifact) => Promise<readonly Finding[]>): Promise<Packed> {
  const listed = listSources(request.sources);
  const included = includedFiles(request.include);
  const named = namedFiles(request.roles);
  refuseIfAny([...listed.findings, ...included.findings, ...named.findings]);
  const before = unpackedArtifact(request.sources, listed.files);
  const { model, version, runtime, precision } = request;
  const assembled = await assemble({
    model,
    version,
    runtime,
    files: listed.files,
    named: { ...before.named, ...named.files },
    included: [...before.included, ...included.files],
    about: { madeBy: "slipway package", ...before.about, ...request.about },
    ...(precision === undefined ? {} : { precision }),
  });
  const written = await writeArchive(request.out, assembled.entries, (archive) => withArtifact(archive, async (artifact) => refuseIfAny(await tryOut(artifact))));
  return { ...written, files: assembled.files, remarks: assembled.remarks };
}

/** Files that go in as they are: a file by its name, a folder with what is in it. */
function includedFiles(paths: readonly string[]): { readonly files: readonly SourceFile[]; readonly findings: readonly Finding[] } {
  const all = paths.map((path) => {
    const { files, findings } = listSources([path]);
    const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return { findings, files: isFolder ? files.map((file) => ({ ...file, path: `${basename(path)}/${file.path}` })) : files };
  });
  return { files: all.flatMap(({ files }) => files), findings: all.flatMap(({ findings }) => findings) };
}

function namedFiles(roles: PackRequest["roles"]): { readonly files: { readonly [role in Role]?: SourceFile }; readonly findings: readonly Finding[] } {
  const found = Object.entries(roles).map(([role, path]) => ({ role, path, ...listSources([path]) }));
  const folders = found.filter(({ path, findings }) => findings.length === 0 && lstatSync(path).isDirectory());
  return {
    files: Object.fromEntries(found.map(({ role, files }) => [role, files[0]])),
    findings: [...found.flatMap(({ findings }) => findings), ...folders.map(({ role, path }): Finding => ({ code: "package-source-missing", subject: path, message: `is a folder; the role ${role} is played by one file` }))],
  };
}

/** What a source that was packed before, and unpacked, says of itself: roles, other files and facts are taken over. */
function unpackedArtifact(sources: readonly string[], files: readonly SourceFile[]): { readonly named: { readonly [role in Role]?: SourceFile }; readonly included: readonly SourceFile[]; readonly about: { readonly [key: string]: Json } } {
  const manifests = files.filter(({ path }) => path === ARTIFACT_MANIFEST);
  const source = sources.find((path) => manifests.some(({ name }) => name === join(path, ARTIFACT_MANIFEST)));
  const json = source === undefined || manifests.length > 1 ? undefined : readJson(manifests[0]!);
  if (json === undefined || !("value" in json) || !isObject(json.value)) return { named: {}, included: [], about: {} };
  const { files: listed, roles, about } = json.value as Partial<ArtifactManifest>;
  const fileAt = (path: string): SourceFile | undefined => files.find(({ name }) => name === join(source!, path));
  const named: { [role in Role]?: SourceFile } = {};
  for (const [role, path] of Object.entries(roles ?? {})) {
    const file = typeof path === "string" && isRole(role) ? fileAt(path) : undefined;
    if (file !== undefined) named[role as Role] = file;
  }
  const taken = new Set(Object.values(named).map(({ name }) => name));
  const others = Object.keys(listed ?? {}).flatMap((path) => fileAt(path) ?? []).filter(({ name }) => !taken.has(name));
  return { named, included: others, about: isObject(about) ? (about) : {} };
}
