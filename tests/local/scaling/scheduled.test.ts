import assert from "node:assert/strict";
import { Autoscaler } from "../../../local/async/autoscaler";
import { Queues } from "../../../local/async/queues";
import { ScheduledScaling, scheduledActions, type ScheduledAction } from "../../../local/scaling/scheduled";
import type { KeptResource } from "../../../local/engine/resources";
import { planStack } from "../../../planning";
import { facts, model, realtimeServing } from "../../planning/support/resolved";
import { Machine, until } from "../fixtures/machine";

const action = (fields: Partial<ScheduledAction> & { cron: string }): ScheduledAction => ({
  endpointName: "paced",
  variantName: "v1",
  minimum: 1,
  maximum: 2,
  ...fields,
  schedule: { cron: fields.cron, rate: null, at: null, timezone: "UTC" },
});

describe("scheduled scaling", () => {
  let machine: Machine;
  before(async () => (machine = await Machine.start()));
  after(() => machine.close());

  it("is what the plan registers", () => {
    const schedule = { morning: { cron: "0 7 * * ? *", timezone: "Europe/Paris", min: 2, max: 6 }, evening: { cron: "0 20 * * ? *", min: 1, max: 3 } };
    const { plan } = planStack([model({ serving: { realtime: realtimeServing({ instances: 1, scaling: { min: 1, max: 3, cpuPercent: 70, schedule } }) } })], facts);
    const kept = plan!.models[0]!.resources.map(({ type, name, inputs }) => ({ type, name, inputs: { ...inputs, resourceId: "endpoint/velib-lstm-dev/variant/v3" } }) as unknown as KeptResource);
    assert.deepEqual(scheduledActions(kept).map(({ endpointName, variantName, minimum, maximum, schedule: { cron, timezone } }) => [endpointName, variantName, minimum, maximum, cron, timezone]), [
      ["velib-lstm-dev", "v3", 1, 3, "0 20 * * ? *", "UTC"],
      ["velib-lstm-dev", "v3", 2, 6, "0 7 * * ? *", "Europe/Paris"],
    ]);
  });

  it("moves a count to the nearer end of a range that comes due, and never before", async () => {
    await machine.serve("paced");
    const endpoint = machine.sagemaker.context.endpoints.get("paced")!;
    const count = (): number => endpoint.fleet!.variants[0]!.containers.length;
    const limits: number[][] = [];
    let nowMs = Date.parse("2026-11-25T06:00:00Z");
    const scaling = new ScheduledScaling(machine.sagemaker.context.endpoints, { limit: (_endpoint, _variant, { minimum, maximum }) => void limits.push([minimum, maximum]) }, () => nowMs);
    try {
      scaling.register(action({ cron: "0 7 * * ? *", minimum: 2, maximum: 4 }));
      scaling.register(action({ cron: "0 20 * * ? *", minimum: 1, maximum: 1 }));
      scaling.tick();
      assert.equal(count(), 1);
      nowMs = Date.parse("2026-11-25T07:00:00Z");
      scaling.tick();
      await until(() => count() === 2 && endpoint.status === "InService");
      scaling.tick();
      assert.deepEqual(limits, [[2, 4]], "once");
      nowMs = Date.parse("2026-11-25T20:00:01Z");
      scaling.tick();
      await until(() => count() === 1 && endpoint.status === "InService");
      // Two days later, at noon: the morning of that day is the latest.
      nowMs = Date.parse("2026-11-27T12:00:00Z");
      scaling.tick();
      await until(() => count() === 2 && endpoint.status === "InService");
    } finally {
      scaling.stop();
    }
  });

  it("gives a queue's scaling its range, and leaves others alone", () => {
    const autoscaler = new Autoscaler(new Map(), new Queues("/nowhere", {} as never), { wakeMs: 1, outMs: 1, idleMs: 1 });
    try {
      autoscaler.register({ endpointName: "queued", variantName: "v1", minimum: 0, maximum: 2, backlogPerInstance: 5, wakes: true });
      autoscaler.limit("queued", "v1", { minimum: 1, maximum: 4 });
      autoscaler.limit("other", "v1", { minimum: 1, maximum: 4 });
      assert.deepEqual(autoscaler.scalingOf("queued"), { endpointName: "queued", variantName: "v1", minimum: 1, maximum: 4, backlogPerInstance: 5, wakes: true });
      assert.equal(autoscaler.scalingOf("other"), undefined);
    } finally {
      autoscaler.stop();
    }
  });
});
