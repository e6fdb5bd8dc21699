import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCron, ScheduleProblem } from "../../planning/schedules/cron";
import { atMs, nextRunMs, parseExpression, rateMs, runsPerMonth, scheduleExpression, type Schedule } from "../../planning/schedules/schedule";

const schedule = (fields: Partial<Schedule>): Schedule => ({ cron: null, rate: null, at: null, timezone: "UTC", ...fields });
const next = (cron: string, after: string, timezone = "UTC"): string | undefined => {
  const due = nextRunMs(schedule({ cron, timezone }), Date.parse(after));
  return due === undefined ? undefined : new Date(due).toISOString().slice(0, 16);
};

describe("schedules", () => {
  it("find the next minute of a cron", () => {
    assert.equal(next("0 3 * * ? *", "2026-11-23T02:59:59Z"), "2026-11-23T03:00");
    assert.equal(next("0 3 * * ? *", "2026-11-23T03:00:00Z"), "2026-11-24T03:00");
    assert.equal(next("0/20 8-9 ? * MON-FRI *", "2026-11-27T09:40:00Z"), "2026-11-30T08:00");
    assert.equal(next("15 10 ? * 2#1 *", "2026-11-23T00:00:00Z"), "2026-12-07T10:15");
    assert.equal(next("0 0 L * ? *", "2027-02-01T00:00:00Z"), "2027-02-28T00:00");
    assert.equal(next("0 0 ? * 6L *", "2026-11-01T00:00:00Z"), "2026-11-27T00:00");
    assert.equal(next("0 0 15W * ? *", "2026-08-01T00:00:00Z"), "2026-08-14T00:00");
    assert.equal(next("0 0 1W * ? *", "2026-07-31T00:00:00Z"), "2026-08-03T00:00");
    assert.equal(next("0 12 29 2 ? *", "2026-01-01T00:00:00Z"), "2028-02-29T12:00");
    assert.equal(next("0 12 1 1 ? 2026", "2026-06-01T00:00:00Z"), undefined);
  });

  it("read it in a time zone, and keep its wall clock over summer time", () => {
    assert.equal(next("0 3 * * ? *", "2026-07-01T00:00:00Z", "Europe/Paris"), "2026-07-01T01:00");
    assert.equal(next("0 3 * * ? *", "2026-12-01T00:00:00Z", "Europe/Paris"), "2026-12-01T02:00");
    // 02:30 does not exist on that night.
    assert.equal(next("30 2 * * ? *", "2026-03-28T12:00:00Z", "Europe/Paris"), "2026-03-29T01:30");
    // 02:30 comes twice: the first of the two.
    assert.equal(next("30 2 * * ? *", "2026-10-24T12:00:00Z", "Europe/Paris"), "2026-10-25T00:30");
  });

  it("are read again from what was written of them", () => {
    for (const fields of [{ cron: "0 3 * * ? *" }, { rate: "12 hours" }, { at: "2027-01-31T07:00:00" }]) {
      const written = schedule({ ...fields, timezone: "Europe/Paris" });
      assert.deepEqual(parseExpression(scheduleExpression(written)!, "Europe/Paris"), written);
    }
    assert.throws(() => parseExpression("every day", "UTC"), ScheduleProblem);
  });

  it("say what is wrong with one", () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ["0 3 * * ?", /has 5 fields/],
      ["0 3 * * * *", /exactly one of the two day fields, and says a day in both/],
      ["0 3 ? * ? *", /says it in both/],
      ["60 3 * * ? *", /"60" of the field minutes is not from 0 to 59/],
      ["0 24 * * ? *", /field hours/],
      ["0 3 32 * ? *", /day of the month/],
      ["0 3 ? * 0 *", /from 1 to 7/],
      ["0 3 ? * FUNDAY *", /not a value of the field day of the week/],
      ["0 3 * 5-2 ? *", /runs backwards/],
      ["0/0 3 * * ? *", /step of 0/],
      ["0 3 ? * 2#6 *", /not a value/],
    ];
    for (const [text, message] of refused) assert.throws(() => parseCron(text), (error: Error) => error instanceof ScheduleProblem && message.test(error.message), text);
    for (const text of ["1 days", "2 day", "0 hours", "1.5 hours", "1 week", "daily"]) assert.throws(() => rateMs(text), ScheduleProblem, text);
    for (const text of ["2027-02-29T03:00:00", "2027-01-01 03:00:00", "2027-01-01T25:00:00", "soon"]) assert.throws(() => atMs(text, "UTC"), ScheduleProblem, text);
  });

  it("are written as EventBridge Scheduler reads them, only where there is exactly one", () => {
    assert.equal(scheduleExpression(schedule({ cron: " 0  3 * * ? * " })), "cron(0 3 * * ? *)");
    assert.equal(scheduleExpression(schedule({})), undefined);
    assert.equal(scheduleExpression(schedule({ rate: "1 day", at: "x" })), undefined);
  });

  it("count their runs", () => {
    assert.equal(Math.round(runsPerMonth(schedule({ cron: "0 3 * * ? *" })) * 100) / 100, 30.42);
    assert.equal(Math.round(runsPerMonth(schedule({ rate: "12 hours" })) * 100) / 100, 60.83);
    assert.equal(runsPerMonth(schedule({ at: "2027-01-01T00:00:00" })), 0);
  });

  it("always come due later than now, and no earlier time between is due (property)", () => {
    const cron = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 28 })).map(([minute, hour, day]) => `${minute} ${hour} ${day} * ? *`);
    const zones = fc.constantFrom("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe");
    const times = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2029, 0, 1) });
    fc.assert(
      fc.property(cron, zones, times, (text, timezone, after) => {
        const each = schedule({ cron: text, timezone });
        const due = nextRunMs(each, after)!;
        assert.ok(due > after && due - after <= 32 * 86_400_000);
        assert.equal(nextRunMs(each, due - 1), due);
      }),
      { numRuns: 60 },
    );
  });
});
