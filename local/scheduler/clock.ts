/** Time, and calls at instants of it; tests bring one that they wind themselves. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once that instant has come, at once where it has passed. @returns takes the call back. */
  at(instantMs: number, call: () => void): () => void;
}

/** The longest that a timer of Node waits; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** This machine's. What waits keeps no process alive. */
export const systemClock: Clock = {
  now: Date.now,
  at(instantMs, call) {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const left = instantMs - Date.now();
      timer = left <= LONGEST_TIMER_MS ? setTimeout(call, Math.max(0, left)) : setTimeout(wait, LONGEST_TIMER_MS);
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
