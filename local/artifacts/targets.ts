import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { ObjectStore } from "../s3/store";
import { extractArtifact } from "../../packaging/extract";
import type { ArtifactStore } from "./store";

/** The start of the sha256 at the end of a key that the plan wrote: `v3-8e6a4110c4bb.tar.gz`. */
const HASHED_KEY = /-([0-9a-f]{12})\.tar\.gz$/;

/**
 * The archives below the prefix of a multi-model endpoint: objects of this
 * machine's S3. What the plan would have copied there on AWS comes from the
 * artifacts that are on this machine, by the sha256 in its key.
 */
export class TargetStore {
  private readonly unpacked = new Map<string, Promise<string>>();
  private scratch: Promise<string> | undefined;

  constructor(
    private readonly objects: ObjectStore,
    private readonly artifacts: ArtifactStore,
  ) {}

  /**
   * The folder with the content of an archive; undefined where there is none.
   *
   * @param prefixUri `s3://bucket/prefix/`.
   * @param target the key below the prefix.
   * @throws UnsafeArchive
   */
  async folder(prefixUri: string, target: string): Promise<string | undefined> {
    const stored = this.stored(locate(prefixUri, target));
    if (stored !== undefined) return stored;
    const start = HASHED_KEY.exec(target)?.[1];
    const sha256 = start === undefined ? undefined : await this.artifacts.startingWith(start);
    return sha256 === undefined ? undefined : this.artifacts.unpacked(sha256);
  }

  /** The folder with the content of the archive at `s3://bucket/key`; undefined where this machine's S3 has none there. @throws UnsafeArchive */
  async at(uri: string): Promise<string | undefined> {
    return this.stored(locate(uri, ""));
  }

  /** Removes everything that was unpacked. */
  async close(): Promise<void> {
    await Promise.allSettled(this.unpacked.values());
    if (this.scratch) await rm(await this.scratch, { recursive: true, force: true });
  }

  private stored(location: Location): Promise<string> | undefined {
    if (!this.objects.has(location.bucket)) return undefined;
    const object = this.objects.list(location.bucket, location.key).find(({ key }) => key === location.key);
    return object === undefined ? undefined : this.once(`${location.bucket}/${location.key}@${object.etag}`, location);
  }

  private once(identity: string, location: Location): Promise<string> {
    const known = this.unpacked.get(identity);
    if (known !== undefined) return known;
    const unpacking = this.unpack(identity, location);
    unpacking.catch(() => this.unpacked.delete(identity));
    this.unpacked.set(identity, unpacking);
    return unpacking;
  }

  private async unpack(identity: string, location: Location): Promise<string> {
    this.scratch ??= mkdtemp(path.join(tmpdir(), "slipway-targets-"));
    const folder = path.join(await this.scratch, createHash("sha256").update(identity).digest("hex"));
    const archive = `${folder}.tar.gz`;
    await mkdir(path.dirname(archive), { recursive: true });
    await pipeline(this.objects.get(location).read(), createWriteStream(archive));
    try {
      await extractArtifact(archive, folder);
    } finally {
      await rm(archive, { force: true });
    }
    return folder;
  }
}

interface Location {
  readonly bucket: string;
  readonly key: string;
}

/** Bucket and key of a target. Pure. */
export function locate(prefixUri: string, target: string): Location {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(prefixUri) ?? [];
  if (target === "") return { bucket, key: prefix };
  return { bucket, key: prefix === "" || prefix.endsWith("/") ? `${prefix}${target}` : `${prefix}/${target}` };
}
