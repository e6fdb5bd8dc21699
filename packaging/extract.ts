import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import * as tar from "tar";

/** An archive that is not safe to unpack, or not an archive. The message names the entry. */
export class UnsafeArchive extends Error {}

/** More than any artifact that a laptop can serve; a bomb ends here. */
const MAX_BYTES = 4 * 1024 ** 3;
const MAX_ENTRIES = 10_000;

/**
 * Unpacks a `model.tar.gz` into a folder of its own. Only plain files and
 * folders below that folder: a link, a device, an absolute path or `..` refuses
 * the whole archive before anything of it is used. Modes and owners of the
 * archive are not taken over.
 */
export async function extractArtifact(archive: string, directory: string): Promise<void> {
  await filesIn(archive);
  await mkdir(directory, { recursive: true });
  try {
    await tar.extract({ file: archive, cwd: directory, strict: true, preservePaths: false, noChmod: true, noMtime: true, preserveOwner: false });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw new UnsafeArchive(`${path.basename(archive)} could not be unpacked: ${(error as Error).message}`);
  }
}

/**
 * The plain files of an archive in its order, once the whole of it was found safe to unpack.
 *
 * @throws UnsafeArchive
 */
export async function filesIn(archive: string): Promise<string[]> {
  const files = new Set<string>();
  let bytes = 0;
  let entries = 0;
  let refusal: string | undefined;
  try {
    await tar.list({
      file: archive,
      strict: true,
      onReadEntry: (entry) => {
        entries += 1;
        bytes += entry.size;
        refusal ??= reasonAgainst(entry.path, entry.type);
        const file = entry.path.replace(/^(\.\/+)+/, "");
        if (files.has(file)) refusal ??= `${quote(file)} is in it twice`;
        if (entry.type !== "Directory") files.add(file);
        if (bytes > MAX_BYTES) refusal ??= `it unpacks to more than ${MAX_BYTES} bytes`;
        if (entries > MAX_ENTRIES) refusal ??= `it has more than ${MAX_ENTRIES} entries`;
      },
    });
  } catch (error) {
    throw new UnsafeArchive(`${path.basename(archive)} is not a gzip tar: ${(error as Error).message}`);
  }
  if (refusal !== undefined) throw new UnsafeArchive(`${path.basename(archive)} was refused: ${refusal}`);
  return [...files];
}

/** Why an entry must not be unpacked; undefined where it may. Pure. */
export function reasonAgainst(entryPath: string, type: string): string | undefined {
  if (type !== "File" && type !== "OldFile" && type !== "Directory") return `${quote(entryPath)} is a ${type}; only plain files and folders may be in it`;
  if (entryPath.includes("\0")) return `${quote(entryPath)} has a NUL in its name`;
  const portable = entryPath.replace(/\\/g, "/");
  if (portable.startsWith("/") || /^[a-z]:/i.test(portable)) return `${quote(entryPath)} is an absolute path`;
  if (portable.split("/").includes("..")) return `${quote(entryPath)} leads out of the folder`;
  return undefined;
}

const quote = (text: string): string => JSON.stringify(text);
