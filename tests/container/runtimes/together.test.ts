import assert from "node:assert/strict";
import fc from "fast-check";
import { groupsByLength } from "../../../container/src/runtimes/clip/text-tower";
import type { ModelRequest } from "../../../container/src/runtimes/runtime";
import { together } from "../../../container/src/runtimes/together";
import { RequestError } from "../../../container/src/failure";

const asked = (value: number): ModelRequest => ({ value, path: `/instances/${value}`, accept: "application/json" });

describe("requests computed together", () => {
  it("are answered each in its place, whichever are refused before or after the network", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("good", "unreadable", "unanswerable"), { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (kinds, preparedAtOnce) => {
        const runs: number[][] = [];
        const { outcomes } = await together(kinds.map((_, n) => asked(n)), {
          preparedAtOnce,
          prepare: async ({ value, path }) => {
            await new Promise(setImmediate);
            if (kinds[value as number] === "unreadable") throw new RequestError("image-unreadable", "no", path);
            return { n: value as number };
          },
          compute: async (prepared) => (runs.push(prepared.map(({ n }) => n)), prepared.map(({ n }) => n * 10)),
          answer: (row, { n }, { path }) => {
            if (kinds[n] === "unanswerable") throw new RequestError("validation-failed", "no", path);
            return row;
          },
        });
        const readable = kinds.flatMap((kind, n) => (kind === "unreadable" ? [] : [n]));
        assert.deepEqual(runs, readable.length === 0 ? [] : [readable], "the network runs once, over the readable");
        outcomes.forEach((outcome, n) => {
          if (kinds[n] === "good") assert.equal(outcome, n * 10);
          else assert.deepEqual([(outcome as RequestError).code, (outcome as RequestError).path], [kinds[n] === "unreadable" ? "image-unreadable" : "validation-failed", `/instances/${n}`]);
        });
      }),
    );
  });

  it("are prepared no more at once than is said", async () => {
    let now = 0;
    let most = 0;
    await together([0, 1, 2, 3, 4, 5].map(asked), {
      preparedAtOnce: 2,
      prepare: async () => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 2));
        now -= 1;
        return {};
      },
      compute: async (prepared) => prepared.map(() => 0),
      answer: () => null,
    });
    assert.equal(most, 2);
  });

  it("fail together where the model does", async () => {
    const steps = { preparedAtOnce: 1, prepare: () => ({}), compute: async () => [0], answer: () => null };
    await assert.rejects(together([asked(0)], { ...steps, compute: async () => assert.fail("the network") }), /the network/);
    await assert.rejects(together([asked(0)], { ...steps, prepare: () => assert.fail("out of memory") }), /out of memory/);
  });
});

describe("texts in runs of like length", () => {
  it("are each in one run, and never padded by more than another run would cost", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 77 }), { maxLength: 32 }), (lengths) => {
        const groups = groupsByLength(lengths);
        assert.deepEqual(groups.flat().sort((a, b) => a - b), lengths.map((_, place) => place));
        for (const group of groups) {
          const rising = group.map((place) => lengths[place]!);
          assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
          // No place in a run at which cutting it would have saved more than a run.
          rising.forEach((length, at) => at > 0 && assert.ok(at * (length - rising[at - 1]!) <= 14));
        }
      }),
    );
  });

  it("are one run where they are alike, and two where one is much longer", () => {
    assert.equal(groupsByLength([8, 9, 8, 8, 9, 10]).length, 1);
    assert.deepEqual(groupsByLength([8, 77, 8]), [[0, 2], [1]]);
    assert.deepEqual(groupsByLength([]), []);
  });
});
