import assert from "node:assert/strict";
import fc from "fast-check";
import { Dispatcher } from "../../../container/src/core/dispatcher";
import type { Answer, Engine } from "../../../container/src/core/engine";
import { RequestError } from "../../../container/src/failure";
import type { Json } from "../../../contract/json";

/** An engine whose every computation ends when the test says so. */
class ManualEngine implements Engine<Json> {
  state: Engine["state"] = "ready";
  readonly seen: Json[] = [];
  private finish: ((outcome: Answer | RequestError) => void) | undefined;

  async whenReady(): Promise<void> {}

  infer(request: Json): Promise<Answer> {
    assert.equal(this.finish, undefined, "one at a time");
    this.seen.push(request);
    return new Promise((resolve, reject) => {
      this.finish = (outcome) => {
        this.finish = undefined;
        if (outcome instanceof RequestError) reject(outcome);
        else resolve(outcome);
      };
    });
  }

  /** Ends the computation that runs, and lets the next begin. */
  async complete(outcome: Answer | RequestError = { response: "{}", inferenceMs: 1 }): Promise<void> {
    this.finish!(outcome);
    await new Promise(setImmediate);
  }

  async stop(): Promise<void> {}
}

const setUp = (places: number, timeoutMs = 10_000): { engine: ManualEngine; dispatcher: Dispatcher<Json> } => {
  const engine = new ManualEngine();
  return { engine, dispatcher: new Dispatcher(engine, { places, timeoutMs }) };
};
const code = (expected: string) => (error: unknown) => error instanceof RequestError && error.code === expected;

describe("the dispatcher", () => {
  it("computes in the order of arrival, whatever is asked how often", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), async (requests) => {
        const { engine, dispatcher } = setUp(20);
        const answers = requests.map((request) => dispatcher.submit(request));
        for (let index = 0; index < requests.length; index += 1) await engine.complete({ response: String(index), inferenceMs: 0 });
        assert.deepEqual(engine.seen, requests);
        assert.deepEqual((await Promise.all(answers)).map(({ response }) => response), requests.map((_, index) => String(index)));
      }),
      { numRuns: 30 },
    );
  });

  it("takes as many as it has places, and says at once when it has none", async () => {
    const { engine, dispatcher } = setUp(2);
    const taken = [0, 1, 2].map((n) => dispatcher.submit(n)); // one computes, two wait
    await assert.rejects(dispatcher.submit(3), (error: unknown) => code("overloaded")(error) && (error as RequestError).headers["retry-after"] === "1");
    await engine.complete();
    taken.push(dispatcher.submit(4));
    for (let left = 0; left < 3; left += 1) await engine.complete();
    await Promise.all(taken);
    assert.deepEqual(engine.seen, [0, 1, 2, 4]);
  });

  it("gives up at the deadline, waiting or computing, and goes on with the rest", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    await Promise.all([0, 1].map((n) => assert.rejects(dispatcher.submit(n), code("deadline-exceeded"))));
    const next = dispatcher.submit(2);
    await engine.complete(); // of 0, too late for its caller
    await engine.complete();
    await next;
    assert.deepEqual(engine.seen, [0, 2]);
  });

  it("does not compute for a caller who has gone", async () => {
    const { engine, dispatcher } = setUp(5);
    const gone = new AbortController();
    const answers = [dispatcher.submit(0), dispatcher.submit(1, gone.signal), dispatcher.submit(2)];
    gone.abort();
    await assert.rejects(answers[1]!, code("caller-gone"));
    await engine.complete();
    await engine.complete();
    await Promise.all([answers[0], answers[2]]);
    assert.deepEqual(engine.seen, [0, 2]);
  });

  it("drains: finishes what it took and takes no more", async () => {
    const { engine, dispatcher } = setUp(5);
    const taken = [0, 1].map((n) => dispatcher.submit(n));
    let drained = false;
    const draining = dispatcher.drain().then(() => (drained = true));
    assert.equal(dispatcher.healthy, false);
    await assert.rejects(dispatcher.submit(2), code("draining"));
    await engine.complete();
    assert.equal(drained, false);
    await engine.complete();
    await Promise.all([...taken, draining]);
    await dispatcher.drain();
  });

  it("drains too when the last to wait gives up", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    const answers = [0, 1].map((n) => assert.rejects(dispatcher.submit(n), code("deadline-exceeded")));
    const draining = dispatcher.drain();
    await Promise.all(answers);
    await engine.complete();
    await draining;
    assert.deepEqual(engine.seen, [0]);
  });

  it("passes an engine's failure to its caller alone", async () => {
    const { engine, dispatcher } = setUp(5);
    const first = assert.rejects(dispatcher.submit(0), code("runtime-failed"));
    const second = dispatcher.submit(1);
    await engine.complete(new RequestError("runtime-failed", "no"));
    await first;
    await engine.complete();
    await second;
  });

  it("is healthy while it computes, and not when the computation is stuck or the model still loads", async () => {
    const { engine, dispatcher } = setUp(5, 20);
    const stuck = dispatcher.submit(0);
    assert.equal(dispatcher.healthy, true);
    await assert.rejects(stuck, code("deadline-exceeded"));
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(dispatcher.healthy, false);
    await engine.complete();
    assert.equal(dispatcher.healthy, true);
    engine.state = "loading";
    assert.equal(dispatcher.healthy, false);
    await assert.rejects(dispatcher.submit(1), code("model-not-ready"));
  });
});
