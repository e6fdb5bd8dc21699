import { openSync, readSync, closeSync, constants } from "node:fs";
import { inflateSync } from "node:zlib";
import type { Finding } from "./finding";
import type { SourceFile } from "./source";

/** Bytes of a file's start that tell what it is. */
const HEAD_BYTES = 4096;

export function headOf(file: SourceFile, length = HEAD_BYTES): Buffer {
  const handle = openSync(file.absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(Math.min(length, file.bytes));
    return head.subarray(0, readSync(handle, head, 0, head.length, 0));
  } finally {
    closeSync(handle);
  }
}

/**
 * What a file is that no artifact may hold, told by its bytes and only then by its name; undefined
 * for any other file. A pickle runs code when it is read, whatever it is called.
 */
export function suspicion(file: SourceFile): Finding | undefined {
  const head = headOf(file);
  const pointer = lfsPointer(head);
  if (pointer !== undefined) {
    return {
      code: "package-lfs-pointer",
      subject: file.name,
      message: `is a Git LFS pointer of ${file.bytes} bytes, not the file of ${pointer.bytes} bytes that it stands for`,
      hint: "Fetch the files themselves: `git lfs install && git lfs pull` in the clone.",
    };
  }
  const what = pickleIn(head, file);
  return what === undefined ? undefined : { code: "package-pickle", subject: file.name, message: what, hint: conversionOf(file) };
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function lfsPointer(head: Buffer): { readonly bytes: string } | undefined {
  const text = head.subarray(0, 1024).toString("latin1");
  if (!text.startsWith("version https://git-lfs.github.com/spec/")) return undefined;
  return { bytes: /^size (\d+)$/m.exec(text)?.[1] ?? "unknown" };
}

const ZIP = Buffer.from("PK\x03\x04", "latin1");
const NUMPY = Buffer.from("\x93NUMPY", "latin1");

/** In words; undefined for what is no pickle. Formats: https://docs.python.org/3/library/pickletools.html */
function pickleIn(head: Buffer, { name, absolute, bytes }: SourceFile): string | undefined {
  if (isPickle(head)) return "is a Python pickle: reading one runs whatever code it holds";
  if (head.subarray(0, ZIP.length).equals(ZIP)) {
    // Names of a ZIP's entries stand in it as they are; its list of them is at the end.
    const names = `${head.toString("latin1")}${tailOf(absolute, bytes).toString("latin1")}`;
    if (/data\.pkl/.test(names)) return "is a PyTorch checkpoint, which holds a Python pickle: reading one runs whatever code it holds";
    if (/\.npy/.test(names)) return "is a NumPy archive (.npz), which may hold pickled objects; nothing reads it here";
  }
  if (head.subarray(0, NUMPY.length).equals(NUMPY) && /'descr':\s*[^}]*\|?O/.test(head.subarray(0, 512).toString("latin1"))) return "is a NumPy file of Python objects, which are pickled: reading one runs whatever code it holds";
  if (head[0] === 0x78 && isPickle(inflatedHead(head))) return "is a compressed pickle, as joblib writes it: reading one runs whatever code it holds";
  if (/\.(pkl|pickle|joblib|pt|pth|ckpt|npz)$/i.test(name)) return `is by its name a file of Python's (${name.slice(name.lastIndexOf("."))}), which holds pickled objects`;
  return undefined;
}

/** PROTO of protocols 2 to 5; or how the older, textual protocols begin: a mark and a container, or a global. */
function isPickle(head: Buffer): boolean {
  if (head[0] === 0x80) return head[1]! >= 2 && head[1]! <= 5;
  const text = head.subarray(0, 256).toString("latin1");
  return /^(\([dl]p?[0-9\n]|\(i?c?__builtin__\n|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n|\}q\x00|\]q\x00)/.test(text);
}

function inflatedHead(head: Buffer): Buffer {
  try {
    return inflateSync(head, { finishFlush: 2 /* Z_SYNC_FLUSH: the rest of it is not there */, maxOutputLength: 2 ** 20 });
  } catch {
    return Buffer.alloc(0);
  }
}

function tailOf(absolute: string, bytes: number): Buffer {
  const handle = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const tail = Buffer.alloc(Math.min(2 ** 16, bytes));
    return tail.subarray(0, readSync(handle, tail, 0, tail.length, bytes - tail.length));
  } finally {
    closeSync(handle);
  }
}

const GUIDE = "docs/guides/package.md has a few lines of Python for it";

function conversionOf({ path }: SourceFile): string {
  if (/scaler/i.test(path)) return `Write the scaler's numbers as JSON ({ "mean": …, "scale": … }) where you trust the file; ${GUIDE}.`;
  if (/metadata|mapping|station|cases/i.test(path)) return `Write it as JSON where you trust the file; ${GUIDE}.`;
  return `Export weights to ONNX and everything else to JSON where you trust the file; ${GUIDE}.`;
}
