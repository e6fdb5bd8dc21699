/**
 * Latencies as counts over logarithmic bins: constant memory, mergeable, and
 * every quantile within 5 % of the true value (DDSketch,
 * https://arxiv.org/abs/1908.10693). Values are microseconds, ≥ 0.
 */
export interface Histogram {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Bin index → how many values fell into (γ^(i−1), γ^i]. */
  readonly bins: ReadonlyMap<number, number>;
}

const RELATIVE_ERROR = 0.05;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

export const emptyHistogram: Histogram = { count: 0, sum: 0, minimum: Infinity, maximum: 0, bins: new Map() };

export function addValue(histogram: Histogram, value: number): Histogram {
  const bin = Math.ceil(Math.log(Math.max(value, 1)) / Math.log(GAMMA));
  const bins = new Map(histogram.bins);
  bins.set(bin, (bins.get(bin) ?? 0) + 1);
  return {
    count: histogram.count + 1,
    sum: histogram.sum + value,
    minimum: Math.min(histogram.minimum, value),
    maximum: Math.max(histogram.maximum, value),
    bins,
  };
}

export function merge(histograms: Iterable<Histogram>): Histogram {
  let { count, sum, minimum, maximum } = emptyHistogram;
  const bins = new Map<number, number>();
  for (const histogram of histograms) {
    count += histogram.count;
    sum += histogram.sum;
    minimum = Math.min(minimum, histogram.minimum);
    maximum = Math.max(maximum, histogram.maximum);
    for (const [bin, held] of histogram.bins) bins.set(bin, (bins.get(bin) ?? 0) + held);
  }
  return { count, sum, minimum, maximum, bins };
}

/** The value below which a share `q` (0–1) of the values lies; undefined without values. */
export function quantile(histogram: Histogram, q: number): number | undefined {
  if (histogram.count === 0) return undefined;
  const rank = Math.max(1, Math.ceil(q * histogram.count));
  let seen = 0;
  for (const bin of [...histogram.bins.keys()].sort((a, b) => a - b)) {
    seen += histogram.bins.get(bin)!;
    if (seen >= rank) {
      const middle = (2 * GAMMA ** bin) / (GAMMA + 1);
      return Math.min(Math.max(middle, histogram.minimum), histogram.maximum);
    }
  }
  return histogram.maximum;
}
