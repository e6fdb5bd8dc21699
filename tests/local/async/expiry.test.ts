import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { desiredInstances } from "../../../local/async/autoscaler";
import { QueueWorker } from "../../../local/async/worker";
import type { Endpoint } from "../../../local/endpoints/endpoint";
import { MetricsBook } from "../../../local/metrics/book";
import { ObjectStore } from "../../../local/s3/store";
import { until } from "../fixtures/machine";

describe("requests that wait too long", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), "slipway-expiry-"))));
  after(() => rm(folder, { recursive: true, force: true }));

  it("expire when their time to live is over, and not before", async () => {
    let nowMs = 1_000_000;
    const objects = await ObjectStore.open(path.join(folder, "s3"));
    await objects.createBucket("example-async");
    // Asleep: nothing works on the queue.
    const endpoint = { name: "sleepy", config: { AsyncInferenceConfig: { OutputConfig: { S3OutputPath: "s3://example-async/output", S3FailurePath: "s3://example-async/failure", NotificationConfig: { ErrorTopic: "errors" } } } } } as unknown as Endpoint;
    const worker = new QueueWorker(endpoint, path.join(folder, "queue"), { objects, metrics: new MetricsBook(), now: () => nowMs });
    try {
      const { failureLocation } = await worker.accept({ endpoint: "sleepy", body: Buffer.from("{}"), requestTtlSeconds: "60" }, "first");
      await worker.accept({ endpoint: "sleepy", body: Buffer.from("{}"), requestTtlSeconds: "61" }, "second");
      nowMs += 60_000;
      await worker.accept({ endpoint: "sleepy", body: Buffer.from("{}"), requestTtlSeconds: "60" }, "third");
      assert.deepEqual([worker.view().waiting, worker.view().oldestSeconds], [3, 60]);
      nowMs += 1;
      await until(() => worker.view().expired === 1 && worker.backlog === 2);
      const { key } = { key: failureLocation!.replace("s3://example-async/", "") };
      assert.match((await objects.bytes({ bucket: "example-async", key })).body.toString(), /RequestTTLSeconds, which is 60/);
      assert.deepEqual(worker.view().notifications.map(({ topicArn, message }) => [topicArn, message.inferenceId]), [["errors", "first"]]);
    } finally {
      worker.stop();
    }
  });
});

describe("instances for a backlog", () => {
  const scaling = { endpointName: "e", variantName: "v", minimum: 0, maximum: 4, backlogPerInstance: 5, wakes: true };
  const cases: readonly (readonly [backlog: number, running: number, wanted: number])[] = [
    [0, 0, 0], [1, 0, 1], [5, 0, 1], [6, 0, 2], [100, 0, 4],
    [0, 2, 0], [1, 1, 1], [5, 1, 1], [6, 1, 2], [100, 4, 4],
  ];
  it("follow the target, and the step out of zero", () => {
    for (const [backlog, running, wanted] of cases) assert.equal(desiredInstances(scaling, backlog, running), wanted, `${backlog} on ${running}`);
  });
  it("stay at zero without the step until the target is passed", () => {
    assert.deepEqual([1, 5, 6].map((backlog) => desiredInstances({ ...scaling, wakes: false }, backlog, 0)), [0, 0, 2]);
  });
  it("never go below the fewest", () => {
    assert.equal(desiredInstances({ ...scaling, minimum: 1 }, 0, 3), 1);
  });
});
