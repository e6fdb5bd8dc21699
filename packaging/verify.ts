import { createHash } from "node:crypto";
import { createReadStream, openSync, readSync, closeSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openArtifact } from "../container/src/core/artifact";
import { StartError } from "../container/src/failure";
import { ARTIFACT_MANIFEST, type ArtifactManifest } from "../contract/artifact";
import { extractArtifact, filesIn, UnsafeArchive } from "./extract";
import { type Finding, PackagingProblem, refuseIfAny } from "./finding";
import { targetOf } from "./roles";

/** An archive that was found sound: unpacked, every byte held against its manifest. */
export interface SoundArtifact {
  readonly bytes: number;
  readonly sha256: string;
  readonly manifest: ArtifactManifest;
  /** Where it lies unpacked, while it is looked at. */
  readonly folder: string;
}

/** What is often taken for a `model.tar.gz`, by its first bytes. */
const otherFormats: readonly (readonly [start: string, what: string])[] = [
  ["PK\x03\x04", "is a ZIP archive; SageMaker takes a tar archive in gzip"],
  ["version https://git-lfs", "is a Git LFS pointer, not the archive itself"],
  ["BZh", "is compressed with bzip2; SageMaker takes gzip"],
  ["\xfd7zXZ", "is compressed with xz; SageMaker takes gzip"],
  ["(\xb5/\xfd", "is compressed with zstd; SageMaker takes gzip"],
];

/**
 * Unpacks an archive into a folder of its own, holds it against its manifest as the container does,
 * and hands it to `look`. The folder is gone afterwards.
 *
 * @throws PackagingProblem
 */
export async function withArtifact<Result>(archive: string, look: (artifact: SoundArtifact) => Promise<Result>): Promise<Result> {
  refuseIfAny(formatFindings(archive));
  const scratch = await mkdtemp(join(tmpdir(), "slipway-artifact-"));
  try {
    const folder = join(scratch, "model");
    await unpack(archive, folder);
    const manifest = sound(archive, folder);
    const hash = createHash("sha256");
    await pipeline(createReadStream(archive), hash);
    return await look({ bytes: statSync(archive).size, sha256: hash.digest("hex"), manifest, folder });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function formatFindings(archive: string): Finding[] {
  let head: string;
  try {
    const handle = openSync(archive, "r");
    const bytes = Buffer.alloc(512);
    head = bytes.toString("latin1", 0, readSync(handle, bytes));
    closeSync(handle);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [{ code: "package-source-missing", subject: archive, message: code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "is a folder; give the archive" : `cannot be read: ${code ?? String(error)}` }];
  }
  const wrong = (message: string): Finding[] => [{ code: "package-archive", subject: archive, message }];
  const other = otherFormats.find(([start]) => head.startsWith(start));
  if (other !== undefined) return wrong(other[1]);
  if (head.startsWith("ustar", 257)) return wrong("is a tar archive without gzip; SageMaker takes it in gzip");
  return head.startsWith("\x1f\x8b") ? [] : wrong("is not a tar archive in gzip");
}

async function unpack(archive: string, folder: string): Promise<void> {
  try {
    const files = await filesIn(archive);
    refuseIfAny(layoutFindings(archive, files));
    await extractArtifact(archive, folder);
  } catch (error) {
    if (!(error instanceof UnsafeArchive)) throw error;
    throw new PackagingProblem([{ code: "package-archive", subject: archive, message: error.message.replace(/^[^ ]+ /, "") }]);
  }
}

/** Where the manifest is, and is not. */
function layoutFindings(archive: string, files: readonly string[]): Finding[] {
  const plain = files.map((file) => file.replace(/^(\.\/+)+/, ""));
  if (plain.includes(ARTIFACT_MANIFEST)) return [];
  const nested = plain.find((file) => file.endsWith(`/${ARTIFACT_MANIFEST}`));
  if (nested !== undefined) {
    const folder = nested.slice(0, -ARTIFACT_MANIFEST.length - 1);
    return [{ code: "package-archive", subject: archive, message: `has everything below ${folder}/; SageMaker unpacks it as it is, and ${ARTIFACT_MANIFEST} must stand at the root`, hint: `Pack what is in that folder, not the folder: slipway package ${folder} …` }];
  }
  const shown = plain.slice(0, 8).join(", ");
  return [{ code: "package-archive", subject: archive, message: `has no ${ARTIFACT_MANIFEST}; it holds ${plain.length === 0 ? "nothing" : shown}${plain.length > 8 ? `, and ${plain.length - 8} more` : ""}`, hint: "Unpack it into a folder and pack that: slipway package <folder> --model <name> --version <version>." }];
}

function sound(archive: string, folder: string): ArtifactManifest {
  try {
    // Nothing is kept in memory: the container will read it all again.
    return openArtifact(folder, Object.keys(targetOf)).manifest;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new PackagingProblem([{ code: error.code, subject: archive, message: error.message.replace(` from ${folder}`, "") }]);
  }
}
