import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { noSuchBucket, noSuchKey, S3Error } from "./errors";
import { checkBucketName, checkKey, type S3Location } from "./names";
import { readBytes, readHead, writeObjectFile, type ObjectHead } from "./object-file";

export interface PutOptions {
  readonly contentType?: string;
  readonly metadata?: { readonly [name: string]: string };
  /** Called with the whole body's bytes as they come, and at the end: whoever throws there stops the write. */
  readonly verify?: { update(chunk: Buffer): void; end(): void };
}

export interface StoredObject {
  readonly head: ObjectHead;
  /** Bytes `first` to `last`, inclusive; the whole object without them. */
  read(first?: number, last?: number): Readable;
}

/**
 * Buckets and objects as files: a folder for each bucket, in it one file for
 * each object, named by the sha256 of its key, so that no key can name a place
 * outside. What is on the disk is what there is: another process that opens the
 * same folder later finds the same objects.
 */
export class ObjectStore {
  private readonly buckets = new Map<string, Map<string, ObjectHead>>();

  private constructor(
    private readonly folder: string,
    private readonly now: () => number,
  ) {}

  /** Opens a folder, made where it is missing. What an interrupted write left behind is removed. */
  static async open(folder: string, now: () => number = Date.now): Promise<ObjectStore> {
    const store = new ObjectStore(folder, now);
    await rm(store.scratch, { recursive: true, force: true });
    await mkdir(store.scratch, { recursive: true });
    await mkdir(store.bucketFolder(), { recursive: true });
    for (const bucket of await readdir(store.bucketFolder())) {
      const heads = new Map<string, ObjectHead>();
      for (const file of await readdir(store.bucketFolder(bucket))) {
        const head = await readHead(path.join(store.bucketFolder(bucket), file));
        if (head) heads.set(head.key, head);
      }
      store.buckets.set(bucket, heads);
    }
    return store;
  }

  get bucketNames(): string[] {
    return [...this.buckets.keys()].sort();
  }

  has(bucket: string): boolean {
    return this.buckets.has(bucket);
  }

  /** @throws S3Error `InvalidBucketName`, `BucketAlreadyOwnedByYou`. */
  async createBucket(bucket: string): Promise<void> {
    checkBucketName(bucket);
    if (this.buckets.has(bucket)) throw new S3Error("BucketAlreadyOwnedByYou", `Your previous request to create the named bucket succeeded and you already own it: ${bucket}`);
    await mkdir(this.bucketFolder(bucket), { recursive: true });
    this.buckets.set(bucket, this.buckets.get(bucket) ?? new Map<string, ObjectHead>());
  }

  /** @throws S3Error `NoSuchBucket`, `BucketNotEmpty`. */
  async deleteBucket(bucket: string): Promise<void> {
    if (this.heads(bucket).size > 0) throw new S3Error("BucketNotEmpty", `The bucket you tried to delete is not empty: ${bucket}`);
    this.buckets.delete(bucket);
    await rm(this.bucketFolder(bucket), { recursive: true, force: true });
  }

  /** Writes an object whole; until it is, readers see the one before. */
  async put({ bucket, key }: S3Location, body: Buffer | AsyncIterable<Buffer>, options: PutOptions = {}): Promise<ObjectHead> {
    checkKey(key);
    this.heads(bucket);
    const md5 = createHash("md5");
    let bytes = 0;
    const measured = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
        md5.update(chunk);
        options.verify?.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
      options.verify?.end();
    };
    const head = await writeObjectFile(this.file(bucket, key), this.scratch, measured(), () => ({
      key,
      bytes,
      etag: md5.digest("hex"),
      contentType: options.contentType ?? "application/octet-stream",
      modifiedAtMs: this.now(),
      metadata: options.metadata ?? {},
    }));
    this.heads(bucket).set(key, head);
    return head;
  }

  /** @throws S3Error `NoSuchBucket`, `NoSuchKey`. */
  get({ bucket, key }: S3Location): StoredObject {
    const head = this.heads(bucket).get(key);
    if (!head) throw noSuchKey(key);
    const file = this.file(bucket, key);
    return { head, read: (first = 0, last = head.bytes - 1) => (last < first ? Readable.from([]) : readBytes(file, first, last)) };
  }

  /** The whole object in memory. @throws S3Error as `get`. */
  async bytes(location: S3Location): Promise<{ readonly head: ObjectHead; readonly body: Buffer }> {
    const { head, read } = this.get(location);
    const chunks: Buffer[] = [];
    for await (const chunk of read()) chunks.push(chunk as Buffer);
    return { head, body: Buffer.concat(chunks) };
  }

  /** What is not there is deleted already. */
  async delete({ bucket, key }: S3Location): Promise<void> {
    if (this.heads(bucket).delete(key)) await rm(this.file(bucket, key), { force: true });
  }

  /** In the order of the keys' UTF-8 bytes, as S3 lists them. */
  list(bucket: string, prefix = ""): ObjectHead[] {
    const found = [...this.heads(bucket).values()].filter(({ key }) => key.startsWith(prefix));
    return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  private heads(bucket: string): Map<string, ObjectHead> {
    const heads = this.buckets.get(bucket);
    if (!heads) throw noSuchBucket(bucket);
    return heads;
  }

  private get scratch(): string {
    return path.join(this.folder, "drafts");
  }

  private bucketFolder(bucket = ""): string {
    return path.join(this.folder, "buckets", bucket);
  }

  private file(bucket: string, key: string): string {
    return path.join(this.bucketFolder(bucket), createHash("sha256").update(key).digest("hex"));
  }
}
