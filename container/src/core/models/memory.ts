import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** Caps what the server and all its models hold together. Whole MiB. */
export const MEMORY_VARIABLE = "SLIPWAY_MEMORY_MIB";

const MIB = 1024 * 1024;
/** Of the machine's or the cgroup's memory, where nothing is set: the rest is for the requests that are being computed. */
const SHARE = 0.9;

export interface Machine {
  /** Of the cgroup; undefined or 0 where there is none. Bytes. */
  readonly constrainedBytes: number | undefined;
  readonly totalBytes: number;
}

const thisMachine = (): Machine => ({ constrainedBytes: process.constrainedMemory(), totalBytes: totalmem() });

/**
 * The memory that the server and its models may hold together: what
 * `SLIPWAY_MEMORY_MIB` says, else nine tenths of the cgroup's limit, or of the
 * machine's memory where there is no limit. Bytes.
 *
 * @throws Error where the variable is no whole number of MiB above 0.
 */
export function memoryCapBytes(environment: { readonly [name: string]: string | undefined }, machine: Machine = thisMachine()): number {
  const text = environment[MEMORY_VARIABLE];
  if (text !== undefined) {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${MEMORY_VARIABLE} is ${JSON.stringify(text)}; it must be a whole number of MiB above 0`);
    return Number(text) * MIB;
  }
  const { constrainedBytes, totalBytes } = machine;
  // A cgroup without a limit reports a number far above the machine's memory.
  const limit = constrainedBytes !== undefined && constrainedBytes > 0 ? Math.min(constrainedBytes, totalBytes) : totalBytes;
  return Math.floor(limit * SHARE);
}

/**
 * The memory that a process holds and the kernel cannot take back: anonymous
 * and shared pages, without the files that it maps, which all models share
 * (`RssAnon` and `RssShmem` of https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
 * Bytes; undefined where the process is gone or there is no /proc.
 */
export function heldBytes(pid: number): number | undefined {
  try {
    return heldIn(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return undefined;
  }
}

export function heldIn(status: string): number | undefined {
  const fields = ["RssAnon", "RssShmem"].map((field) => new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
  return fields[0] === undefined ? undefined : fields.reduce((sum, kibibytes) => sum + Number(kibibytes ?? 0) * 1024, 0);
}

/** A process and what a network takes beside its file, until one has been measured: rather too much than too little. */
const UNMEASURED_BYTES = 64 * MIB;

export interface Measured {
  /** Of its artifact. */
  readonly fileBytes: number;
  /** Held after it was loaded. */
  readonly bytes: number;
}

/**
 * What a model is expected to hold that was never loaded here: its files, and
 * beside them the most that another version of it was measured to hold. What it
 * does hold is measured as soon as it is loaded. Bytes.
 */
export function expectedBytes(fileBytes: number, measured: readonly Measured[]): number {
  const beside = measured.map((other) => Math.max(0, other.bytes - other.fileBytes));
  return fileBytes + (beside.length === 0 ? UNMEASURED_BYTES : Math.max(...beside));
}

export const mebibytes = (bytes: number): number => Math.round(bytes / MIB);
