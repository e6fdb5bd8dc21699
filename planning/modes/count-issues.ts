import { rangeIssues } from "../schedules/ranges";
import type { TrafficShare } from "../types";
import type { Counts } from "./capacity";
import type { ModeIssue } from "./mode";

/**
 * What is wrong with the counts of a mode on instances, or of one version of it.
 *
 * @param below where they are written: empty for the mode, `/traffic.v4.` for a version.
 * @param share the version whose own they are.
 */
export function countIssues(counts: Counts, below: string, share?: TrafficShare): ModeIssue[] {
  const { instances, scaling } = counts;
  const { min, max, schedule } = scaling;
  if (max === null) return [];
  // A version that has only a count of its own is held against the mode's range, at its count.
  const at = (field: string): string => (share !== undefined && share.scaling === undefined ? `${below}instances` : `${below}${field}`);
  const fewest = min ?? instances;
  if (fewest > max) {
    return [
      {
        code: "scaling-range",
        path: at(min === null ? "scaling.max" : "scaling.min"),
        message: `scaling goes from ${fewest} ${min === null ? "(instances) " : ""}down to ${max}`,
        hint: `write: scaling: { min: ${Math.min(fewest, max)}, max: ${Math.max(fewest, max)} }`,
      },
    ];
  }
  const above: ModeIssue[] =
    instances <= max
      ? []
      : [{ code: "scaling-range", path: `${below}${share !== undefined && share.instances === undefined ? "scaling.max" : "instances"}`, message: `instances is ${instances}, above scaling.max, which is ${max}`, hint: `write: instances: ${max}, or raise scaling.max` }];
  const scheduled = share !== undefined && share.scaling === undefined ? [] : rangeIssues(schedule, `${below}scaling.schedule`, { min: fewest, max });
  return [...above, ...scheduled];
}
