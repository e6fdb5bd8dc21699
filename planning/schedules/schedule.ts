import { HOURS_PER_MONTH } from "../limits";
import { calendarDay, parseCron, ScheduleProblem, type CalendarDay, type Cron } from "./cron";

/**
 * Schedules as EventBridge Scheduler reads them, and when they come due.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export interface Schedule {
  readonly cron: string | null;
  readonly rate: string | null;
  readonly at: string | null;
  readonly timezone: string;
}

export const SCHEDULE_TYPES = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html";

/** `cron(0 3 * * ? *)`, `rate(1 day)`, `at(2026-12-01T03:00:00)`; undefined unless exactly one of the three is written. */
export function scheduleExpression({ cron, rate, at }: Schedule): string | undefined {
  const written = Object.entries({ cron, rate, at }).flatMap(([kind, text]) => (text === null ? [] : [`${kind}(${text.trim().replace(/\s+/g, " ")})`]));
  return written.length === 1 ? written[0] : undefined;
}

/** What `scheduleExpression` wrote, read again. @throws ScheduleProblem */
export function parseExpression(expression: string, timezone: string): Schedule {
  const [, kind, text] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === undefined || text === undefined) throw new ScheduleProblem(`"${expression}" is not cron(…), rate(…) or at(…)`);
  return { cron: null, rate: null, at: null, timezone, [kind]: text };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const unitsMs: { readonly [unit: string]: number } = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS };

/** Milliseconds between two runs of a `rate`. @throws ScheduleProblem */
export function rateMs(text: string): number {
  const [, count = "", unit = "", plural] = /^\s*([1-9]\d{0,5})\s+(minute|hour|day)(s?)\s*$/.exec(text) ?? [];
  if (unit === "") throw new ScheduleProblem(`"${text}" is not a number and minutes, hours or days`);
  const right = `${count} ${unit}${count === "1" ? "" : "s"}`;
  if ((plural === "s") !== (count !== "1")) throw new ScheduleProblem(`"${text}" must be written "${right}"`);
  return Number(count) * unitsMs[unit]!;
}

/** Milliseconds since 1970 of the wall-clock time `2026-12-01T03:00:00` in a time zone. @throws ScheduleProblem */
export function atMs(text: string, timezone: string): number {
  const fields = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  const problem = new ScheduleProblem(`"${text}" is not a date and time like 2026-12-01T03:00:00`);
  if (fields === undefined) throw problem;
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  // A day that the month does not have would silently become one of the next.
  if (new Date(wallMs).toISOString().slice(0, 19) !== text) throw problem;
  return instantOf(wallMs, timezone);
}

export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return /^(UTC|[A-Za-z]+(\/[A-Za-z0-9_+-]+)+)$/.test(name);
  } catch {
    return false;
  }
}

/** Two leap years in a row fit into it, and so does every pattern that repeats. */
const HORIZON_DAYS = 366 * 9;

/**
 * When a schedule runs next, in milliseconds since 1970; undefined where it
 * never does again. A `rate` counts from `sinceMs`, when the schedule was made.
 *
 * @throws ScheduleProblem for what is not a schedule.
 */
export function nextRunMs(schedule: Schedule, afterMs: number, sinceMs = afterMs): number | undefined {
  const { cron, rate, at, timezone } = schedule;
  if (rate !== null) {
    const every = rateMs(rate);
    return sinceMs + every * (Math.floor(Math.max(0, afterMs - sinceMs) / every) + 1);
  }
  if (at !== null) {
    const due = atMs(at, timezone);
    return due > afterMs ? due : undefined;
  }
  return cron === null ? undefined : nextCronMs(parseCron(cron), timezone, afterMs);
}

function nextCronMs(cron: Cron, timezone: string, afterMs: number): number | undefined {
  const today = Math.floor(wallClockMs(afterMs, timezone) / DAY_MS) * DAY_MS;
  const hours = [...cron.hours].sort((a, b) => a - b);
  const minutes = [...cron.minutes].sort((a, b) => a - b);
  for (let index = 0; index < HORIZON_DAYS; index += 1) {
    const midnight = today + index * DAY_MS;
    if (!cron.day(calendarDay(midnight))) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const due = instantOf(midnight + hour * 60 * MINUTE_MS + minute * MINUTE_MS, timezone);
        if (due > afterMs) return due;
      }
    }
  }
  return undefined;
}

/** How often a schedule runs in an average month; 0 for one that runs once. @throws ScheduleProblem */
export function runsPerMonth(schedule: Schedule): number {
  if (schedule.at !== null) return 0;
  if (schedule.rate !== null) return (HOURS_PER_MONTH * 60 * MINUTE_MS) / rateMs(schedule.rate);
  if (schedule.cron === null) return 0;
  const cron = parseCron(schedule.cron);
  const days = countedDays().filter(cron.day).length;
  return (days * cron.hours.size * cron.minutes.size * HOURS_PER_MONTH) / (DAYS_COUNTED * 24);
}

/** Whether two schedules ever come due at the same instant; of two rates, and of two clocks in different time zones, only what is plain. @throws ScheduleProblem */
export function coincide(a: Schedule, b: Schedule): boolean {
  if (a.rate !== null || b.rate !== null) return a.rate === b.rate;
  if (a.cron !== null && b.cron !== null) return a.timezone === b.timezone && meet(parseCron(a.cron), parseCron(b.cron));
  const [once, other] = a.at === null ? [b, a] : [a, b];
  if (once.at === null) return false;
  const due = atMs(once.at, once.timezone);
  return nextRunMs(other, due - 1) === due;
}

function meet(a: Cron, b: Cron): boolean {
  const share = (one: ReadonlySet<number>, other: ReadonlySet<number>): boolean => [...one].some((value) => other.has(value));
  if (!share(a.minutes, b.minutes) || !share(a.hours, b.hours)) return false;
  return countedDays().some((day) => a.day(day) && b.day(day));
}

const countedDays = (): CalendarDay[] => Array.from({ length: DAYS_COUNTED }, (_, index) => calendarDay(Date.UTC(COUNTED_FROM, 0, 1) + index * DAY_MS));

/** Four whole years, one of them a leap year. */
const COUNTED_FROM = 2027;
const DAYS_COUNTED = 1461;

/** What the clocks of a time zone show at an instant, as if it were UTC. */
function wallClockMs(instantMs: number, timezone: string): number {
  const parts = clockOf(timezone).formatToParts(instantMs);
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(field("year"), field("month") - 1, field("day"), field("hour"), field("minute"), field("second"));
}

/**
 * When the clocks show that time. Of an hour that comes twice the first; one
 * that a change to summer time leaves out is moved by the length of the change.
 */
function instantOf(wallMs: number, timezone: string): number {
  const offsetAt = (instantMs: number): number => wallClockMs(instantMs, timezone) - instantMs;
  const candidates = [wallMs - offsetAt(wallMs - DAY_MS), wallMs - offsetAt(wallMs + DAY_MS)];
  const exact = candidates.filter((instant) => wallClockMs(instant, timezone) === wallMs);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timezone: string): Intl.DateTimeFormat {
  const known =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  clocks.set(timezone, known);
  return known;
}
