import assert from "node:assert/strict";
import { coincide } from "../../planning/schedules/schedule";
import { rangeIssues, type ScalingSchedule } from "../../planning/schedules/ranges";
import { asyncServing, model, ofType, planned, realtimeServing, serverlessServing } from "./support/resolved";

const ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";
const days = { morning: { cron: "0 7 ? * MON-FRI *", timezone: "Europe/Paris", min: 2, max: 6 }, evening: { cron: "0 20 ? * MON-FRI *", timezone: "Europe/Paris", min: 1, max: 3 } };
const realtime = (schedule: ScalingSchedule) => realtimeServing({ instances: 1, scaling: { min: 1, max: 3, cpuPercent: 70, schedule } });
const codesOf = (schedule: ScalingSchedule): string[] => rangeIssues(schedule, "scaling.schedule", { min: 1, max: 3 }).map(({ code, path }) => `${code} ${path}`);

describe("scheduled ranges", () => {
  it("become one action each on the variant's target, in order of their names and one after the other", () => {
    const plan = planned([model({ serving: { realtime: realtime(days) } })]);
    const [target] = ofType(plan, "aws:appautoscaling/target:Target");
    assert.deepEqual([target!.inputs.minCapacity, target!.inputs.maxCapacity], [1, 3]);
    const actions = ofType(plan, ACTION);
    assert.deepEqual(actions.map(({ inputs }) => inputs), [
      { name: "velib-lstm-dev-v3-evening", serviceNamespace: "sagemaker", resourceId: { $ref: target!.name, output: "resourceId" }, scalableDimension: "sagemaker:variant:DesiredInstanceCount", schedule: "cron(0 20 ? * MON-FRI *)", timezone: "Europe/Paris", scalableTargetAction: { minCapacity: 1, maxCapacity: 3 } },
      { name: "velib-lstm-dev-v3-morning", serviceNamespace: "sagemaker", resourceId: { $ref: target!.name, output: "resourceId" }, scalableDimension: "sagemaker:variant:DesiredInstanceCount", schedule: "cron(0 7 ? * MON-FRI *)", timezone: "Europe/Paris", scalableTargetAction: { minCapacity: 2, maxCapacity: 6 } },
    ]);
    assert.deepEqual(actions.map(({ dependsOn }) => dependsOn), [undefined, [actions[0]!.name]]);
  });

  it("cost as much as the highest of them, and no less than the lowest", () => {
    const [line] = planned([model({ serving: { realtime: realtime(days) } })]).models[0]!.cost.lines;
    assert.match(line!.item, /× 1–6 /);
    const [lower] = planned([model({ serving: { realtime: realtimeServing({ instances: 2, scaling: { min: 2, max: 3, cpuPercent: 70, schedule: days } }) } })]).models[0]!.cost.lines;
    assert.match(lower!.item, /× 1–6 /);
  });

  it("wake an endpoint that only its schedule puts to sleep", () => {
    const sleeping = { night: { cron: "0 20 * * ? *", min: 0, max: 1 }, day: { cron: "0 7 * * ? *", min: 1, max: 4 } };
    const plan = planned([model({ serving: { async: asyncServing({ scaling: { min: 1, max: 4, schedule: sleeping } }) } })]);
    assert.equal(ofType(plan, ACTION).length, 2);
    assert.ok(ofType(plan, "aws:appautoscaling/policy:Policy").some(({ inputs }) => inputs.policyType === "StepScaling"));
    const fixed = planned([model({ serving: { async: asyncServing({ scaling: { min: 1, max: 1, schedule: sleeping } }) } })]);
    assert.equal(ofType(fixed, "aws:appautoscaling/target:Target").length, 1, "a count that only the schedule changes is registered");
  });

  it("keep containers warm", () => {
    const scaling = { min: 1, max: 3, utilizationPercent: 70, schedule: { day: { rate: "12 hours", min: 2, max: 4 }, once: { at: "2027-01-31T07:00:00", min: 1, max: 3 } } };
    const plan = planned([model({ serving: { serverless: { ...serverlessServing, concurrency: 5, provisioned: 1, scaling } } })]);
    assert.deepEqual(ofType(plan, ACTION).map(({ inputs }) => [inputs.scalableDimension, inputs.schedule, inputs.timezone]), [
      ["sagemaker:variant:DesiredProvisionedConcurrency", "rate(12 hours)", undefined],
      ["sagemaker:variant:DesiredProvisionedConcurrency", "at(2027-01-31T07:00:00)", "UTC"],
    ]);
  });

  it("that have passed are said to have", () => {
    const schedule = { once: { at: "2020-01-31T07:00:00", min: 1, max: 3 } };
    assert.throws(() => planned([model({ serving: { realtime: realtime(schedule) } })]), /schedule-at: 2020-01-31T07:00:00 has passed/);
  });

  it("are ordered, timed, and taken back", () => {
    assert.deepEqual(codesOf(days), []);
    assert.deepEqual(codesOf({ morning: { ...days.morning, min: 7 } }), ["scaling-range scaling.schedule.morning.min"]);
    assert.deepEqual(codesOf({ morning: { min: 1, max: 2 } }), ["schedule-way scaling.schedule.morning"]);
    assert.deepEqual(codesOf({ morning: { ...days.morning, at: "2027-01-31T07:00:00" } }), ["schedule-way scaling.schedule.morning"]);
    assert.deepEqual(codesOf({ morning: { ...days.morning, cron: "0 7 * * *" } }), ["schedule-cron scaling.schedule.morning.cron"]);
    assert.deepEqual(codesOf({ morning: { ...days.morning, timezone: "Paris" } }), ["schedule-timezone scaling.schedule.morning.timezone"]);
    assert.deepEqual(codesOf({ morning: days.morning }), ["scaling-schedule-one-way scaling.schedule.morning"]);
    assert.deepEqual(codesOf({ evening: days.evening }), [], "it is the usual range");
    assert.deepEqual(codesOf({ morning: days.morning, also: { ...days.morning, min: 1 } }), ["scaling-schedule-same-time scaling.schedule.morning"]);
  });

  it("coincide only where both come due at one instant", () => {
    const at = (fields: { cron?: string; rate?: string; at?: string; timezone?: string }) => ({ cron: null, rate: null, at: null, timezone: "UTC", ...fields });
    assert.equal(coincide(at({ cron: "0 7 1 * ? *" }), at({ cron: "0 7 ? * MON *" })), true, "a first that is a Monday");
    assert.equal(coincide(at({ cron: "0 7 31 2 ? *" }), at({ cron: "0 7 ? * MON *" })), false);
    assert.equal(coincide(at({ cron: "0 7 * * ? *" }), at({ cron: "30 7 * * ? *" })), false);
    assert.equal(coincide(at({ cron: "0 8 * * ? *", timezone: "Europe/Paris" }), at({ at: "2027-01-31T07:00:00" })), true);
    assert.equal(coincide(at({ at: "2027-07-31T07:00:00" }), at({ cron: "0 8 * * ? *", timezone: "Europe/Paris" })), false, "in summer it is nine there");
    assert.equal(coincide(at({ at: "2027-01-31T08:00:00", timezone: "Europe/Paris" }), at({ at: "2027-01-31T07:00:00" })), true);
  });
});
