import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { ExactIndex } from "../../../container/src/backends/exact";
import { FINISHED, layoutOf, sharedMemory, WAKE } from "../../../container/src/backends/exact-memory";
import { bytesSource } from "../../../container/src/backends/index-file";
import { threadFile } from "../../../container/src/backends/thread-file";
import { topK } from "../../../container/src/backends/top-k";
import { wasmModule, wasmSources } from "../../../scripts/build-wasm";
import { bruteForce, flatFile, unitRows } from "./vectors";

/** Of float32 sums of 512 products against the same sums in double precision. */
const SCORE_TOLERANCE = 2e-6;

function assertSame(found: { ids: readonly number[]; scores: readonly number[] }, expected: { ids: number[]; scores: number[] }): void {
  assert.deepEqual(found.ids, expected.ids);
  found.scores.forEach((score, at) => assert.ok(Math.abs(score - expected.scores[at]!) < SCORE_TOLERANCE, `${score} is not ${expected.scores[at]}`));
}

describe("exact search", () => {
  for (const threads of [1, 2, 4]) {
    it(`finds what brute force finds, by ${threads} threads`, async () => {
      const rows = unitRows(5000, 512, 1);
      const index = ExactIndex.open(bytesSource(flatFile(rows, 512)), { threads });
      try {
        for (let seed = 2; seed < 12; seed += 1) {
          const query = unitRows(1, 512, seed);
          assertSame(await index.search(query, 50), bruteForce(rows, query, 50));
        }
      } finally {
        await index.close();
      }
    });
  }

  it("finds what brute force finds for any shape, metric and k", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom("innerProduct" as const, "squaredDistance" as const),
        fc.nat(),
        async (dimension, size, k, metric, seed) => {
          const rows = unitRows(size, dimension, seed);
          const query = unitRows(1, dimension, seed + 1);
          const index = ExactIndex.open(bytesSource(flatFile(rows, dimension, metric)), { threads: 1 });
          const found = await index.search(query, k);
          const expected = bruteForce(rows, query, size, metric);
          assert.equal(found.ids.length, Math.min(k, size));
          assert.equal(new Set(found.ids).size, found.ids.length);
          // Two rows that float32 sums cannot tell apart may change places: each rank has its score, and each id its own.
          found.ids.forEach((id, rank) => {
            const own = expected.scores[expected.ids.indexOf(id)]!;
            assert.ok(Math.abs(found.scores[rank]! - own) < SCORE_TOLERANCE, `${found.scores[rank]} is not ${own}`);
            assert.ok(Math.abs(expected.scores[rank]! - own) < 2 * SCORE_TOLERANCE, `rank ${rank} has ${own}, not ${expected.scores[rank]}`);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("goes by place where rows are equal", async () => {
    const row = unitRows(1, 16, 3);
    const rows = Float32Array.from({ length: 16 * 3000 }, (_, at) => row[at % 16]!);
    const index = ExactIndex.of(rows, 16, "innerProduct", { threads: 2 });
    assert.deepEqual((await index.search(row, 5)).ids, [0, 1, 2, 3, 4]);
    await index.close();
  });

  it("never finds a row that holds NaN", async () => {
    const rows = unitRows(10, 8, 4);
    rows[3 * 8] = NaN;
    const index = ExactIndex.of(rows, 8, "innerProduct", { threads: 1 });
    const { ids } = await index.search(unitRows(1, 8, 5), 10);
    assert.deepEqual([...ids].sort((a, b) => a - b), [0, 1, 2, 4, 5, 6, 7, 8, 9]);
  });

  it("refuses what cannot be asked", async () => {
    const index = ExactIndex.of(unitRows(10, 8, 4), 8, "innerProduct", { threads: 1 });
    await assert.rejects(index.search(new Float32Array(7), 1), /the query has 7 values; the index takes 8/);
    await assert.rejects(index.search(new Float32Array(8).fill(Infinity), 1), /not a finite number/);
    for (const k of [0, -1, 1.5, NaN, Infinity]) await assert.rejects(index.search(new Float32Array(8), k), /whole number from 1/);
  });

  it("is helped by a thread that takes chunks by itself", async () => {
    const layout = layoutOf(3000, 32, "innerProduct");
    const memory = sharedMemory(layout);
    const control = new Int32Array(memory.buffer, 0, 4);
    const chunks = Math.ceil(layout.size / layout.chunkRows);
    assert.ok(chunks > 0);
    const { file, execArgv } = threadFile("exact-helper");
    Atomics.store(control, WAKE, 1);
    const helper = new Worker(file, { workerData: { memory, layout }, execArgv: [...execArgv] });
    const lost = new Promise<never>((_, reject) => helper.once("error", reject));
    const finished = (async () => {
      while (Atomics.load(control, FINISHED) < chunks) await new Promise((resolve) => setTimeout(resolve, 5));
    })();
    await Promise.race([finished, lost]);
    await helper.terminate();
  });

  it("says so where an index is larger than one memory", () => {
    assert.ok(layoutOf(2_000_000, 512, "innerProduct").totalBytes < 2 ** 32);
    assert.throws(() => layoutOf(2_100_000, 512, "innerProduct"), /need 4\.0 GiB; exact search holds 4 GiB/);
  });

  it("carries the WebAssembly that its source gives", async () => {
    for (const source of wasmSources) {
      const { path, text } = await wasmModule(source);
      assert.equal(readFileSync(join(__dirname, "../../..", path), "utf8"), text, `run: npx tsx scripts/build-wasm.ts`);
    }
  });
});

describe("top k", () => {
  it("is the head of a stable sort", () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true, noDefaultInfinity: true })), { maxLength: 200 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 220 }), fc.constantFrom("innerProduct" as const, "squaredDistance" as const), (values, k, metric) => {
        const all = Float32Array.from(values);
        const sign = metric === "innerProduct" ? -1 : 1;
        const expected = [...all.keys()].sort((a, b) => sign * (all[a]! - all[b]!) || a - b).slice(0, k);
        assert.deepEqual(topK(all, k, metric).ids, expected);
      }),
    );
  });
});
