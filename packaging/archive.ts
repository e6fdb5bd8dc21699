import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Gzip } from "fflate";
import { Header } from "tar";
import { type Content, piecesOf, sizeOf } from "./content";
import { PackagingProblem } from "./finding";

/** A file of an archive. */
export interface ArchiveEntry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Content;
  /** What its bytes were found to hash to. */
  readonly sha256: string;
}

export interface WrittenArchive {
  readonly bytes: number;
  readonly sha256: string;
}

/** Bytes of a block of a tar archive; files are padded to it, and two empty ones end it. */
const BLOCK_BYTES = 512;
/** Of DEFLATE. Weights hardly shrink: more effort gains less than one percent. */
const LEVEL = 6;
/** The compressor's output depends on how its input is cut, so it is always cut alike. */
const CUT_BYTES = 2 ** 16;

/**
 * Writes a tar archive in gzip, sorted by path, without times, owners or modes of this machine. The
 * same entries give the same bytes everywhere: it is compressed in JavaScript, because what zlib
 * writes differs between processors and between versions of Node.
 *
 * Streamed: an archive of any size takes a few MiB of memory. The bytes that go in are hashed again,
 * so that a file that changes meanwhile is noticed.
 *
 * @param target written to a temporary name beside it and renamed when it is whole.
 * @param inspect is given the whole archive before it gets its name; what it throws leaves nothing behind.
 * @throws PackagingProblem `package-changed`, `package-path` or `file-unwritable`.
 */
export async function writeArchive(target: string, entries: readonly ArchiveEntry[], inspect: (archive: string) => Promise<void> = async () => undefined): Promise<WrittenArchive> {
  const partial = `${target}.${process.pid}.partial`;
  try {
    const written = await write(partial, entries);
    await inspect(partial);
    await rename(partial, target);
    return written;
  } catch (error) {
    await rm(partial, { force: true });
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined && path.startsWith(partial)) {
      throw new PackagingProblem([{ code: "file-unwritable", subject: target, message: code === "ENOENT" ? `there is no folder ${dirname(target)}` : `cannot be written: ${code}` }]);
    }
    throw error;
  }
}

async function write(file: string, entries: readonly ArchiveEntry[]): Promise<WrittenArchive> {
  const out = createWriteStream(file, { flags: "w", mode: 0o644 });
  const hash = createHash("sha256");
  let bytes = 0;
  let full = false;
  const failed = once(out, "error").then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const gzip = new Gzip({ level: LEVEL, mtime: 0 }, (piece) => {
    hash.update(piece);
    bytes += piece.length;
    full = !out.write(piece) || full;
  });
  const drained = async (): Promise<void> => {
    if (!full) return;
    full = false;
    if (out.writableNeedDrain) await Promise.race([once(out, "drain"), failed]);
  };

  const cut = Buffer.alloc(CUT_BYTES);
  let filled = 0;
  const put = async (piece: Uint8Array): Promise<void> => {
    for (let from = 0; from < piece.length; ) {
      const taken = Math.min(piece.length - from, CUT_BYTES - filled);
      cut.set(piece.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < CUT_BYTES) continue;
      gzip.push(Uint8Array.prototype.slice.call(cut));
      filled = 0;
      await drained();
    }
  };

  try {
    for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const size = sizeOf(entry.content);
      await put(headerOf(entry.path, size));
      await putFile(entry, put);
      await put(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES));
    }
    await put(Buffer.alloc(2 * BLOCK_BYTES));
    gzip.push(Uint8Array.prototype.slice.call(cut, 0, filled), true);
    out.end();
    await Promise.race([once(out, "close"), failed]);
    return { bytes, sha256: hash.digest("hex") };
  } catch (error) {
    out.destroy();
    throw error;
  }
}

async function putFile({ path, content, sha256 }: ArchiveEntry, put: (piece: Uint8Array) => Promise<void>): Promise<void> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(content)) {
    hash.update(piece);
    await put(piece);
  }
  if (hash.digest("hex") !== sha256) throw new PackagingProblem([{ code: "package-changed", subject: path, message: "changed while it was packed" }]);
}

/** Owner 0, time 0, mode 0644: nothing of the machine that packed it. */
function headerOf(path: string, size: number): Buffer {
  const header = new Header({ path, size, type: "File", mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) });
  const block = Buffer.alloc(BLOCK_BYTES);
  // It says so where a field does not fit into the format as POSIX.1-1988 has it, which everybody reads.
  if (header.encode(block, 0)) throw new PackagingProblem([{ code: "package-path", subject: path, message: "is too long a path, or too large a file, for a plain tar archive" }]);
  return block;
}
