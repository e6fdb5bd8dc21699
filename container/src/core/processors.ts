import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** What says how many processors there are. */
export interface ProcessorSources {
  /** That this process may run on. */
  readonly allowed: number;
  /** The text of a file, or undefined where there is none. */
  readonly read: (path: string) => string | undefined;
}

/**
 * The processors that this container has: those that it may run on, and no more than its cgroup's share of
 * time amounts to, rounded up. A machine of 64 whose container has two is one of two.
 *
 * Sources: https://docs.kernel.org/admin-guide/cgroup-v2.html (`cpu.max`),
 * https://docs.kernel.org/scheduler/sched-bwc.html (`cpu.cfs_quota_us`).
 */
export function processors({ allowed, read }: ProcessorSources = { allowed: availableParallelism(), read: readText }): number {
  const [quota, period] = read("/sys/fs/cgroup/cpu.max")?.trim().split(" ") ?? [read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), read("/sys/fs/cgroup/cpu/cpu.cfs_period_us")];
  const share = Number(quota) / Number(period);
  // No limit is `max` in the one file, and -1 in the other.
  return share > 0 && Number.isFinite(share) ? Math.max(1, Math.min(allowed, Math.ceil(share))) : allowed;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
