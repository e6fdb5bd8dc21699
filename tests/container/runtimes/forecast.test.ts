import assert from "node:assert/strict";
import fc from "fast-check";
import type { Network } from "../../../container/src/backends/backend";
import { historyScores, roundHalfToEven, staticInputs, utcTimestamp, wholeBikes } from "../../../container/src/runtimes/forecast/arithmetic";
import { forecast } from "../../../container/src/runtimes/forecast/runtime";
import type { ModelRequest } from "../../../container/src/runtimes/runtime";
import type { Json } from "../../../contract/json";
import { example } from "../support/container";

const asked = (value: Json): ModelRequest => ({ value, path: "", accept: "application/json" });
const request = example.request as unknown as Parameters<typeof staticInputs>[0];

describe("the arithmetic of a forecast", () => {
  it("rounds halves to even, as numpy and IEEE 754 do", () => {
    const known = [[0.5, 0], [1.5, 2], [2.5, 2], [3.5, 4], [4.5, 4], [0.49999999999999994, 0], [0.5000000000000001, 1], [7, 7], [0, 0], [-0.5, 0], [-1.5, -2], [-2.5, -2]] as const;
    for (const [value, rounded] of known) assert.equal(roundHalfToEven(value) + 0, rounded, String(value));
  });

  it("rounds to a whole number at most a half away, to even where both are a half away", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const rounded = roundHalfToEven(value);
        assert.ok(Number.isInteger(rounded));
        assert.ok(Math.abs(rounded - value) <= 0.5);
        if (Math.abs(rounded - value) === 0.5) assert.equal(Math.abs(rounded % 2), 0);
      }),
    );
  });

  it("gives whole bikes, never below zero, and never fewer for a higher score", () => {
    const scaler = { mean: 11.9057, scale: 10.7663 };
    const score = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(score, score, (a, b) => {
        const [low, high] = [wholeBikes(Math.min(a, b), scaler), wholeBikes(Math.max(a, b), scaler)];
        assert.ok(Number.isInteger(low) && low >= 0 && low <= high);
      }),
    );
    assert.ok(Object.is(wholeBikes(-50, scaler), 0));
  });

  it("does not cap at the capacity", () => assert.equal(wholeBikes(100, { mean: 0, scale: 1 }), 100));

  it("turns a window into z-scores that give the bikes back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 24, maxLength: 24 }), (bikes) => {
        const scaler = { mean: 14.45, scale: 11.48 };
        assert.deepEqual([...historyScores(bikes, scaler)].map((score) => wholeBikes(score, scaler)), bikes);
      }),
    );
  });

  it("orders the seven statics as the network was trained, raw", () => {
    assert.deepEqual([...staticInputs({ ...request, is_weekend: true }, 1497)], [15, 3, 1, 28, 1497, Math.fround(48.85), Math.fround(2.34)]);
  });

  it("writes the time as callers read it", () => {
    assert.equal(utcTimestamp(Date.UTC(2025, 10, 2, 15, 4, 9, 999)), "2025-11-02 15:04:09 UTC");
  });
});

describe("the forecast runtime", () => {
  /** Stands in for onnxruntime, to see what it is given; the real one is used in reference/velib.test.ts. */
  function recorder(scores: readonly number[]): { network: Network; seen: number[][] } {
    const seen: number[][] = [];
    const network: Network = {
      inputNames: ["history", "statics"],
      outputNames: ["forecast"],
      run: async ({ statics }) => {
        seen.push([...statics!.data].map(Number));
        return { forecast: { data: Float32Array.from(scores), shape: [1, 3] } };
      },
      dispose: async () => {},
    };
    return { network, seen };
  }
  const files: Record<string, string> = { scaler: '{"mean":10,"scale":2}', stations: '{"1001":0,"16107":7}', network: "" };
  const load = (network: Network, settings: Record<string, Json>, replaced: Record<string, string> = {}) =>
    forecast.load({
      version: "v3",
      settings,
      take: (role) => Buffer.from({ ...files, ...replaced }[role]!),
      loadOnnx: async () => network,
      openIndex: () => assert.fail("a forecast searches nothing"),
      fetchObject: () => assert.fail("a forecast fetches nothing"),
      now: () => Date.UTC(2025, 10, 2, 15, 4, 9),
    });

  it("answers in the form callers know", async () => {
    const model = await load(recorder([0.25, -7, 1.75]).network, { label: "v3_475snapshots", threads: 1 });
    const { outcomes, inferenceMs } = await model.infer([asked(example.request)]);
    assert.deepEqual(outcomes[0], {
      station_code: "16107",
      predictions: { "T+1h": 10, "T+2h": 0, "T+3h": 14 },
      inference_time_ms: Math.round(inferenceMs * 100) / 100,
      model_version: "v3_475snapshots",
      timestamp: "2025-11-02 15:04:09 UTC",
    });
  });

  it("names the version where no label is set", async () => {
    const model = await load(recorder([0, 0, 0]).network, {});
    assert.equal(((await model.infer([asked(example.request)])).outcomes as Record<string, Json>[])[0]!.model_version, "v3");
  });

  it("forecasts an unknown station as station 0, the names of objects' own members included", async () => {
    const { network, seen } = recorder([0, 0, 0]);
    const model = await load(network, {});
    for (const code of ["16107", "1001", "nowhere", "__proto__", "constructor"]) await model.infer([asked({ ...example.request, station_code: code })]);
    assert.deepEqual(seen.slice(1).map((statics) => statics[4]), [7, 0, 0, 0, 0]);
  });

  it("fails a request rather than answer null for a number that is none", async () => {
    const model = await load(recorder([NaN, 0, 0]).network, {});
    await assert.rejects(model.infer([asked(example.request)]), /not finite/);
  });

  it("refuses files that do not fit, naming the part", async () => {
    const { network } = recorder([0, 0, 0]);
    await assert.rejects(load(network, {}, { scaler: '{"mean":1,"scale":0}' }), /scaler/);
    await assert.rejects(load(network, {}, { stations: '{"16107":1.5}' }), /station 16107/);
    await assert.rejects(load({ ...network, inputNames: ["x"] }, {}), /inputs are x/);
    await assert.rejects(load({ ...network, outputNames: ["y"] }, {}), /outputs are y/);
  });
});
