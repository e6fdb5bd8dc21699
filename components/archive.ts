import { strToU8, zipSync, type Zippable } from "fflate";

/** The earliest time that a ZIP can hold; it is written as local time, and read back as nothing at all. */
const NO_TIME = new Date(1980, 0, 1);
const UNIX = 3;
const FILE = 0o100644;
const EXECUTABLE = 0o100755;

/**
 * Files as a ZIP archive in base64. The same files give the same bytes, on any
 * machine and in any order: sorted, without times, with the same two modes.
 */
export function zipped(files: { readonly [path: string]: string }): string {
  const entries: Zippable = {};
  for (const path of Object.keys(files).sort()) {
    const mode = path.endsWith(".sh") ? EXECUTABLE : FILE;
    entries[path] = [strToU8(files[path]!), { level: 9, mtime: NO_TIME, os: UNIX, attrs: mode << 16 }];
  }
  return Buffer.from(zipSync(entries)).toString("base64");
}
