import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

/** What the inference image is built from: .dockerignore admits these alone. */
export const SOURCE_FOLDERS = ["container", "contract"];
export const SOURCE_FILES = [".dockerignore", ".npmrc", "package-lock.json", "package.json", "scripts/build-faiss.sh", "scripts/ensure-faiss.mjs"];
/** What is installed or built on this machine, and never copied into the image. */
const LEFT_OUT = new Set(["dist", "node_modules"]);

/**
 * sha256 over everything that the inference image is built from: the path and
 * content of each file, in path order. It is part of every immutable name, so the
 * same sources give the same names on every machine; file times and modes count
 * for nothing.
 *
 * @param root folder of the repository.
 */
export function imageSourceSha256(root: string): string {
  const paths = [...SOURCE_FOLDERS.flatMap((folder) => filesBelow(root, folder)), ...SOURCE_FILES].sort();
  const all = createHash("sha256");
  for (const path of paths) {
    const content = createHash("sha256").update(fs.readFileSync(join(root, path))).digest("hex");
    all.update(`${content}  ${path}\n`);
  }
  return all.digest("hex");
}

/** Paths relative to `root`, with `/`. Links are not followed. */
function filesBelow(root: string, folder: string): string[] {
  return fs.readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (LEFT_OUT.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(root, path) : entry.isFile() ? [path] : [];
  });
}
