import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Json } from "../../contract/json";
import { runtimeNames, type RuntimeName } from "../../contract/runtimes";
import { type Finding, PackagingProblem, refuseIfAny } from "../../packaging/finding";
import type { WantedPrecision } from "../../packaging/networks";
import { pack } from "../../packaging/pack";
import { isRole, targetOf } from "../../packaging/roles";
import { buildContainer, tryOut, type Trial } from "../../packaging/trial";
import { withArtifact, type SoundArtifact } from "../../packaging/verify";
import { addressBeside, editVersion, versionIn } from "../../registry/edit-version";
import { registryModel, trialSpec, type RegistryModel } from "../registry-model";
import { colorsFor } from "../render/colors";
import { findingsAsText } from "../render/findings";
import { archiveAsText, versionAsYaml, type ArchiveReport } from "../render/packed";
import { writeWhole } from "../write-whole";

interface PackageOptions {
  readonly model?: string;
  readonly version?: string;
  readonly runtime?: RuntimeName;
  readonly precision?: WantedPrecision;
  readonly role: { readonly [role: string]: string };
  readonly include: readonly string[];
  readonly about?: string;
  readonly out: string;
  readonly uri?: string;
  readonly write: boolean;
  readonly load: boolean;
  readonly verify?: string;
  readonly json: boolean;
}

/** Something stands against the artifact. */
const EXIT_REFUSED = 1;
/** Stands in for an address until there is one. */
const NO_ADDRESS = "s3://<bucket>/<key>/model.tar.gz";

/** `slipway package <sources…> --model <name> --version <version>`, `slipway package --verify <archive>` */
export function packageCommand(): Command {
  return new Command("package")
    .summary("pack a model's files into an artifact, and verify it")
    .description(
      "Packs what a training or an export wrote into a model.tar.gz with its slipway.json: finds the file for each role, holds it against what the " +
        "runtime reads, loads the result in the real container and sends it the golden examples of its contract. The same files give the same bytes.",
    )
    .argument("[sources...]", "folders and files to find the model's files in")
    .option("-m, --model <name>", "the model; the registry knows its runtime and its contract")
    .option("--version <name>", "the version that the artifact becomes")
    .addOption(new Option("--runtime <name>", "the runtime, for a model that has no descriptor yet").choices(runtimeNames))
    .addOption(new Option("--precision <precision>", "which of several exports (default: fp32 where there is one)").choices(["fp32", "int8"]))
    .option("--role <role=file>", "take this file for a role, whatever it is called; repeatable", role, {})
    .option("--include <path>", "put a file, or a folder and its name, in as it is; repeatable", (path: string, all: readonly string[]) => [...all, path], [])
    .option("--about <file>", "a JSON object of free facts for slipway.json")
    .option("-o, --out <file>", "where the artifact is written", "model.tar.gz")
    .option("--uri <address>", "where the artifact will lie: s3://bucket/key (default: beside the other versions)")
    .option("--write", "write the version into the descriptor", false)
    .option("--verify <archive>", "verify an artifact that was packed before, and pack nothing")
    .option("--no-load", "do not start the container")
    .option("--json", "report as JSON", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Roles, by runtime:
  clip-embed      imageTower, textTower (ONNX), preprocessor, tokenizer, config
  clip-recommend  imageTower, preprocessor, index (FAISS), metadata, config
  image-search    imageTower, preprocessor, index (FAISS), metadata, config
  forecast        network (ONNX), scaler, stations
  Layouts, and how to get there from Python: docs/guides/package.md

Descriptor:
  --write changes the version's lines and no others; comments and order stay. A
  version whose sha256 is another archive's is refused: a version never changes.

JSON:
  { packageVersion: 1, archive, bytes, sha256, model, version, runtime,
    files: [ { path, bytes, role?, from, note } ], loaded?, remarks }
  or { packageVersion: 1, findings: [ { code, subject, message, hint } ] }

Exit codes:
  0  packed, or verified
  1  something stands against it: each finding says what; no archive is left
  2  the command line was not understood

Examples:
  $ npx slipway package clip-vit-base-patch32 --model omnisearch-clip --version v2 --precision int8
  $ npx slipway package clip-vit-base-patch32 stygig --model stygig-clip --version v6 --write
  $ npx slipway package --verify model.tar.gz
`;

async function run(sources: readonly string[], options: PackageOptions, command: Command): Promise<void> {
  try {
    if (options.verify === undefined) await packSources(sources, options, command);
    else if (sources.length > 0) command.error("error: --verify takes one archive, and nothing to pack");
    else await verifyArchive(options.verify, options);
  } catch (error) {
    if (!(error instanceof PackagingProblem)) throw error;
    const { findings } = error;
    if (options.json) process.stdout.write(`${JSON.stringify({ packageVersion: 1, findings }, null, 2)}\n`);
    else process.stderr.write(findingsAsText(findings, colorsFor(process.stderr)));
    process.exitCode = EXIT_REFUSED;
  }
}

async function packSources(sources: readonly string[], options: PackageOptions, command: Command): Promise<void> {
  const { model, version } = options;
  if (sources.length === 0) command.error("error: name the folders or files of the model, or an archive with --verify");
  if (model === undefined || version === undefined) return command.error("error: --model and --version say what the artifact becomes");
  const known = registryModel(model);
  const runtime = known?.runtime ?? options.runtime;
  if (runtime === undefined) return command.error(`error: the registry here has no model ${JSON.stringify(model)}; say its runtime with --runtime`);
  if (options.runtime !== undefined && options.runtime !== runtime) return command.error(`error: the descriptor of ${model} says runtime: ${runtime}, and not ${options.runtime}`);
  const about = options.about === undefined ? {} : readAbout(options.about, command);
  const target = options.write ? writable(known, model, version, options.uri, command) : undefined;

  let loaded: Trial | undefined;
  const packed = await pack({ sources, roles: options.role, include: options.include, model, version, runtime, about, out: options.out, ...(options.precision && { precision: options.precision }) }, async (artifact) => {
    // Before anything else takes time, and before an archive is left that no descriptor may name.
    if (target !== undefined) refuseIfAny(takenBy(target, version, artifact.sha256));
    if (!options.load) return [];
    const tried = await load(artifact, known);
    if ("length" in tried) return tried;
    loaded = tried;
    return [];
  });
  const uri = options.uri ?? (known && addressBeside(known.text, version));
  const report: ArchiveReport = { archive: options.out, ...packed, model, version, runtime, ...(loaded && { loaded }), remarks: [...packed.remarks, ...contractRemarks(known, loaded)] };
  show(report, options.json);
  if (target !== undefined) write(target, version, { artifact: target.uri, sha256: packed.sha256 });
  if (!options.json) process.stderr.write(target === undefined ? `\n${versionAsYaml(version, uri ?? NO_ADDRESS, packed.sha256)}` : `\nwritten to ${target.known.file}: upload ${options.out} to ${target.uri}\n`);
}

async function verifyArchive(archive: string, options: PackageOptions): Promise<void> {
  const report = await withArtifact(archive, async (artifact): Promise<ArchiveReport> => {
    const { manifest, bytes, sha256 } = artifact;
    const known = registryModel(manifest.model);
    refuseIfAny(pinnedElsewhere(archive, artifact, known));
    const tried = options.load ? await load(artifact, known) : undefined;
    if (tried !== undefined && "length" in tried) throw new PackagingProblem(tried);
    const roleOf = new Map(Object.entries(manifest.roles).map(([name, path]) => [path, name]));
    const files = Object.entries(manifest.files).map(([path, file]) => {
      const name = roleOf.get(path);
      return { path, bytes: file.bytes, from: path, note: "", ...(name !== undefined && isRole(name) ? { role: name } : {}) };
    });
    return { archive, bytes, sha256, model: manifest.model, version: manifest.version, runtime: manifest.runtime, files, ...(tried && { loaded: tried }), remarks: contractRemarks(known, tried) };
  });
  show(report, options.json);
}

/** Loads it as the container does, and sends it what its contract has as examples. */
async function load({ folder, sha256, manifest }: SoundArtifact, known: RegistryModel | undefined): Promise<Trial | readonly Finding[]> {
  const { model, version, runtime } = manifest;
  const resolved = known?.resolved;
  const uri = resolved?.versions[version]?.artifact ?? "file:";
  return tryOut(await buildContainer(), folder, trialSpec({ model, version, runtime, uri, sha256 }, resolved), resolved?.contract.examples ?? [], resolved?.contract.response, process.env);
}

function contractRemarks(known: RegistryModel | undefined, loaded: Trial | undefined): string[] {
  if (loaded === undefined || known?.resolved !== undefined) return [];
  return [known === undefined ? "there is no descriptor of this model here, so no golden example was sent" : `${known.file} has errors (npx slipway validate), so no golden example was sent`];
}

/** A descriptor that pins another archive under the version that this one says it is. */
function pinnedElsewhere(archive: string, { sha256, manifest }: SoundArtifact, known: RegistryModel | undefined): Finding[] {
  const pinned = known && versionIn(known.text, manifest.version)?.sha256;
  if (pinned === undefined || pinned === sha256) return [];
  return [{ code: "package-version-taken", subject: archive, message: `says that it is ${manifest.model} ${manifest.version} and has sha256 ${sha256}; ${known!.file} pins ${pinned}` }];
}

interface Target {
  readonly known: RegistryModel;
  readonly uri: string;
}

function writable(known: RegistryModel | undefined, model: string, version: string, given: string | undefined, command: Command): Target {
  if (known === undefined) return command.error(`error: --write needs a descriptor, and the registry here has none of ${JSON.stringify(model)}`);
  const uri = given ?? versionIn(known.text, version)?.artifact ?? addressBeside(known.text, version);
  return uri === undefined ? command.error(`error: the addresses in ${known.file} do not tell where ${version} would lie; say it with --uri`) : { known, uri };
}

function takenBy({ known }: Target, version: string, sha256: string): Finding[] {
  const pinned = versionIn(known.text, version)?.sha256;
  // A placeholder, as an example has it, pins nothing.
  if (pinned === undefined || pinned === sha256 || /^(.)\1*$/.test(pinned)) return [];
  return [{ code: "package-version-taken", subject: known.file, message: `pins ${pinned} as ${version}; this archive has sha256 ${sha256}` }];
}

function write({ known }: Target, version: string, fields: { readonly artifact: string; readonly sha256: string }): void {
  const edited = editVersion(known.text, version, fields);
  if ("problem" in edited) throw new PackagingProblem([{ code: "file-unwritable", subject: known.file, message: edited.problem }]);
  writeWhole(known.file, edited.text);
}

function show(report: ArchiveReport, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify({ packageVersion: 1, ...report }, null, 2)}\n`);
  process.stdout.write(archiveAsText(report, colorsFor(process.stdout)));
  const colors = colorsFor(process.stderr);
  for (const remark of report.remarks) process.stderr.write(`${colors.yellow("note")}  ${remark}\n`);
}

function role(text: string, all: { readonly [role: string]: string }): { readonly [role: string]: string } {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(0, at));
  if (!isRole(name) || at === text.length - 1) throw new InvalidArgumentError(`write role=file; the roles are ${Object.keys(targetOf).join(", ")}.`);
  return { ...all, [name]: text.slice(at + 1) };
}

function readAbout(path: string, command: Command): { readonly [key: string]: Json } {
  if (!existsSync(path)) return command.error(`error: there is no file ${JSON.stringify(path)}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return command.error(`error: ${basename(path)} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return command.error(`error: ${basename(path)} is not a JSON object`);
  return value as { readonly [key: string]: Json };
}
