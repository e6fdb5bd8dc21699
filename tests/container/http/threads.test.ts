import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { processors } from "../../../container/src/core/processors";
import type { Running } from "../support/container";
import { sample, send, startDemo } from "../support/demo";

const threadsOf = ({ child }: Running): number => readdirSync(`/proc/${child.pid!}/task`).length;

/** The most threads that the process has while images and texts keep it busy. */
async function underLoad(served: Running): Promise<number> {
  let most = 0;
  let done = false;
  const watching = (async () => {
    while (!done) {
      most = Math.max(most, threadsOf(served));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const image = sample("red-striped-shirt.jpg");
  const text = JSON.stringify({ instances: Array.from({ length: 64 }, (_, n) => ({ data: `shirt ${n}` })) });
  const calls = Array.from({ length: 24 }, (_, n) => (n % 2 === 0 ? send(served, image, "image/jpeg") : send(served, text, "application/json")));
  for (const { status } of await Promise.all(calls)) assert.equal(status, 200);
  done = true;
  await watching;
  return most;
}

describe("the threads of a served model", function () {
  this.timeout(60_000);

  it("are no more than the processors, whatever the settings ask for, under load too", async function () {
    if (process.platform !== "linux") this.skip();
    const cores = processors();
    const asked = await startDemo("omnisearch-clip", { settings: { threads: 64 } });
    assert.equal(asked.log.find(({ event }) => event === "starting")!.threads, cores);
    const fitting = await startDemo("omnisearch-clip", { settings: { threads: cores } });
    // 64 threads in each of two towers would be over a hundred more.
    const [most, expected] = [await underLoad(asked), await underLoad(fitting)];
    assert.ok(most <= expected + 2, `${most} threads under load, and ${expected} where the setting is ${cores}`);
    // Node's own (event loop, its workers, the collector), libuv's four, the inference thread, and for each of two towers its share.
    const most0 = 22 + 2 * cores;
    assert.ok(most <= most0, `${most} threads under load, more than ${most0}`);
  });

  it("are all the processors where nothing is set", async () => {
    const served = await startDemo("omnisearch-clip", { settings: { threads: undefined as never } });
    assert.equal(served.log.find(({ event }) => event === "starting")!.threads, processors());
  });
});
