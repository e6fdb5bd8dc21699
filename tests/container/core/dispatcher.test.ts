import assert from "node:assert/strict";
import fc from "fast-check";
import type { BatchLimits } from "../../../container/src/core/batching";
import { Dispatcher, type Dispatched, type DispatcherOptions, type SubmitOptions } from "../../../container/src/core/dispatcher";
import type { Computed, Engine } from "../../../container/src/core/engine";
import { RequestError } from "../../../container/src/failure";
import type { Json } from "../../../contract/json";

/** An engine whose every computation ends when the test says so. */
class ManualEngine implements Engine<Json> {
  state: Engine["state"] = "ready";
  readonly seen: Json[][] = [];
  private finish: ((outcome: Computed | RequestError) => void) | undefined;

  async whenReady(): Promise<void> {}

  infer(requests: readonly Json[]): Promise<Computed> {
    assert.equal(this.finish, undefined, "one at a time");
    this.seen.push([...requests]);
    return new Promise((resolve, reject) => {
      this.finish = (outcome) => {
        this.finish = undefined;
        if (outcome instanceof RequestError) reject(outcome);
        else resolve(outcome);
      };
    });
  }

  get idle(): boolean {
    return this.finish === undefined;
  }

  /** Ends the computation that runs, each request with its own text, and lets the next begin. */
  async complete(outcome?: RequestError | Computed["outcomes"]): Promise<void> {
    const requests = this.seen.at(-1)!;
    this.finish!(outcome instanceof RequestError ? outcome : { outcomes: outcome ?? requests.map((request) => JSON.stringify(request)), inferenceMs: 1 });
    await new Promise(setImmediate);
  }

  async stop(): Promise<void> {}
}

class Subject extends Dispatcher<Json> {
  /** A call of one request. */
  one(request: Json, options?: SubmitOptions): Promise<Dispatched> {
    return this.submit([request], options)[0]!;
  }
}

const setUp = (places: number, timeoutMs = 10_000, options: Partial<DispatcherOptions<Json>> = {}): { engine: ManualEngine; dispatcher: Subject } => {
  const engine = new ManualEngine();
  return { engine, dispatcher: new Subject(engine, { places, timeoutMs, ...options }) };
};
const inBatchesOf = (maxSize: number, more: Partial<BatchLimits> = {}): Partial<DispatcherOptions<Json>> => ({ limitsOf: () => ({ maxSize, maxBytes: Infinity, maxWaitMs: 0, ...more }) });
const code = (expected: string) => (error: unknown) => error instanceof RequestError && error.code === expected;

describe("the dispatcher", () => {
  it("computes in the order of arrival, whatever is asked how often, and answers each with its own", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (requests, maxSize) => {
        const { engine, dispatcher } = setUp(20, 10_000, inBatchesOf(maxSize));
        const answers = requests.map((request) => dispatcher.one(request));
        while (!engine.idle) await engine.complete();
        assert.deepEqual(engine.seen.flat(), requests);
        assert.ok(engine.seen.every((batch) => batch.length <= maxSize));
        assert.deepEqual((await Promise.all(answers)).map(({ response }) => response), requests.map((request) => JSON.stringify(request)));
      }),
      { numRuns: 30 },
    );
  });

  it("takes as many calls as it has places, and says at once when it has none", async () => {
    const { engine, dispatcher } = setUp(2);
    const taken = [0, 1, 2].map((n) => dispatcher.one(n)); // one computes, two wait
    assert.throws(() => dispatcher.admit(), code("overloaded"));
    assert.throws(() => dispatcher.submit([3]), (error: unknown) => code("overloaded")(error) && (error as RequestError).headers["retry-after"] === "1");
    await engine.complete();
    dispatcher.admit();
    taken.push(dispatcher.one(4));
    for (let left = 0; left < 3; left += 1) await engine.complete();
    await Promise.all(taken);
    assert.deepEqual(engine.seen, [[0], [1], [2], [4]]);
  });

  it("counts a call of many as one, until its last request is computed", async () => {
    const { engine, dispatcher } = setUp(1, 10_000, inBatchesOf(2));
    const answers = dispatcher.submit([1, 2, 3, 4, 5]);
    assert.throws(() => dispatcher.admit(), code("overloaded"));
    await engine.complete();
    assert.throws(() => dispatcher.admit(), code("overloaded"));
    await engine.complete();
    dispatcher.admit();
    await engine.complete();
    assert.deepEqual((await Promise.all(answers)).map(({ batchSize }) => batchSize), [2, 2, 2, 2, 1]);
  });

  it("says when to come back by how fast it went: not before those that wait are done", async () => {
    const { engine, dispatcher } = setUp(3, 10_000);
    const first = dispatcher.one(0);
    await new Promise((resolve) => setTimeout(resolve, 450));
    await engine.complete();
    await first;
    const waiting = [1, 2, 3, 4].map((n) => dispatcher.one(n)); // each some 450 ms
    let said = 0;
    assert.throws(() => dispatcher.admit(), (error: unknown) => (said = Number((error as RequestError).headers["retry-after"])) > 0);
    assert.ok(said >= 2 && said <= 10, `${said} s for four that take 0.45 s each or more`);
    for (let left = 0; left < 4; left += 1) await engine.complete();
    await Promise.all(waiting);
  });

  it("gives up at the deadline, waiting or computing, and goes on with the rest", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    await Promise.all([0, 1].map((n) => assert.rejects(dispatcher.one(n), code("deadline-exceeded"))));
    const next = dispatcher.one(2);
    await engine.complete(); // of 0, too late for its caller
    await engine.complete();
    await next;
    assert.deepEqual(engine.seen, [[0], [2]]);
  });

  it("does not compute for a caller who has gone", async () => {
    const { engine, dispatcher } = setUp(5);
    const gone = new AbortController();
    const answers = [dispatcher.one(0), dispatcher.one(1, { signal: gone.signal }), dispatcher.one(2)];
    gone.abort();
    await assert.rejects(answers[1]!, code("caller-gone"));
    await engine.complete();
    await engine.complete();
    await Promise.all([answers[0], answers[2]]);
    assert.deepEqual(engine.seen, [[0], [2]]);
  });

  it("stops between the batches of a call whose caller goes away", async () => {
    const { engine, dispatcher } = setUp(5, 10_000, inBatchesOf(2));
    const gone = new AbortController();
    const answers = dispatcher.submit([1, 2, 3, 4, 5], { signal: gone.signal });
    await engine.complete();
    gone.abort();
    assert.deepEqual((await Promise.allSettled(answers)).map(({ status }) => status), ["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
    await engine.complete(); // of 3 and 4, for nobody
    assert.deepEqual(engine.seen, [[1, 2], [3, 4]]);
    assert.equal(engine.idle, true);
  });

  it("fails a bad request of a batch alone", async () => {
    const { engine, dispatcher } = setUp(5, 10_000, inBatchesOf(4));
    const first = dispatcher.one(0);
    const [good, bad, other] = [1, 2, 3].map((n) => dispatcher.one(n));
    await engine.complete();
    const refused = assert.rejects(bad!, code("image-unreadable"));
    await engine.complete(["one", new RequestError("image-unreadable", "no"), "three"]);
    await refused;
    assert.deepEqual([(await good!).response, (await other!).response], ["one", "three"]);
    await first;
  });

  it("takes a call down with its first failure where it is all or none, and computes no more of it", async () => {
    const { engine, dispatcher } = setUp(5, 10_000, inBatchesOf(2));
    const answers = dispatcher.submit([1, 2, 3, 4], { allOrNone: true });
    const failed = assert.rejects(Promise.all(answers), code("image-unreadable"));
    await engine.complete([new RequestError("image-unreadable", "no"), "two"]);
    await failed;
    assert.equal(engine.idle, true);
    assert.deepEqual(engine.seen, [[1, 2]]);
    await dispatcher.drain();
  });

  it("asks each alone where the model fails on a batch, so that one of them fails and no other", async () => {
    const { engine, dispatcher } = setUp(5, 10_000, inBatchesOf(4));
    const gone = new AbortController();
    const first = dispatcher.one(0);
    const answers = [1, 2, 3, 4].map((n) => dispatcher.one(n, n === 3 ? { signal: gone.signal } : {}));
    const failed = assert.rejects(answers[1]!, code("runtime-failed"));
    await engine.complete();
    await engine.complete(new RequestError("runtime-failed", "one of you"));
    await engine.complete();
    gone.abort(); // nobody waits for 3 any more
    await assert.rejects(answers[2]!, code("caller-gone"));
    await engine.complete(new RequestError("runtime-failed", "you"));
    await engine.complete();
    await failed;
    await Promise.all([first, answers[0], answers[3]]);
    assert.deepEqual(engine.seen, [[0], [1, 2, 3, 4], [1], [2], [4]]);
  });

  it("lets a burst of one kind delay another by one batch at most", async () => {
    const { engine, dispatcher } = setUp(100, 10_000, { ...inBatchesOf(4), kindOf: (request) => (typeof request === "string" ? "text" : "image") });
    const images = Array.from({ length: 40 }, (_, n) => dispatcher.one(n));
    const texts = ["a", "b", "c"].map((text) => dispatcher.one(text));
    while (!engine.idle) await engine.complete();
    await Promise.all([...images, ...texts]);
    assert.deepEqual(engine.seen.slice(0, 3), [[0], ["a", "b", "c"], [1, 2, 3, 4]]);
  });

  it("waits for company as long as it is told to, and for nobody by itself", async () => {
    const patient = setUp(100, 10_000, inBatchesOf(3, { maxWaitMs: 30 }));
    const one = patient.dispatcher.one(1);
    assert.equal(patient.engine.seen.length, 0);
    const others = [2, 3].map((n) => patient.dispatcher.one(n));
    assert.deepEqual(patient.engine.seen, [[1, 2, 3]]); // full: at once
    const late = patient.dispatcher.one(4);
    await patient.engine.complete();
    assert.equal(patient.engine.seen.length, 1);
    while (patient.engine.idle) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(patient.engine.seen[1], [4]);
    await patient.engine.complete();
    await Promise.all([one, ...others, late]);

    const { engine, dispatcher } = setUp(100, 10_000, inBatchesOf(3));
    const alone = dispatcher.one(1);
    assert.deepEqual(engine.seen, [[1]]);
    await engine.complete();
    await alone;
  });

  it("drains: finishes what it took and takes no more", async () => {
    const { engine, dispatcher } = setUp(5);
    const taken = [0, 1].map((n) => dispatcher.one(n));
    let drained = false;
    const draining = dispatcher.drain().then(() => (drained = true));
    assert.equal(dispatcher.healthy, false);
    assert.throws(() => dispatcher.submit([2]), code("draining"));
    await engine.complete();
    assert.equal(drained, false);
    await engine.complete();
    await Promise.all([...taken, draining]);
    await dispatcher.drain();
  });

  it("drains too when the last to wait gives up", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    const answers = [0, 1].map((n) => assert.rejects(dispatcher.one(n), code("deadline-exceeded")));
    const draining = dispatcher.drain();
    await Promise.all(answers);
    await engine.complete();
    await draining;
    assert.deepEqual(engine.seen, [[0]]);
  });

  it("passes an engine's failure to its caller alone", async () => {
    const { engine, dispatcher } = setUp(5);
    const first = assert.rejects(dispatcher.one(0), code("runtime-failed"));
    const second = dispatcher.one(1);
    await engine.complete(new RequestError("runtime-failed", "no"));
    await first;
    await engine.complete();
    await second;
  });

  it("is healthy while it computes, and not when the computation is stuck or the model still loads", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    const stuck = dispatcher.one(0);
    assert.equal(dispatcher.healthy, true);
    await assert.rejects(stuck, code("deadline-exceeded"));
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(dispatcher.healthy, false);
    await engine.complete();
    assert.equal(dispatcher.healthy, true);
    engine.state = "loading";
    assert.equal(dispatcher.healthy, false);
    assert.throws(() => dispatcher.submit([1]), code("model-not-ready"));
  });
});
