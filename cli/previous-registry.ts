import { execFileSync } from "node:child_process";
import { posix, relative, resolve, sep } from "node:path";
import { CONTRACTS_FOLDER, MAX_FILE_BYTES, MODELS_FOLDER } from "../contract/registry";
import type { RegistryFile, RegistryFiles } from "../planning/types";

/** Why the registry of a revision could not be read, in words for the command line. */
export class RevisionProblem extends Error {}

interface Blob {
  readonly mode: string;
  readonly id: string;
  readonly bytes: number;
}

/** A plain file in a Git tree, executable or not. */
const PLAIN = /^100/;
/** Bytes that git may print: far more than any registry has. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Reads descriptors and their contracts as a revision of the repository has
 * them, by the rules of `readDescriptors`. Asks git for its objects: nothing is
 * checked out, fetched or written.
 *
 * @param revision whatever `git rev-parse` takes: a branch, a tag, a commit, `HEAD~1`.
 * @param paths as given to `readDescriptors`; one that the revision does not have stands for nothing.
 * @param base folder inside the working tree that the paths count from.
 * @throws RevisionProblem where there is no git, no repository or no such revision.
 */
export function readPreviousRegistry(revision: string, paths: readonly string[], base: string): RegistryFiles {
  const git = (args: readonly string[], input = ""): Buffer => {
    try {
      return execFileSync("git", args, { cwd: base, input, maxBuffer: MAX_OUTPUT_BYTES, stdio: ["pipe", "pipe", "pipe"] });
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: Buffer };
      if (code === "ENOENT") throw new RevisionProblem("git is not installed");
      throw new RevisionProblem(stderr?.toString().trim().split("\n")[0] || `git ${args[0]} failed`);
    }
  };

  const prefix = git(["rev-parse", "--show-prefix"]).toString().trim();
  const commit = commitOf(revision, git);
  const blobs = new Map<string, Blob>();
  for (const line of git(["ls-tree", "-r", "-z", "-l", "--full-tree", commit]).toString().split("\0")) {
    const [, mode, id, bytes, path] = /^(\d+) blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(line) ?? [];
    if (path !== undefined && /\.ya?ml$/i.test(path)) blobs.set(posix.relative(prefix === "" ? "." : prefix, path), { mode: mode!, id: id!, bytes: Number(bytes) });
  }

  const names = [...blobs.keys()].sort();
  const descriptors = [...new Set(paths.flatMap((path) => descriptorsAt(relative(base, resolve(base, path)).split(sep).join("/") || ".", names)))].sort();
  const folders = new Set(descriptors.map(contractFolderOf));
  const contracts = names.filter((name) => [...folders].some((folder) => name.startsWith(`${folder}/`)));

  const wanted = [...new Set([...descriptors, ...contracts])].filter((name) => refusal(blobs.get(name)!) === undefined);
  const contents = readBlobs(wanted.map((name) => blobs.get(name)!), git);
  const file = (path: string): RegistryFile => {
    const blob = blobs.get(path)!;
    const refused = refusal(blob);
    return { path, content: refused === undefined ? contents.get(blob.id)! : { refused } };
  };
  return { descriptors: descriptors.map(file), contracts: contracts.map(file) };
}

function commitOf(revision: string, git: (args: readonly string[]) => Buffer): string {
  try {
    return git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]).toString().trim();
  } catch {
    throw new RevisionProblem(`git knows no revision ${JSON.stringify(revision)}; in a shallow clone, fetch it first`);
  }
}

/** A file as it is; a folder for the YAML files in it, or in its `models` where it has one. */
function descriptorsAt(path: string, names: readonly string[]): string[] {
  if (names.includes(path)) return [path];
  const inside = (folder: string): string[] => names.filter((name) => posix.dirname(name) === folder);
  const models = inside(posix.join(path, MODELS_FOLDER));
  return models.length > 0 ? models : inside(path);
}

function contractFolderOf(descriptor: string): string {
  const folder = posix.dirname(descriptor);
  return posix.join(posix.basename(folder) === MODELS_FOLDER ? posix.dirname(folder) : folder, CONTRACTS_FOLDER);
}

function refusal({ mode, bytes }: Blob): string | undefined {
  if (!PLAIN.test(mode)) return "it is not a plain file";
  return bytes > MAX_FILE_BYTES ? `it has ${bytes} bytes, and at most ${MAX_FILE_BYTES} are read` : undefined;
}

/** The content of objects by their id, from one process: https://git-scm.com/docs/git-cat-file#_batch_output */
function readBlobs(blobs: readonly Blob[], git: (args: readonly string[], input: string) => Buffer): Map<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  if (blobs.length === 0) return contents;
  const output = git(["cat-file", "--batch"], blobs.map(({ id }) => `${id}\n`).join(""));
  let at = 0;
  for (const { id, bytes } of blobs) {
    const start = output.indexOf("\n", at) + 1;
    contents.set(id, output.subarray(start, start + bytes));
    at = start + bytes + 1;
  }
  return contents;
}
