import assert from "node:assert/strict";
import fc from "fast-check";
import { adviseFit, fits } from "../../planning/fit";
import { memoryGiBOf } from "../../planning/instances";
import { serverlessMemoriesMiB } from "../../planning/modes/serverless/schema";
import { pricesFor } from "../../planning/prices";

const loads = [
  { concurrency: 1, p50Ms: 20, perSecond: 50 },
  { concurrency: 2, p50Ms: 21, perSecond: 95 },
  { concurrency: 4, p50Ms: 42, perSecond: 96 },
];

describe("advice on a fit", () => {
  it("is the least memory of which four fifths suffice, at its price", () => {
    const { rows } = pricesFor("us-east-1");
    const advice = adviseFit({ peakMiB: 819, loads }, "us-east-1");
    // 20 ms a million times are 20,000 seconds.
    assert.deepEqual(advice.serverless, { memoryMiB: 1024, usdPerMillionRequests: Math.round(rows.serverlessCompute.usd * 20_000 * 100) / 100 });
    assert.equal(adviseFit({ peakMiB: 820, loads }, "us-east-1").serverless!.memoryMiB, 2048);
    const { instance, concurrency } = advice;
    assert.deepEqual(instance, { type: "ml.c5.large", memoryGiB: 4, vCpuCount: 2, monthly: 74.46, usdPerMillionRequests: Math.round((rows.instances["ml.c5.large"]!.usd / 3600 / 96) * 1e8) / 100 });
    assert.equal(concurrency, 2, "four at once gain one percent, and wait twice as long");
  });

  it("says that nothing is large enough, and whose prices it takes", () => {
    const advice = adviseFit({ peakMiB: 100_000, loads }, "eu-west-9");
    assert.deepEqual([advice.serverless, advice.instance, advice.region], [null, null, "us-east-1"]);
  });

  it("never recommends a place that would be short of room, nor skips a cheaper one that is not", () => {
    const { rows } = pricesFor("us-east-1");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90_000 }), (peakMiB) => {
        const { serverless, instance } = adviseFit({ peakMiB, loads }, "us-east-1");
        const sizes = serverlessMemoriesMiB.filter((size) => fits(peakMiB, size));
        assert.equal(serverless?.memoryMiB, sizes[0]);
        if (instance === null) assert.ok(!fits(peakMiB, 64 * 1024));
        else {
          assert.ok(peakMiB <= 0.8 * 1024 * memoryGiBOf(instance.type)!);
          for (const [type, { usd }] of Object.entries(rows.instances)) if (/^ml\.[cm]/.test(type) && fits(peakMiB, 1024 * memoryGiBOf(type)!)) assert.ok(usd >= rows.instances[instance.type]!.usd, type);
        }
      }),
    );
  });
});
