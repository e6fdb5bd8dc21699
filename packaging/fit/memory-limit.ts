import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MIB = 2 ** 20;

/** A memory limit that the kernel enforces on a process and all that it starts. */
export interface MemoryLimit {
  readonly by: "cgroup v2" | "cgroup v1";
  /** A process that writes its id here is under the limit from then on. */
  readonly procsFile: string;
  /** Processes that were killed for it. */
  killed(): number;
  /** Takes the limit away, once no process is under it. */
  remove(): void;
}

let made = 0;

/**
 * Makes a control group with a memory limit, without swap; undefined where this system has none that
 * this process may make: then what a process holds can be measured, and not limited. (A limit on
 * addresses, as `ulimit -v` sets it, says nothing of memory: V8 reserves gigabytes that it never uses.)
 */
export function limitMemory(mebibytes: number): MemoryLimit | undefined {
  const name = `slipway-fit-${process.pid}-${(made += 1)}`;
  for (const { by, folder } of places()) {
    const group = join(folder, name);
    const limitFile = join(group, by === "cgroup v2" ? "memory.max" : "memory.limit_in_bytes");
    try {
      mkdirSync(group);
      // Version 2 has the file only where the group above hands the controller down.
      if (existsSync(limitFile)) {
        writeFileSync(limitFile, String(mebibytes * MIB));
        const swapFile = join(group, by === "cgroup v2" ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
        if (existsSync(swapFile)) writeFileSync(swapFile, by === "cgroup v2" ? "0" : String(mebibytes * MIB));
        return { by, procsFile: join(group, "cgroup.procs"), killed: () => killedIn(group, by), remove: () => removeGroup(group) };
      }
    } catch {
      // Not ours to make here; the next place may be.
    }
    removeGroup(group);
  }
  return undefined;
}

/** Groups that a new one may be made in: this process's own, and those above it. */
function places(): { readonly by: MemoryLimit["by"]; readonly folder: string }[] {
  let groups: string;
  let mounts: string;
  try {
    groups = readFileSync("/proc/self/cgroup", "utf8");
    mounts = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return [];
  }
  const mounted = mounts.split("\n").map((line) => line.split(" "));
  const found: { by: MemoryLimit["by"]; folder: string }[] = [];
  const add = (by: MemoryLimit["by"], mount: string | undefined, own: string | undefined): void => {
    if (mount === undefined || own === undefined) return;
    for (let path = own; ; path = dirname(path)) {
      found.push({ by, folder: join(mount, path) });
      if (path === "/" || path === ".") break;
    }
  };
  add("cgroup v2", mounted.find(([, , type]) => type === "cgroup2")?.[1], /^0::(.*)$/m.exec(groups)?.[1]);
  add("cgroup v1", mounted.find(([, , type, options = ""]) => type === "cgroup" && options.split(",").includes("memory"))?.[1], /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1]);
  return found;
}

function killedIn(group: string, by: MemoryLimit["by"]): number {
  try {
    const text = readFileSync(join(group, by === "cgroup v2" ? "memory.events" : "memory.oom_control"), "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It was not made, or a process is still ending in it; the system takes an empty one at its next start.
  }
}
