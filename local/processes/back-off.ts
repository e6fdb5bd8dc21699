/** Milliseconds before restart number `attempt` (from 1) of a crashed container: 250 ms, doubling, at most 30 s. */
export function restartDelayMs(attempt: number): number {
  return Math.min(30_000, 250 * 2 ** Math.min(Math.max(attempt, 1) - 1, 20));
}
