import type { Clock } from "../../../local/scheduler/clock";

/** A clock that stands until it is wound. */
export class WoundClock implements Clock {
  private readonly waiting = new Set<{ readonly instantMs: number; readonly call: () => void }>();

  constructor(private current: number) {}

  now(): number {
    return this.current;
  }

  at(instantMs: number, call: () => void): () => void {
    const one = { instantMs, call };
    this.waiting.add(one);
    return () => void this.waiting.delete(one);
  }

  /** Goes on to an instant, and makes every call that comes due on the way, in its order. */
  windTo(instantMs: number): void {
    for (;;) {
      const [next] = [...this.waiting].filter((one) => one.instantMs <= instantMs).sort((a, b) => a.instantMs - b.instantMs);
      if (next === undefined) break;
      this.waiting.delete(next);
      this.current = Math.max(this.current, next.instantMs);
      next.call();
    }
    this.current = Math.max(this.current, instantMs);
  }

  /** Jumps, as a machine that slept: what came due on the way is called late. */
  sleepUntil(instantMs: number): void {
    this.current = instantMs;
    this.windTo(instantMs);
  }
}
