import type { ModeIssue } from "../modes/mode";
import { ScheduleProblem, parseCron } from "./cron";
import { SCHEDULE_TYPES, atMs, isTimezone, nextRunMs, rateMs, type Schedule } from "./schedule";

const ways = ["cron", "rate", "at"] as const;
const waysOf = (schedule: Schedule) => ways.filter((way) => schedule[way] !== null);

/** What is wrong with a schedule that has more than one of cron, rate and at. @param path of the schedule, below its mode. */
export function waysIssues(schedule: Schedule, path: string, source = SCHEDULE_TYPES): ModeIssue[] {
  const written = waysOf(schedule);
  if (written.length <= 1) return [];
  return [{ code: "schedule-way", path, message: `the schedule has ${written.join(" and ")}, and a schedule has one of them`, hint: `keep ${written[0]}`, source }];
}

/** What is wrong with a schedule that has exactly one of cron, rate and at. @param path of the schedule, below its mode. */
export function expressionIssues(schedule: Schedule, path: string, source = SCHEDULE_TYPES): ModeIssue[] {
  const wrong = (code: string, field: string, message: string, hint: string): ModeIssue => ({ code, path: `${path}.${field}`, message, hint, source });
  if (!isTimezone(schedule.timezone)) {
    return [wrong("schedule-timezone", "timezone", `"${schedule.timezone}" is not a time zone`, "write: timezone: Europe/Paris, or another name of the IANA list")];
  }
  const [way] = waysOf(schedule) as [(typeof ways)[number]];
  try {
    if (way === "cron") parseCron(schedule.cron!);
    if (way === "rate") rateMs(schedule.rate!);
    if (way === "at") atMs(schedule.at!, schedule.timezone);
  } catch (error) {
    if (!(error instanceof ScheduleProblem)) throw error;
    return [wrong(malformed[way].code, way, error.message, malformed[way].hint)];
  }
  if (way !== "cron" || nextRunMs(schedule, REFERENCE_MS) !== undefined) return [];
  return [wrong("schedule-never", "cron", `no day is ever "${schedule.cron}"`, "write a day that the month has, in a year to come")];
}

/** What is wrong with a time that has gone by on the day of the plan. @param today `YYYY-MM-DD`. */
export function pastIssues({ at, timezone }: Schedule, path: string, today: string): ModeIssue[] {
  if (at === null || atMs(at, timezone) >= Date.parse(today)) return [];
  return [{ code: "schedule-at", path: `${path}.at`, message: `${at} has passed: nothing would ever start`, hint: "write a time to come, or take the schedule out" }];
}

/** The day from which `schedule-never` looks ahead: a check must not depend on the clock. */
const REFERENCE_MS = Date.UTC(2026, 10, 23);

const malformed = {
  cron: { code: "schedule-cron", hint: "write: cron: 0 3 * * ? * for every day at three" },
  rate: { code: "schedule-rate", hint: "write: rate: 1 day, or rate: 12 hours" },
  at: { code: "schedule-at", hint: "write: at: 2027-01-31T03:00:00" },
};
