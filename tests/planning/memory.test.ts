import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeMemory } from "../../planning/memory";
import { memoryRules } from "../../planning/rules/memory";
import { applyRules } from "../../planning/rules/rule";
import type { ResolvedModel } from "../../planning/types";
import { asyncServing, model, realtimeServing, serverlessServing } from "./support/resolved";

const root = join(__dirname, "..", "..");
const artifact = { artifact: "s3://example-models/model.tar.gz", sha256: "3".repeat(64) };

/** `code at path: hint`, for a model whose v3 takes so much. */
const said = (memoryMiB: number | undefined, fields: Partial<ResolvedModel>): string[] =>
  applyRules(memoryRules, model({ versions: { v3: { ...artifact, ...(memoryMiB === undefined ? {} : { memoryMiB }) }, v4: artifact }, ...fields })).map(({ code, path, hint }) => `${code} at ${path.join(".")}: ${hint}`);

describe("memory of a version", () => {
  it("is held against the serverless size, and the next that has room is offered", () => {
    const serving = { serverless: { ...serverlessServing, memoryMiB: 1024 } };
    assert.deepEqual(said(800, { serving }), []);
    assert.deepEqual(said(900, { serving }), ["memory-tight at serving.serverless.memory: write: memory: 2048 MiB"]);
    assert.deepEqual(said(1025, { serving }), ["memory-too-small at serving.serverless.memory: write: memory: 2048 MiB"]);
    assert.deepEqual(said(6000, { serving }), ["memory-too-small at serving.serverless.memory: serve the model on instances: serving: { realtime: { instance: ml.m5.xlarge } }"]);
  });

  it("is held against the instance of its own variant, and of the mode where it has none", () => {
    const serving = { realtime: realtimeServing({ instanceType: "ml.c5.large" }) };
    assert.deepEqual(said(5000, { serving }), ["memory-too-small at serving.realtime.instance: write: instance: ml.c5.xlarge"]);
    assert.deepEqual(said(5000, { serving, traffic: [{ version: "v3", weight: 1, instanceType: "ml.m5.xlarge" }] }), []);
    assert.deepEqual(said(5000, { serving: { async: asyncServing({ instanceType: "ml.c5.large" }) } }), ["memory-too-small at serving.async.instance: write: instance: ml.c5.xlarge"]);
  });

  it("is held against what a shadow, a batch job and a server have", () => {
    const serving = { realtime: realtimeServing({ instanceType: "ml.c5.large" }) };
    assert.deepEqual(said(5000, { serving, traffic: [{ version: "v4", weight: 1 }], shadow: { version: "v3", percent: 10 } }), ["memory-too-small at serving.realtime.instance: write: instance: ml.c5.xlarge"]);
    assert.deepEqual(said(9000, { serving: { batch: { instanceType: "ml.m5.large", version: null } } }), ["memory-too-small at serving.batch.instance: write: instance: ml.m5.xlarge"]);
    assert.deepEqual(said(5000, { serving: { batch: { instanceType: "ml.m5.large", version: "v4" } } }), []);
    assert.deepEqual(said(40_000, { serving: {}, fallback: { beanstalk: { instanceType: "m5.2xlarge" } } }), ["memory-too-small at fallback.beanstalk.instance: write: instance: m5.4xlarge"]);
  });

  it("is what its runtime was measured to hold at least, where the version does not say", () => {
    const serving = { multiModel: { ...realtimeServing(), instanceType: "ml.c5.large", cache: true, memoryMiB: 128 } };
    assert.deepEqual(said(undefined, { serving, runtime: "clip-embed" }).map((line) => line.split(":")[0]), ["memory-too-small at serving.multiModel.memory", "memory-too-small at serving.multiModel.memory"]);
    assert.deepEqual(said(undefined, { serving, runtime: "image-search" }), [], "never measured");
    assert.deepEqual(said(undefined, { serving, runtime: null }), [], "a container of the owner's own");
  });

  it("says nothing of a type whose memory is not on record", () => {
    assert.deepEqual(said(50_000, { serving: { realtime: realtimeServing({ instanceType: "ml.p5.48xlarge" }) } }), []);
  });

  it("rows are in the files of measurements that they name", () => {
    for (const row of Object.values(runtimeMemory)) {
      assert.ok(existsSync(join(root, row.source)), row.source);
      assert.match(readFileSync(join(root, row.source), "utf8"), new RegExp(`"residentMiB": ${row.residentMiB}\\b`), "after a new measurement: the row in planning/memory.ts");
    }
  });
});
