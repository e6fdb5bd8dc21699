import { type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import type { Finding } from "./finding";

/** A plain file that may become part of an artifact. */
export interface SourceFile {
  /** As messages name it: the source as it was given, and the path in it. */
  readonly name: string;
  /** Below its source, with `/`; the file's own name where the source is a file. */
  readonly path: string;
  /** Where it lies. */
  readonly absolute: string;
  readonly bytes: number;
}

/** More than any export has; a home folder given by mistake ends here. */
const MAX_FILES = 10_000;
const MAX_DEPTH = 8;
/** Of tools, and never of a model. */
const SKIPPED = new Set(["__pycache__", "node_modules"]);

/**
 * Every plain file of some files and folders. Names that start with a dot are left out. Links are
 * findings and never followed: what an artifact holds must be what was looked at.
 *
 * @param paths as they were given; relative ones count from the working directory.
 */
export function listSources(paths: readonly string[]): { readonly files: readonly SourceFile[]; readonly findings: readonly Finding[] } {
  const files: SourceFile[] = [];
  const findings: Finding[] = [];
  const seen = new Set<string>();

  const add = (name: string, path: string, absolute: string): void => {
    const bad = reasonAgainstName(basename(path));
    if (bad !== undefined) findings.push({ code: "package-path", subject: JSON.stringify(name), message: bad });
    else if (!seen.has(absolute)) {
      seen.add(absolute);
      files.push({ name, path, absolute, bytes: lstatSync(absolute).size });
    }
  };
  const walk = (source: string, root: string, below: string, depth: number): void => {
    const entries: Dirent[] = readdirSync(join(root, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name) || files.length >= MAX_FILES) continue;
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      const [name, absolute] = [join(source, path), join(root, path)];
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) walk(source, root, path, depth + 1);
      } else if (entry.isFile()) add(name, path, absolute);
      else findings.push(linkFinding(name, absolute, entry.isSymbolicLink()));
    }
  };

  for (const source of paths) {
    let root: string;
    try {
      root = realpathSync(source);
      const found = lstatSync(root);
      if (found.isDirectory()) walk(source, root, "", 0);
      else if (found.isFile()) add(source, basename(source), root);
      else findings.push(linkFinding(source, root, false));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      findings.push({ code: "package-source-missing", subject: source, message: code === "ENOENT" ? "there is no such file or folder" : `cannot be read: ${code ?? String(error)}` });
    }
  }
  if (files.length >= MAX_FILES) findings.push({ code: "package-source-missing", subject: paths.join(", "), message: `has more than ${MAX_FILES} files; name the folder of the export itself` });
  return { files, findings };
}

function linkFinding(name: string, absolute: string, isLink: boolean): Finding {
  if (!isLink) return { code: "package-link", subject: name, message: "is a pipe, a socket or a device; an artifact holds plain files" };
  // What huggingface_hub keeps in its cache is links alone.
  const target = readlinkSync(absolute);
  const cached = /(^|\/)blobs\/[0-9a-f]{40,64}$/.test(target);
  return {
    code: "package-link",
    subject: name,
    message: `is a link to ${JSON.stringify(target)}; an artifact holds plain files`,
    hint: cached ? "This is Hugging Face's cache: download into a folder of your own (`huggingface-cli download … --local-dir <folder>`), or copy it with `cp -rL`." : "Put the file itself there: `cp -rL <folder> <copy>` copies a folder with what its links lead to.",
  };
}

/** Why a name may not stand in an archive that every system can unpack; undefined where it may. */
function reasonAgainstName(name: string): string | undefined {
  if (/[\\\x00-\x1f\x7f]/.test(name)) return "has a backslash or a control character in its name";
  if (Buffer.from(name, "utf8").toString("utf8") !== name || name.includes("\ufffd")) return "has a name that is not UTF-8";
  return undefined;
}
