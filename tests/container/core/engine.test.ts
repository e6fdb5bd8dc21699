import assert from "node:assert/strict";
import { join } from "node:path";
import { pino } from "pino";
import { Dispatcher } from "../../../container/src/core/dispatcher";
import { WorkerEngine } from "../../../container/src/core/engine";
import type { StartError } from "../../../container/src/failure";
import type { Json } from "../../../contract/json";

describe("an inference worker that dies", () => {
  const engines: WorkerEngine[] = [];
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  });

  function engine(settings: { [name: string]: Json }, onFatal: (error: StartError) => void): WorkerEngine {
    const started = new WorkerEngine({
      workerFile: join(__dirname, "../support/faulty-worker.cjs"),
      start: { runtime: "forecast", version: "v3", settings, modelDirectory: "/nowhere", maxFileBytes: 1000, execution: "cpu", s3: { region: "eu-west-3" } },
      log: pino({ level: "silent" }),
      onFatal,
    });
    engines.push(started);
    return started;
  }
  const unexpected = (error: StartError): void => assert.fail(error);

  for (const death of ["throw", "exit"]) {
    it(`by ${death} fails its own request, is started again, and loses nothing that waited`, async () => {
      const subject = engine({}, unexpected);
      await subject.whenReady();
      const dispatcher = new Dispatcher(subject, { places: 10, timeoutMs: 10_000 });
      const doomed = dispatcher.submit([{ do: death }])[0]!;
      const waiting = [1, 2, 3].map((n) => dispatcher.submit([{ do: "answer", n }])[0]!);
      await assert.rejects(doomed, { code: "runtime-failed", message: /stopped while it held this request/ });
      assert.equal(subject.state, "restarting");
      assert.equal(dispatcher.healthy, false);
      assert.deepEqual((await Promise.all(waiting)).map(({ response }) => (JSON.parse(response as string) as { n: number }).n), [1, 2, 3]);
      assert.equal(dispatcher.healthy, true);
    });
  }

  it("takes nobody along who was computed beside the request that it died of", async () => {
    const subject = engine({}, unexpected);
    await subject.whenReady();
    const dispatcher = new Dispatcher<Json>(subject, { places: 20, timeoutMs: 10_000, limitsOf: () => ({ maxSize: 8, maxBytes: Infinity, maxWaitMs: 0 }) });
    const outcomes = await Promise.allSettled(dispatcher.submit([1, 2, 3, 4].map((n) => ({ do: n === 3 ? "exit" : "answer", n }))));
    assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  });

  it("may die again and again while it answers in between", async () => {
    const subject = engine({}, unexpected);
    await subject.whenReady();
    const dispatcher = new Dispatcher(subject, { places: 20, timeoutMs: 10_000 });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => dispatcher.submit([{ do: n % 2 === 0 ? "throw" : "answer", n }])[0]!));
    assert.deepEqual(outcomes.map(({ status }) => status), Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? "rejected" : "fulfilled")));
  });

  it("is given up after three starts without an answer", async () => {
    const error = await new Promise<StartError>((resolve) => engine({ diesAtOnce: true }, resolve));
    assert.equal(error.code, "worker-keeps-failing");
    assert.match(error.message, /3 times/);
  });

  it("passes on what the model says of a request it cannot answer", async () => {
    const subject = engine({}, unexpected);
    await subject.whenReady();
    await assert.rejects(subject.infer([{ do: "fail" }]), { code: "runtime-failed", message: /no such thing/ });
    assert.equal(subject.state, "ready");
  });
});
