import type { Metric, Neighbours } from "./vector-index";

/**
 * The `k` best of many scores, the best first; equal scores by place, NaN never.
 *
 * One pass with a heap whose root is the worst that is kept: nearly every score fails the one
 * comparison with it.
 */
export function topK(scores: Float32Array, k: number, metric: Metric): Neighbours {
  const sign = metric === "innerProduct" ? 1 : -1;
  const kept = Math.min(k, scores.length);
  const values = new Float64Array(kept);
  const ids = new Int32Array(kept);
  let count = 0;

  /** a is a worse neighbour than b. */
  const worse = (a: number, b: number): boolean => values[a]! < values[b]! || (values[a]! === values[b]! && ids[a]! > ids[b]!);
  const swap = (a: number, b: number): void => {
    [values[a], values[b]] = [values[b]!, values[a]!];
    [ids[a], ids[b]] = [ids[b]!, ids[a]!];
  };
  const sink = (at: number, end: number): void => {
    for (;;) {
      let child = 2 * at + 1;
      if (child >= end) return;
      if (child + 1 < end && worse(child + 1, child)) child += 1;
      if (!worse(child, at)) return;
      swap(at, child);
      at = child;
    }
  };

  let threshold = -Infinity;
  for (let id = 0; id < scores.length; id += 1) {
    const value = sign * scores[id]!;
    if (count < kept) {
      if (Number.isNaN(value)) continue;
      values[count] = value;
      ids[count] = id;
      count += 1;
      if (count === kept) {
        for (let at = (kept >> 1) - 1; at >= 0; at -= 1) sink(at, kept);
        threshold = values[0]!;
      }
    } else if (value > threshold) {
      // A later id with an equal score is the worse one, so only a greater score gets in.
      values[0] = value;
      ids[0] = id;
      sink(0, kept);
      threshold = values[0]!;
    }
  }

  const order = Array.from({ length: count }, (_, at) => at).sort((a, b) => values[b]! - values[a]! || ids[a]! - ids[b]!);
  return { ids: order.map((at) => ids[at]!), scores: order.map((at) => sign * values[at]!) };
}
