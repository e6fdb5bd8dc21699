/** The cron expressions of EventBridge Scheduler and, alike, of Application Auto Scaling: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */

/** What a person wrote cannot be a schedule; the message says why. */
export class ScheduleProblem extends Error {}

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
/** 1 is Sunday, unlike in a crontab. */
const weekdays = "SUN MON TUE WED THU FRI SAT".split(" ");
const cronFields: readonly Field[] = [
  { name: "minutes", low: 0, high: 59 },
  { name: "hours", low: 0, high: 23 },
  { name: "day of the month", low: 1, high: 31 },
  { name: "month", low: 1, high: 12, names: months },
  { name: "day of the week", low: 1, high: 7, names: weekdays },
  { name: "year", low: 1970, high: 2199 },
];

/** A parsed `cron`. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  /** Whether the day is one of them. */
  readonly day: (day: CalendarDay) => boolean;
}

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1–7 from Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** Reads the six fields of a `cron`. @throws ScheduleProblem */
export function parseCron(text: string): Cron {
  const parts = text.trim().toUpperCase().split(/\s+/);
  if (parts.length !== 6) {
    throw new ScheduleProblem(`"${text}" has ${parts.length} fields; there are six: minutes, hours, day of the month, month, day of the week, year`);
  }
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = parts as [string, string, string, string, string, string];
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new ScheduleProblem(`"${text}" must have ? in exactly one of the two day fields, and says ${dayOfMonth === "?" ? "it in both" : "a day in both"}`);
  }
  const inMonths = values(month, cronFields[3]!);
  const inYears = values(year, cronFields[5]!);
  const onDay = dayOfWeek === "?" ? monthDays(dayOfMonth) : weekDays(dayOfWeek);
  return {
    minutes: values(minutes, cronFields[0]!),
    hours: values(hours, cronFields[1]!),
    day: (day) => inYears.has(day.year) && inMonths.has(day.month) && onDay(day),
  };
}

function monthDays(text: string): (day: CalendarDay) => boolean {
  if (text === "L") return ({ day, daysInMonth }) => day === daysInMonth;
  const nearest = /^(\d{1,2})W$/.exec(text)?.[1];
  if (nearest === undefined) {
    const days = values(text, cronFields[2]!);
    return ({ day }) => days.has(day);
  }
  const target = Math.max(...values(nearest, cronFields[2]!));
  return (day) => day.day === nearestWeekday(target, day);
}

/** The working day nearest to a day of the month, within that month; undefined where the month does not have the day. */
function nearestWeekday(target: number, { day, weekday, daysInMonth }: CalendarDay): number | undefined {
  if (target > daysInMonth) return undefined;
  const at = ((((weekday - 1 + target - day) % 7) + 7) % 7) + 1;
  if (at === 7) return target === 1 ? 3 : target - 1;
  if (at === 1) return target === daysInMonth ? target - 2 : target + 1;
  return target;
}

function weekDays(text: string): (day: CalendarDay) => boolean {
  const field = cronFields[4]!;
  const [, last] = /^([1-7]|[A-Z]{3})L$/.exec(text) ?? [];
  if (last !== undefined) {
    const wanted = values(last, field);
    return ({ weekday, day, daysInMonth }) => wanted.has(weekday) && day > daysInMonth - 7;
  }
  const [, named, nth] = /^([1-7]|[A-Z]{3})#([1-5])$/.exec(text) ?? [];
  if (named !== undefined) {
    const wanted = values(named, field);
    return ({ weekday, day }) => wanted.has(weekday) && Math.ceil(day / 7) === Number(nth);
  }
  const wanted = values(text, field);
  return ({ weekday }) => wanted.has(weekday);
}

/** `*`, `5`, `MON-FRI`, `0/15`, `1,15,L`-free lists of these. */
function values(text: string, field: Field): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, from = "", to, step] = /^(\*|\d+|[A-Z]{3})(?:-(\d+|[A-Z]{3}))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === "" || (from === "*" && to !== undefined)) throw new ScheduleProblem(`"${part}" is not a value of the field ${field.name}`);
    const low = from === "*" ? field.low : valueOf(from, field);
    // A step without an end runs to the end of the field.
    const high = to === undefined ? (from === "*" || step !== undefined ? field.high : low) : valueOf(to, field);
    const stride = step === undefined ? 1 : Number(step);
    if (low > high) throw new ScheduleProblem(`"${part}" of the field ${field.name} runs backwards`);
    if (stride < 1) throw new ScheduleProblem(`"${part}" of the field ${field.name} has a step of 0`);
    for (let value = low; value <= high; value += stride) found.add(value);
  }
  return found;
}

function valueOf(text: string, { name, low, high, names = [] }: Field): number {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + low : Number(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new ScheduleProblem(`"${text}" of the field ${name} is not from ${low} to ${high}`);
  return value;
}

/** The day that begins at a midnight, in milliseconds since 1970. */
export function calendarDay(midnightMs: number): CalendarDay {
  const date = new Date(midnightMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  return { year, month, day: date.getUTCDate(), weekday: date.getUTCDay() + 1, daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate() };
}
