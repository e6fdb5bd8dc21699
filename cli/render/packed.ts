import type { Colors } from "picocolors/types";
import type { AssembledFile } from "../../packaging/assemble";
import { columns } from "./columns";
import { grouped } from "./cost-words";

/** An archive that was packed or verified, for people and for programs. */
export interface ArchiveReport {
  readonly archive: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly model: string;
  readonly version: string;
  readonly runtime: string;
  /** Of what was packed; of what was verified, as its manifest lists it. */
  readonly files: readonly AssembledFile[];
  /** Absent where the container was not started. */
  readonly loaded?: { readonly readyMs: number; readonly answered: readonly string[] };
  readonly remarks: readonly string[];
}

/** Files without a role that are listed one by one; of a folder of thumbnails the number is enough. */
const MOST_INCLUDED = 5;

export function archiveAsText(report: ArchiveReport, colors: Colors): string {
  const { archive, bytes, sha256, model, version, runtime, files, loaded } = report;
  const played = files.filter(({ role }) => role !== undefined);
  const others = files.filter(({ role }) => role === undefined);
  const rows = [
    ...played.map((file) => [`  ${file.role}`, file.path, grouped(file.bytes), file.from === file.path ? file.note : `${file.from}${file.note === "" ? "" : ` · ${file.note}`}`]),
    ...(others.length > MOST_INCLUDED
      ? [["  –", `${others.length} other files`, grouped(others.reduce((sum, file) => sum + file.bytes, 0)), ""]]
      : others.map((file) => ["  –", file.path, grouped(file.bytes), file.from === file.path ? "" : file.from])),
  ];
  return [
    `${colors.bold(archive)}  ${model} ${version} · ${runtime}`,
    ...columns(rows),
    `  ${grouped(bytes)} bytes · sha256 ${sha256}`,
    loadedLine(loaded, colors),
    "",
  ].join("\n");
}

function loadedLine(loaded: ArchiveReport["loaded"], colors: Colors): string {
  if (loaded === undefined) return `  ${colors.yellow("not loaded")}: its files are what the manifest states; the container was not started`;
  const { readyMs, answered } = loaded;
  const examples = answered.length === 0 ? "no golden example was sent" : `answered ${answered.length === 1 ? "its golden example" : `its ${answered.length} golden examples`} as the contract says`;
  return `  ${colors.green("loaded")} by the container in ${readyMs} ms; ${examples}`;
}

/** What goes into the descriptor, to be copied. */
export function versionAsYaml(version: string, artifact: string, sha256: string): string {
  return `versions:\n  ${version}:\n    artifact: ${artifact}\n    sha256: "${sha256}"\n`;
}
