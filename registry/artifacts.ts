import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join, sep } from "node:path";
import type { RegistryArtifact } from "../planning/types";

const CHUNK_BYTES = 1024 * 1024;
const SIZE_BYTES = 4;
/** Gzip makes nothing larger by more than a trifle. */
const LEAST_GROWTH = 0.99;
/** How a pointer of Git LFS begins: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/**
 * Looks at an artifact in the repository: its sha256 and its size. One that
 * cannot be read safely comes back with the reason, never as an exception.
 *
 * @param root folder of the repository, which a link may not lead out of.
 * @param path as a descriptor writes it: `./models/v4/model.tar.gz`.
 */
export function lookAtArtifact(root: string, path: string): RegistryArtifact {
  const refuse = (refused: string): RegistryArtifact => ({ path, refused });
  try {
    const target = fs.realpathSync(join(root, path));
    if (!target.startsWith(fs.realpathSync(root) + sep)) return refuse("it is a symbolic link that leads out of the repository");
    // Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
    const descriptor = fs.openSync(target, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      if (!fs.fstatSync(descriptor).isFile()) return refuse("it is not a plain file");
      const { sha256, bytes, start, end } = hashed(descriptor);
      if (start.startsWith(LFS_POINTER)) return refuse("it is a pointer of Git LFS: run `git lfs pull`");
      return { path, sha256, bytes, unpackedBytes: unpackedBytes(end, bytes) };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(code === "ENOENT" ? "there is no such file" : `it cannot be read (${code ?? String(error)})`);
  }
}

/**
 * What a gzip file unpacks to, as its last four bytes say: the size modulo 2³² (RFC 1952, ISIZE). Of larger ones the
 * least that it can be, as weights hardly shrink.
 */
function unpackedBytes(end: Buffer, bytes: number): number {
  if (end.length < SIZE_BYTES) return 0;
  let size = end.readUInt32LE();
  while (size < bytes * LEAST_GROWTH) size += 2 ** 32;
  return size;
}

function hashed(descriptor: number): { readonly sha256: string; readonly bytes: number; readonly start: string; readonly end: Buffer } {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let bytes = 0;
  let start = "";
  let end = Buffer.alloc(0);
  for (;;) {
    const read = fs.readSync(descriptor, chunk);
    if (read === 0) return { sha256: hash.digest("hex"), bytes, start, end };
    if (bytes === 0) start = chunk.subarray(0, Math.min(read, LFS_POINTER.length)).toString("latin1");
    hash.update(chunk.subarray(0, read));
    end = Buffer.concat([end, chunk.subarray(0, read)]).subarray(-SIZE_BYTES);
    bytes += read;
  }
}
