import { rangesOf, type ScalingSchedule } from "../schedules/ranges";
import type { ResolvedModel, TrafficShare } from "../types";

/** Counts as a mode on instances has them, or a version of its own. */
export interface Counts {
  readonly instances: number;
  readonly scaling: { readonly min: number | null; readonly max: number | null; readonly schedule: ScalingSchedule | null };
}

/** How many instances a variant starts with, and between which counts it is scaled. */
export interface Capacity {
  readonly initial: number;
  /** Fewest and most at any time, whatever is scheduled. */
  readonly fewest: number;
  readonly most: number;
  /** The range that it is registered with; what is scheduled comes after it. */
  readonly range: { readonly min: number; readonly max: number };
  /** Whether its count is left to Application Auto Scaling. */
  readonly scaled: boolean;
}

/** The counts of a version: its own, and the mode's where it has none. A range of its own brings its own schedule, or none. */
export const countsOf = (counts: Counts, share: Pick<TrafficShare, "instances" | "scaling"> = {}): Counts => ({
  instances: share.instances ?? counts.instances,
  scaling: share.scaling === undefined ? counts.scaling : { min: null, schedule: null, ...share.scaling },
});

export function capacityOf({ instances, scaling: { min, max, schedule } }: Counts): Capacity {
  if (max === null) return { initial: instances, fewest: instances, most: instances, range: { min: instances, max: instances }, scaled: false };
  const range = { min: min ?? instances, max };
  const scheduled = rangesOf(schedule);
  return {
    initial: Math.max(instances, range.min),
    fewest: Math.min(range.min, ...scheduled.map((each) => each.min)),
    most: Math.max(range.max, ...scheduled.map((each) => each.max)),
    range,
    scaled: true,
  };
}

/** The fewest instances that any version of the traffic ever has. */
export const fewestOf = ({ traffic }: Pick<ResolvedModel, "traffic">, counts: Counts): number => Math.min(...traffic.map((share) => capacityOf(countsOf(counts, share)).fewest));

/** `2–4`, or `v4 2–4, v5 1` where versions differ. */
export function countWords({ traffic }: Pick<ResolvedModel, "traffic">, counts: Counts): string {
  const words = traffic.map((share) => ({ version: share.version, count: rangeWords(capacityOf(countsOf(counts, share))) }));
  const [first] = words;
  return words.every(({ count }) => count === first?.count) ? (first?.count ?? "") : words.map(({ version, count }) => `${version} ${count}`).join(", ");
}

/** The widest that a schedule makes it. */
const rangeWords = ({ fewest, most }: Capacity): string => (fewest === most ? String(fewest) : `${fewest}–${most}`);
