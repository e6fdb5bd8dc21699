import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { extractArtifact } from "../../packaging/extract";

/**
 * The artifacts that are on this machine: every `model.tar.gz` below the folder,
 * `<model>/` or `<model>/<version>/` as a model has one version or several. An
 * `s3://` address is answered by content alone: the file whose sha256 is the
 * one that the plan pinned. No other file is ever taken for it.
 */
export class ArtifactStore {
  private readonly directories = new Map<string, Promise<string>>();
  private files: Promise<ReadonlyMap<string, string>> | undefined;
  private scratch: Promise<string> | undefined;

  constructor(private readonly folder: string) {}

  /** The archive with that sha256 (lower-case hex); undefined where this machine does not have it. */
  async find(sha256: string): Promise<string | undefined> {
    this.files ??= hashArchives(this.folder);
    return (await this.files).get(sha256);
  }

  /** The whole sha256 of an archive that this machine has, by how it starts; undefined where none or several do. */
  async startingWith(start: string): Promise<string | undefined> {
    this.files ??= hashArchives(this.folder);
    const found = [...(await this.files).keys()].filter((sha256) => sha256.startsWith(start));
    return found.length === 1 ? found[0] : undefined;
  }

  /** A folder with the archive's content, unpacked once and shared by every instance. */
  async unpacked(sha256: string): Promise<string | undefined> {
    const archive = await this.find(sha256);
    if (archive === undefined) return undefined;
    let directory = this.directories.get(sha256);
    if (!directory) {
      directory = this.unpack(archive, sha256);
      directory.catch(() => this.directories.delete(sha256));
      this.directories.set(sha256, directory);
    }
    return directory;
  }

  /** Removes everything that was unpacked. */
  async close(): Promise<void> {
    await Promise.allSettled(this.directories.values());
    if (this.scratch) await rm(await this.scratch, { recursive: true, force: true });
  }

  private async unpack(archive: string, sha256: string): Promise<string> {
    this.scratch ??= mkdtemp(path.join(tmpdir(), "slipway-models-"));
    const directory = path.join(await this.scratch, sha256);
    await extractArtifact(archive, directory);
    return directory;
  }
}

async function hashArchives(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = await readdir(folder, { recursive: true }).catch(() => []);
  const archives = paths.filter((file) => path.basename(file) === "model.tar.gz").map((file) => path.join(folder, file));
  const hashed = new Map<string, string>();
  for (const archive of archives) hashed.set(await sha256Of(archive), archive);
  return hashed;
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
