import type { JsonSchema } from "../../contract/json";
import { ref, type PlannedResource, type ResourceInputs } from "../../contract/resources";
import type { ModeIssue } from "../modes/mode";
import { object } from "../modes/schema";
import { logicalName, physicalName } from "../naming";
import type { ResolvedModel, StackFacts } from "../types";
import { expressionIssues, pastIssues, waysIssues } from "./issues";
import { coincide, scheduleExpression, type Schedule } from "./schedule";

const SCHEDULED_SCALING = "https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html";
const ACTION = "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html";
/** Longest name of a range: more than a word or two says nothing more. */
const MAX_RANGE_NAME_LENGTH = 32;

/** `scaling.schedule` as resolved: name → when, and the range from then on. */
export type ScalingSchedule = { readonly [name: string]: WrittenRange };
type WrittenRange = { readonly cron?: string; readonly rate?: string; readonly at?: string; readonly timezone?: string; readonly min: number; readonly max: number };

/** A range that scaling is given at its time, and keeps until another comes due. */
export interface ScheduledRange extends Schedule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** By name, with what was left out filled in. */
export const rangesOf = (schedule: ScalingSchedule | null | undefined): ScheduledRange[] =>
  Object.entries(schedule ?? {})
    .map(([name, { cron = null, rate = null, at = null, timezone = "UTC", min, max }]) => ({ name, cron, rate, at, timezone, min, max }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** @param least the fewest that may be kept: 0 where the endpoint may sleep. @param what is counted: `instances`. */
export function scalingScheduleSchema(least: number, what: string): JsonSchema {
  return {
    type: "object",
    description: `Name → when, and between which counts of ${what} scaling keeps from then on, until the next range comes due. A recurring range needs another that takes it back.`,
    "x-source": SCHEDULED_SCALING,
    examples: [{ morning: { cron: "0 7 ? * MON-FRI *", timezone: "Europe/Paris", min: 2, max: 6 }, evening: { cron: "0 20 ? * MON-FRI *", timezone: "Europe/Paris", min: 1, max: 2 } }],
    propertyNames: {
      type: "string",
      pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
      maxLength: MAX_RANGE_NAME_LENGTH,
      "x-expects": "lower-case letters, digits and single hyphens, starting with a letter",
      "x-codes": { pattern: "name-illegal", maxLength: "name-too-long" },
      "x-source": ACTION,
    },
    additionalProperties: object(
      "Exactly one of cron, rate and at, and a range.",
      {
        cron: { type: "string", maxLength: 200, description: "Minutes, hours, day of the month, month, day of the week, year; ? in one of the two day fields.", examples: ["0 7 ? * MON-FRI *"], "x-source": SCHEDULED_SCALING },
        rate: { type: "string", maxLength: 40, description: "A number and minutes, hours or days.", examples: ["12 hours"], "x-source": ACTION },
        at: { type: "string", maxLength: 40, description: "Once, at this date and time.", examples: ["2027-01-31T07:00:00"], "x-source": ACTION },
        timezone: { type: "string", maxLength: 50, description: "Time zone that cron and at are read in. Without it: UTC.", examples: ["Europe/Paris"], "x-source": SCHEDULED_SCALING },
        min: { type: "integer", minimum: least, maximum: 10_000, description: `Fewest ${what} from then on.` },
        max: { type: "integer", minimum: 1, maximum: 10_000, description: `Most ${what} from then on.` },
      },
      ["min", "max"],
    ),
  };
}

/**
 * What is wrong with scheduled ranges.
 * @param path of the schedule, below its mode.
 * @param usual the range that holds until the first of them comes due.
 */
export function rangeIssues(schedule: ScalingSchedule | null | undefined, path: string, usual: { readonly min: number; readonly max: number }): ModeIssue[] {
  const ranges = rangesOf(schedule);
  const unsound = ranges.flatMap((range) => oneRangeIssues(range, `${path}.${range.name}`));
  return unsound.length > 0 ? unsound : [...sameTimeIssues(ranges, path), ...oneWayIssues(ranges, path, usual)];
}

function oneRangeIssues(range: ScheduledRange, path: string): ModeIssue[] {
  const { min, max } = range;
  const order: ModeIssue[] = min <= max ? [] : [{ code: "scaling-range", path: `${path}.min`, message: `${range.name} goes from ${min} down to ${max}`, hint: `write: min: ${max}, max: ${min}` }];
  if (range.cron === null && range.rate === null && range.at === null) {
    return [...order, { code: "schedule-way", path, message: `${range.name} does not say when`, hint: "write: cron: 0 7 ? * MON-FRI *, or at: with a date and time", source: ACTION }];
  }
  const ways = waysIssues(range, path, ACTION);
  return [...order, ...(ways.length > 0 ? ways : expressionIssues(range, path, SCHEDULED_SCALING))];
}

/** Which of two ranges holds that come due at once, nobody has said. */
function sameTimeIssues(ranges: readonly ScheduledRange[], path: string): ModeIssue[] {
  return ranges.flatMap((range, index): ModeIssue[] => {
    const other = ranges.slice(0, index).find((earlier) => coincide(earlier, range));
    if (other === undefined) return [];
    return [
      {
        code: "scaling-schedule-same-time",
        path: `${path}.${range.name}`,
        message: `${other.name} and ${range.name} come due at the same time, and which of the two holds is not said`,
        hint: "give one of them another time, or other days",
        source: ACTION,
      },
    ];
  });
}

/** One range that recurs, with none that takes it back, is the range for good. */
function oneWayIssues(ranges: readonly ScheduledRange[], path: string, usual: { readonly min: number; readonly max: number }): ModeIssue[] {
  const recurring = ranges.filter(({ at }) => at === null);
  const [first] = recurring;
  if (first === undefined || recurring.some(({ min, max }) => min !== first.min || max !== first.max) || (first.min === usual.min && first.max === usual.max)) return [];
  return [
    {
      code: "scaling-schedule-one-way",
      severity: "warning",
      path: `${path}.${first.name}`,
      message: `nothing takes ${first.name} back: once it has come due, the range is ${first.min} to ${first.max} for good, and never again ${usual.min} to ${usual.max}`,
      hint: `write a second range: evening: { cron: 0 20 ? * MON-FRI *, min: ${usual.min}, max: ${usual.max} }`,
      source: SCHEDULED_SCALING,
    },
  ];
}

/** ` · 2 scheduled ranges`, for the line that says how a model is served. */
export function scheduleWords(...schedules: readonly (ScalingSchedule | null | undefined)[]): string {
  const count = schedules.reduce((sum, schedule) => sum + rangesOf(schedule).length, 0);
  return count === 0 ? "" : ` · ${count} scheduled ${count === 1 ? "range" : "ranges"}`;
}

/** What of scheduled ranges only the day of the plan can show. */
export const passedRanges = (schedule: ScalingSchedule | null | undefined, path: string, { today }: StackFacts): ModeIssue[] =>
  rangesOf(schedule).flatMap((range) => pastIssues(range, `${path}.${range.name}`, today));

/** Scheduled ranges of one scalable target. */
export interface PlannedRanges {
  readonly model: ResolvedModel;
  readonly facts: StackFacts;
  /** Logical name of the scalable target. */
  readonly target: string;
  readonly version: string;
  readonly dimension: ResourceInputs["aws:appautoscaling/target:Target"]["scalableDimension"];
  readonly schedule: ScalingSchedule | null | undefined;
}

/**
 * One scheduled action for each range, one after the other: Application Auto
 * Scaling refuses two changes of one target at a time
 * (https://github.com/hashicorp/terraform-provider-aws/issues/17915).
 */
export function planRanges({ model, facts, target, version, dimension, schedule }: PlannedRanges): PlannedResource[] {
  const ranges = rangesOf(schedule);
  const nameOf = ({ name }: ScheduledRange): string => logicalName(model.name, "scaling", version, "at", name);
  return ranges.map((range, index) => ({
    type: "aws:appautoscaling/scheduledAction:ScheduledAction",
    name: nameOf(range),
    parent: model.name,
    inputs: {
      name: physicalName("aws:appautoscaling/scheduledAction:ScheduledAction", [model.name, facts.stack, version, range.name]),
      serviceNamespace: "sagemaker",
      resourceId: ref(target, "resourceId"),
      scalableDimension: dimension,
      schedule: scheduleExpression(range) ?? "",
      // A rate has no clock of its own.
      ...(range.rate === null ? { timezone: range.timezone } : {}),
      scalableTargetAction: { minCapacity: range.min, maxCapacity: range.max },
    },
    ...(index === 0 ? {} : { dependsOn: [nameOf(ranges[index - 1]!)] }),
  }));
}
