import { readdirSync, readFileSync } from "node:fs";

/** A process and all below it, as far as they are there. */
export function processTree(pid: number): number[] {
  const found: number[] = [];
  const walk = (parent: number): void => {
    found.push(parent);
    let threads: string[];
    try {
      threads = readdirSync(`/proc/${parent}/task`);
    } catch {
      return;
    }
    for (const thread of threads) {
      for (const child of textOf(`/proc/${parent}/task/${thread}/children`).split(" ")) if (child.trim() !== "" && !found.includes(Number(child))) walk(Number(child));
    }
  };
  walk(pid);
  return found;
}

/**
 * The most that each process of a tree ever held at once, added up, while it is watched: `VmHWM` of
 * https://man7.org/linux/man-pages/man5/proc_pid_status.5.html. Pages of files that two processes map
 * count twice, so it is never too little.
 */
export class PeakMemory {
  private readonly peaks = new Map<number, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.timer = setInterval(() => this.look(), 20);
    this.timer.unref();
  }

  look(): void {
    for (const pid of processTree(this.pid)) {
      const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
      if (kibibytes > 0) this.peaks.set(pid, Math.max(kibibytes, this.peaks.get(pid) ?? 0));
    }
  }

  /** MiB, rounded up; 0 where the system has no /proc. */
  stop(): number {
    clearInterval(this.timer);
    return Math.ceil([...this.peaks.values()].reduce((sum, kibibytes) => sum + kibibytes, 0) / 1024);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
