import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { PackagingProblem } from "./finding";

/** A part of a file of an artifact: bytes in memory, or a range of a file on disk. */
export type Part = { readonly bytes: Uint8Array } | { readonly file: string; readonly offset: number; readonly length: number };

/** What a file of an artifact holds, however large: its parts one after the other. */
export type Content = readonly Part[];

export const fromBytes = (bytes: Uint8Array): Content => [{ bytes }];
export const fromFile = (file: string, length: number): Content => [{ file, offset: 0, length }];

/** Bytes. */
export const sizeOf = (content: Content): number => content.reduce((sum, part) => sum + ("bytes" in part ? part.bytes.byteLength : part.length), 0);

/** Bytes read at once. */
const PIECE_BYTES = 2 ** 20;

/**
 * The bytes, in pieces that are valid until the next is asked for.
 *
 * @throws PackagingProblem `package-changed` where a file ends before its part does.
 */
export async function* piecesOf(content: Content): AsyncGenerator<Uint8Array> {
  for (const part of content) {
    if ("bytes" in part) {
      yield part.bytes;
      continue;
    }
    const handle = await openPlain(part.file);
    try {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, part.length));
      for (let done = 0; done < part.length; ) {
        const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, part.length - done), part.offset + done);
        if (bytesRead === 0) throw new PackagingProblem([{ code: "package-changed", subject: part.file, message: `ends at byte ${part.offset + done}; it was longer when it was looked at` }]);
        yield piece.subarray(0, bytesRead);
        done += bytesRead;
      }
    } finally {
      await handle.close();
    }
  }
}

export async function sha256Of(content: Content): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(content)) hash.update(piece);
  return hash.digest("hex");
}

/** Never through a link at the end of the path, and without waiting for the writer of a pipe. */
async function openPlain(file: string): Promise<FileHandle> {
  return open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}
