import { setInterval } from "node:timers";

/** How often to look whether `npm` is still there. */
const PARENT_CHECK_MS = 1_000;

/**
 * Resolves at Ctrl-C, SIGTERM, a closed terminal, or when the npm that started
 * this is gone without a word. A second signal ends the process at once; the
 * containers end by themselves when this process does.
 */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const stop = () => {
      if (told) process.exit(130);
      told = true;
      clearInterval(watch);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    const parent = process.ppid;
    // Only under npm: a shell may well leave a program running on purpose.
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) stop();
    }, PARENT_CHECK_MS).unref();
  });
}
