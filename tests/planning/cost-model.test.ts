import assert from "node:assert/strict";
import fc from "fast-check";
import { alwaysOnMonthly, instancesFor, perMillion, perMillionBusy, serverlessBreakEven, serverlessMonthly, sleepingBreakEven, sleepingMonthly, type Load } from "../../planning/cost-model";

const C5_LARGE = 0.102;
const GB_SECOND = 0.00002;
const load = (requestsPerMonth: number, durationMilliseconds = 200): Load => ({ requestsPerMonth, durationMilliseconds });
const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, expected), `${actual} is not ${expected}`);

describe("cost model", () => {
  it("counts instances that are always on by the hour, whatever they do", () => {
    // 0.102 × 730 = 74.46
    near(alwaysOnMonthly(C5_LARGE, load(0)), 74.46);
    near(alwaysOnMonthly(C5_LARGE, load(100_000), 2), 148.92);
  });

  it("adds instances where one has no second left", () => {
    // A month has 730 × 3600 = 2,628,000 seconds; at 200 ms that is 13,140,000 requests.
    assert.equal(instancesFor(load(13_140_000), 1), 1);
    assert.equal(instancesFor(load(13_140_001), 1), 2);
  });

  it("counts serverless by memory and time", () => {
    // 3 GB × 0.2 s × 100,000 = 60,000 GB-s, at 0.00002 = 1.20
    near(serverlessMonthly(GB_SECOND, 3072, load(100_000)), 1.2);
  });

  it("counts a sleeping instance by how requests come", () => {
    // Together: 100 × 2 s = 200 s, 0.102 / 3600 × 200 = 0.00566…; alone: 100 × 602 s = 60,200 s, 1.7056…
    const { together, alone } = sleepingMonthly(C5_LARGE, load(100, 2000), 600);
    near(together, (0.102 / 3600) * 200);
    near(alone, (0.102 / 3600) * 60_200);
  });

  it("never counts a sleeping instance dearer than one that is always on", () => {
    near(sleepingMonthly(C5_LARGE, load(100_000), 600).alone, 74.46);
  });

  it("knows where serverless becomes dearer than an instance", () => {
    // 74.46 / (0.00002 × 3 × 0.2) = 74.46 / 0.000012 = 6,205,000
    assert.equal(serverlessBreakEven(GB_SECOND, 3072, C5_LARGE, 200), 6_205_000);
    near(serverlessMonthly(GB_SECOND, 3072, load(6_205_000)), 74.46);
  });

  it("knows where it never does", () => {
    // 6 GB for an hour cost 0.00002 × 6 × 3600 = 0.432, less than an ml.g4dn.xlarge at 0.7364.
    assert.equal(serverlessBreakEven(GB_SECOND, 6144, 0.7364, 200), undefined);
  });

  it("knows where sleeping stops to pay", () => {
    // 2,628,000 s / (900 s + 0.2 s) = 2919.3…
    assert.equal(sleepingBreakEven(900, 200), 2919);
  });

  it("counts a million requests at a load, and at best", () => {
    near(perMillion(74.46, load(100_000))!, 744.6);
    assert.equal(perMillion(74.46, load(0)), undefined);
    // 0.102 / 3600 × 0.2 × 1,000,000 = 5.666…
    near(perMillionBusy(C5_LARGE, 200), 17 / 3);
  });

  const loads = fc.record({ requestsPerMonth: fc.integer({ min: 0, max: 1e9 }), durationMilliseconds: fc.integer({ min: 1, max: 60_000 }) });
  const hourly = fc.double({ min: 0.01, max: 50, noNaN: true });

  it("never gets cheaper with more or longer requests", () => {
    fc.assert(
      fc.property(loads, loads, hourly, fc.integer({ min: 0, max: 3600 }), (one, other, usd, idle) => {
        const less = load(Math.min(one.requestsPerMonth, other.requestsPerMonth), Math.min(one.durationMilliseconds, other.durationMilliseconds));
        const more = load(Math.max(one.requestsPerMonth, other.requestsPerMonth), Math.max(one.durationMilliseconds, other.durationMilliseconds));
        const enough = (a: number, b: number): void => assert.ok(a <= b * (1 + 1e-9), `${a} > ${b}`);
        enough(alwaysOnMonthly(usd, less), alwaysOnMonthly(usd, more));
        enough(serverlessMonthly(GB_SECOND, 3072, less), serverlessMonthly(GB_SECOND, 3072, more));
        enough(sleepingMonthly(usd, less, idle).together, sleepingMonthly(usd, more, idle).together);
        enough(sleepingMonthly(usd, less, idle).alone, sleepingMonthly(usd, more, idle).alone);
        enough(sleepingMonthly(usd, more, idle).together, sleepingMonthly(usd, more, idle).alone);
        enough(sleepingMonthly(usd, more, idle).alone, alwaysOnMonthly(usd, more));
      }),
    );
  });

  it("breaks even where it says: no dearer there, dearer ten requests later", () => {
    fc.assert(
      fc.property(hourly, fc.constantFrom(1024, 2048, 3072, 4096, 5120, 6144), fc.integer({ min: 1, max: 60_000 }), (usd, memoryMiB, duration) => {
        const requests = serverlessBreakEven(GB_SECOND, memoryMiB, usd, duration);
        const on = alwaysOnMonthly(usd, load(0));
        if (requests === undefined) return assert.ok(serverlessMonthly(GB_SECOND, memoryMiB, load(1, 2_628_000_000)) <= on * (1 + 1e-9));
        assert.ok(serverlessMonthly(GB_SECOND, memoryMiB, load(requests, duration)) <= on * (1 + 1e-9));
        assert.ok(serverlessMonthly(GB_SECOND, memoryMiB, load(requests + 10, duration)) > on);
      }),
    );
  });
});
