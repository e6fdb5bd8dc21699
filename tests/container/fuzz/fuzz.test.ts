import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { heldBytes } from "../../../container/src/core/models/memory";
import { machine } from "../../../bench/support/machine";
import { childrenOf } from "../multi/support";
import { type Counts, fuzz } from "./fuzz";
import { fuzzed } from "./targets";

/*
 * Requests of every kind to every runtime and every way of serving: none may stop a process, none may be the
 * server's fault. `npm run fuzz` asks for many more and writes down what came of it.
 */
const requests = Number(process.env.FUZZ_REQUESTS ?? 2000);
const seed = Number(process.env.FUZZ_SEED ?? 20261125);
const report = process.env.FUZZ_REPORT;

describe("requests of every kind", function () {
  const results: { [target: string]: { requests: number; seconds: number; memoryMiB: { before: number; after: number }; answers: Counts } } = {};
  if (requests > 2000) this.timeout(0);

  for (const [name, launch] of Object.entries(fuzzed)) {
    it(`do ${name} no harm`, async () => {
      const { running, target, share } = await launch();
      const pid = running.child.pid!;
      const held = (): number => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (heldBytes(each) ?? 0), 0) / 2 ** 20;
      // Allocators keep what a first round needed; after it nothing may grow.
      const count = Math.ceil(requests * share);
      const warm = await fuzz({ port: running.port, target, count: Math.ceil(count / 4), seed });
      const before = held();
      const began = performance.now();
      const rest = await fuzz({ port: running.port, target, count: count - Math.ceil(count / 4), seed: seed + 1_000_000 });
      const seconds = (performance.now() - began) / 1000;
      const after = held();

      assert.equal(running.child.exitCode, null, "the process is alive");
      assert.deepEqual(running.log.filter(({ event }) => ["worker-error", "worker-exited", "model-exited", "index-process-died", "cannot-serve"].includes(event)), []);
      assert.deepEqual(running.log.filter(({ level }) => level === "error" || level === "fatal"), []);
      const answers = sum(warm, rest);
      const statuses = new Set(Object.values(answers).flatMap((route) => Object.keys(route)));
      for (const wanted of ["200", "400", "404"]) assert.ok(statuses.has(wanted), `${wanted} was met: ${[...statuses].join()}`);
      results[name] = { requests: count, seconds: Math.round(seconds), memoryMiB: { before: Math.round(before), after: Math.round(after) }, answers };
      running.child.kill("SIGTERM");
      assert.equal(await running.exited, 0);
    });
  }

  after(function () {
    if (report === undefined || Object.keys(results).length < Object.keys(fuzzed).length) return;
    const { version } = JSON.parse(readFileSync(require.resolve("fast-check/package.json"), "utf8")) as { version: string };
    const total = Object.values(results).reduce((all, each) => all + each.requests, 0);
    const serverErrors = Object.values(results).flatMap(({ answers }) => Object.values(answers).flatMap((statuses) => Object.entries(statuses))).reduce((all, [status, count]) => all + (Number(status) >= 500 ? count : 0), 0);
    writeFileSync(report, `${JSON.stringify({ what: "npm run fuzz", date: new Date().toISOString().slice(0, 10), machine: machine(), seed, fastCheck: version, requests: total, serverErrors, targets: results }, null, 2)}\n`);
  });
});

function sum(...all: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const counts of all) {
    for (const [route, statuses] of Object.entries(counts)) {
      for (const [status, count] of Object.entries(statuses)) (total[route] ??= {})[status] = (total[route][status] ?? 0) + count;
    }
  }
  return total;
}
