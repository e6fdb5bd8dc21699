import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's root: tests are run from there. */
export const root = join(__dirname, "..", "..");

const skipped = new Set(["node_modules", "dist", "coverage", ".git", ".cache", ".slipway", ".venv", "tmp", "__pycache__"]);

/** Every file of the repository that a person or a generator wrote, by its path with `/`. */
export function listFiles(folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : [];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

export const isGenerated = (path: string): boolean => /\.gen\.[a-z]+$/.test(path);
