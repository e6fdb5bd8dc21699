import assert from "node:assert/strict";
import fc from "fast-check";
import { ControlPlaneError } from "../../../local/control/errors";
import { systemClock } from "../../../local/scheduler/clock";
import type { ScheduleRequest } from "../../../local/scheduler/request";
import { Scheduler } from "../../../local/scheduler/scheduler";
import { WoundClock } from "./wound-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string): number => Date.parse(text);
const TARGET = "arn:aws:scheduler:::aws-sdk:sagemaker:createTransformJob";
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:velib-dev-dead-letters";

const request = (changes: Partial<ScheduleRequest> = {}, target: Partial<ScheduleRequest["Target"]> = {}): ScheduleRequest => ({
  Name: "velib-dev-batch",
  ScheduleExpression: "cron(30 3 * * ? *)",
  ScheduleExpressionTimezone: "Europe/Paris",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: {
    Arn: TARGET,
    RoleArn: "arn:aws:iam::111122223333:role/scheduler",
    Input: '{"TransformJobName":"velib-dev-<aws.scheduler.execution-id>","at":"<aws.scheduler.scheduled-time>","attempt":"<aws.scheduler.attempt-number>","by":"<aws.scheduler.schedule-arn>","kept":"<aws.other>"}',
    RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
    DeadLetterConfig: { Arn: QUEUE },
    ...target,
  },
  ...changes,
});

type Call = { readonly nowMs: number; readonly input: { readonly [field: string]: unknown } };

/** A scheduler that starts at an instant; `failing` says which calls of its target fail. */
function scheduled(startMs: number, { failing = () => false, random = 0 }: { failing?: (call: number) => boolean; random?: number } = {}) {
  const clock = new WoundClock(startMs);
  const calls: Call[] = [];
  const call = (_arn: string, input: Call["input"]): void => {
    calls.push({ nowMs: clock.now(), input });
    if (failing(calls.length)) throw new ControlPlaneError("ValidationException", "Could not find model");
  };
  const scheduler = new Scheduler({ region: "us-east-1", clock, call, random: () => random });
  return { clock, calls, scheduler, times: () => calls.map(({ nowMs }) => new Date(nowMs).toISOString()) };
}

describe("the scheduler of this machine", () => {
  it("starts by cron in the schedule's own time zone, through a change to winter time", () => {
    const { clock, scheduler, times } = scheduled(at("2026-10-23T12:00:00Z"));
    const schedule = scheduler.create(request());
    assert.equal(schedule.nextMs, at("2026-10-24T01:30:00Z"));
    clock.windTo(at("2026-10-26T12:00:00Z"));
    // Summer time is two hours ahead of UTC, winter time one.
    assert.deepEqual(times(), ["2026-10-24T01:30:00.000Z", "2026-10-25T02:30:00.000Z", "2026-10-26T02:30:00.000Z"]);
    assert.equal(schedule.nextMs, at("2026-10-27T02:30:00Z"));
  });

  it("counts a rate from when the schedule was made, and runs an at once", () => {
    const { clock, scheduler, times } = scheduled(at("2026-11-25T10:07:00Z"));
    scheduler.create(request({ ScheduleExpression: "rate(2 hours)" }));
    const once = scheduler.create(request({ Name: "once", ScheduleExpression: "at(2026-11-25T15:00:00)" }));
    assert.equal(once.nextMs, at("2026-11-25T14:00:00Z"));
    clock.windTo(at("2026-11-25T14:30:00Z"));
    assert.deepEqual(times(), ["2026-11-25T12:07:00.000Z", "2026-11-25T14:00:00.000Z", "2026-11-25T14:07:00.000Z"]);
    assert.equal(once.nextMs, undefined);
    clock.windTo(at("2027-11-25T14:30:00Z"));
    assert.equal(once.runs.length, 1);
  });

  it("fills in what it knows of an attempt, and leaves the rest", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T00:00:00Z"));
    const { arn } = scheduler.create(request());
    clock.windTo(at("2026-11-27T00:00:00Z"));
    const [first, second] = calls.map(({ input }) => input);
    assert.match(String(first!.TransformJobName), /^velib-dev-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.notEqual(first!.TransformJobName, second!.TransformJobName);
    assert.deepEqual([first!.at, first!.attempt, first!.by, first!.kept], ["2026-11-25T02:30:00Z", "1", arn, "<aws.other>"]);
    assert.equal(arn, "arn:aws:scheduler:us-east-1:111122223333:schedule/default/velib-dev-batch");
  });

  it("starts somewhere in its window, and is next due by the schedule all the same", () => {
    const { clock, scheduler, times } = scheduled(at("2026-11-25T00:00:00Z"), { random: 0.5 });
    const schedule = scheduler.create(request({ FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 30 } }));
    clock.windTo(at("2026-11-25T02:40:00Z"));
    assert.deepEqual([times(), schedule.nextMs], [[], at("2026-11-25T02:30:00Z")]);
    clock.windTo(at("2026-11-26T12:00:00Z"));
    assert.deepEqual(times(), ["2026-11-25T02:45:00.000Z", "2026-11-26T02:45:00.000Z"]);
  });

  it("tries again under another name after growing pauses, and stops once it is started", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T00:00:00Z"), { failing: (call) => call <= 2 });
    const schedule = scheduler.create(request());
    clock.windTo(at("2026-11-25T03:00:00Z"));
    const due = at("2026-11-25T02:30:00Z");
    assert.deepEqual(calls.map(({ nowMs }) => nowMs - due), [0, 1_000, 3_000]);
    assert.equal(new Set(calls.map(({ input }) => input.TransformJobName)).size, 3);
    assert.deepEqual(calls.map(({ input }) => input.attempt), ["1", "2", "3"]);
    const [run, ...more] = schedule.runs;
    assert.deepEqual([more.length, run!.over, run!.attempts, run!.problem, run!.started!.input], [0, true, 3, undefined, calls[2]!.input]);
    assert.deepEqual(scheduler.deadLetters.of("velib-dev-dead-letters"), []);
  });

  it("puts what it could not start into the dead-letter queue, and says why", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T00:00:00Z"), { failing: () => true });
    const schedule = scheduler.create(request());
    clock.windTo(at("2026-11-25T12:00:00Z"));
    assert.equal(calls.length, 3, "the first attempt and two more");
    const [letter, ...more] = scheduler.deadLetters.of("velib-dev-dead-letters");
    assert.equal(more.length, 0);
    assert.deepEqual(JSON.parse(letter!.body), calls[2]!.input);
    assert.deepEqual(letter!.attributes, {
      ERROR_CODE: "ValidationException",
      ERROR_MESSAGE: "Could not find model",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      RETRY_ATTEMPTS: "2",
      SCHEDULED_TIME: "2026-11-25T02:30:00Z",
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: TARGET,
    });
    assert.deepEqual([schedule.runs[0]!.over, schedule.runs[0]!.started, schedule.runs[0]!.problem], [true, undefined, "Could not find model"]);
  });

  it("gives a run up that has become too old, however many attempts are left", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T00:00:00Z"), { failing: () => true });
    scheduler.create(request({}, { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 60 } }));
    clock.windTo(at("2026-11-25T12:00:00Z"));
    // 0, 1, 3, 7, 15, 31 and 63 seconds: the last is past the minute.
    assert.equal(calls.length, 7);
    assert.equal(scheduler.deadLetters.of("velib-dev-dead-letters")[0]!.attributes.EXHAUSTED_RETRY_CONDITION, "MaximumEventAgeInSeconds");
  });

  it("runs once, and no more, for all that came due while the machine slept", () => {
    const { clock, scheduler, times } = scheduled(at("2026-11-25T00:00:00Z"));
    scheduler.create(request({ ScheduleExpression: "rate(1 hour)" }));
    clock.sleepUntil(at("2026-11-25T09:30:00Z"));
    assert.deepEqual(times(), ["2026-11-25T09:30:00.000Z"]);
    clock.windTo(at("2026-11-25T11:30:00Z"));
    assert.deepEqual(times().slice(1), ["2026-11-25T10:00:00.000Z", "2026-11-25T11:00:00.000Z"]);
  });

  it("runs at once by hand, and the schedule is none the wiser", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T12:00:00Z"));
    const schedule = scheduler.create(request());
    const next = schedule.nextMs;
    const run = schedule.runNow();
    assert.deepEqual([run.by, run.started!.input.TransformJobName, schedule.nextMs], ["hand", calls[0]!.input.TransformJobName, next]);
    clock.windTo(next!);
    assert.deepEqual(schedule.runs.map(({ by }) => by), ["schedule", "hand"]);
  });

  it("starts nothing while it is disabled, once it is deleted, or when the scheduler closes", () => {
    const { clock, calls, scheduler } = scheduled(at("2026-11-25T00:00:00Z"), { failing: () => true });
    const disabled = scheduler.create(request({ Name: "off", State: "DISABLED" }));
    assert.equal(disabled.nextMs, undefined);
    scheduler.create(request());
    scheduler.create(request({ Name: "gone" }));
    scheduler.delete("gone");
    clock.windTo(at("2026-11-25T02:30:00Z"));
    assert.equal(calls.length, 1);
    scheduler.close();
    clock.windTo(at("2026-12-25T00:00:00Z"));
    assert.equal(calls.length, 1, "neither another attempt nor another day");
  });

  it("refuses what it would not run", () => {
    const { scheduler } = scheduled(0);
    const refused = (changes: object, message: RegExp, type = "ValidationException") =>
      assert.throws(() => scheduler.create({ ...request(), ...changes }), (error: ControlPlaneError) => error.type === type && message.test(error.message), String(message));
    refused({ ScheduleExpression: "cron(0 3 * * * *)" }, /Invalid Schedule Expression cron\(0 3 \* \* \* \*\): .*\?/);
    refused({ ScheduleExpression: "every day" }, /Invalid Schedule Expression every day/);
    refused({ ScheduleExpression: "rate(1 days)" }, /must be written "1 day"/);
    refused({ ScheduleExpressionTimezone: "Paris" }, /ScheduleExpressionTimezone Paris/);
    refused({ FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, /MaximumWindowInMinutes/);
    refused({ FlexibleTimeWindow: { Mode: "OFF", MaximumWindowInMinutes: 5 } }, /MaximumWindowInMinutes/);
    refused({ Target: { ...request().Target, Arn: "arn:aws:lambda:us-east-1:111122223333:function:f" } }, /does not run on this machine/);
    refused({ Target: { ...request().Target, RetryPolicy: { MaximumRetryAttempts: 186 } } }, /less than or equal to 185/);
    refused({ Name: "a b" }, /regular expression/);
    scheduler.create(request());
    refused({}, /already exists/, "ConflictException");
  });

  it("never starts two runs for one time, and none before it, whatever the rate and however the clock is wound", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.array(fc.integer({ min: 1, max: 5 * HOUR }), { maxLength: 12 }), (minutes, steps) => {
        const start = at("2026-11-25T00:00:00Z");
        const { clock, scheduler } = scheduled(start);
        const schedule = scheduler.create(request({ ScheduleExpression: `rate(${minutes} minute${minutes === 1 ? "" : "s"})` }));
        for (const step of steps) clock.windTo(clock.now() + step);
        const due = schedule.runs.map(({ dueMs }) => dueMs);
        assert.equal(new Set(due).size, due.length);
        for (const run of schedule.runs) assert.ok(run.started!.atMs >= run.dueMs && (run.dueMs - start) % (minutes * MINUTE) === 0);
        assert.ok(schedule.nextMs! > clock.now());
      }),
      { numRuns: 60 },
    );
  });

  it("waits for times further away than a timer of Node reaches, which would fire at once", async () => {
    const calls: string[] = [];
    const cancel = systemClock.at(Date.now() + 2 ** 31 + 60_000, () => calls.push("far"));
    await new Promise<void>((resolve) => systemClock.at(Date.now() + 20, () => resolve(void calls.push("near"))));
    cancel();
    assert.deepEqual(calls, ["near"]);
  });
});
