import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

/** What S3 says of an object beside its bytes. */
export interface ObjectHead {
  readonly key: string;
  readonly bytes: number;
  /** md5 of the bytes, as hex without quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly modifiedAtMs: number;
  /** `x-amz-meta-…`, by the name behind it. */
  readonly metadata: { readonly [name: string]: string };
}

/** Digits of the length that stands before the head. */
const LENGTH_DIGITS = 8;

/** Asked for once the last byte has gone by: size and digest are not known before. */
export type HeadOfBytes = () => ObjectHead;

/**
 * Writes an object as one file: its bytes, its head as JSON, and the length of
 * the head. Head and bytes appear together or not at all: the file is written
 * beside its place, flushed to the disk, and renamed.
 */
export async function writeObjectFile(file: string, scratch: string, bytes: AsyncIterable<Buffer>, head: HeadOfBytes): Promise<ObjectHead> {
  const draft = path.join(scratch, randomUUID());
  const handle = await open(draft, "wx");
  try {
    for await (const chunk of bytes) await handle.write(chunk);
    const known = head();
    const text = Buffer.from(JSON.stringify(known));
    await handle.write(text);
    await handle.write(String(text.length).padStart(LENGTH_DIGITS, "0"));
    await handle.datasync();
    await handle.close();
    await rename(draft, file);
    return known;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** The head of an object file; undefined where the file is not one. */
export async function readHead(file: string): Promise<ObjectHead | undefined> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(LENGTH_DIGITS);
    await handle.read(tail, 0, LENGTH_DIGITS, Math.max(0, size - LENGTH_DIGITS));
    const length = Number(tail.toString("latin1"));
    if (!Number.isInteger(length) || length <= 0 || length > size - LENGTH_DIGITS) return undefined;
    const text = Buffer.alloc(length);
    await handle.read(text, 0, length, size - LENGTH_DIGITS - length);
    return JSON.parse(text.toString("utf8")) as ObjectHead;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** Bytes `first` to `last`, both inclusive, of the object itself. */
export function readBytes(file: string, first: number, last: number): Readable {
  return createReadStream(file, { start: first, end: last });
}
