import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../contract/json";
import { mergePatch } from "../../planning/merge-patch";

/** https://www.rfc-editor.org/rfc/rfc7386#appendix-A: original, patch, result. */
const vectors: readonly (readonly [Json, Json, Json])[] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

/** The pseudocode of section 2, word for word, over mutable objects. */
function reference(target: unknown, patch: unknown): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(patch)) return patch;
  let result = structuredClone(target);
  if (!isObject(result)) result = {};
  const object = result as Record<string, unknown>;
  for (const name of Object.keys(patch)) {
    if (patch[name] === null) delete object[name];
    else object[name] = reference(Object.hasOwn(object, name) ? object[name] : undefined, patch[name]);
  }
  return object;
}

describe("mergePatch", () => {
  for (const [target, patch, result] of vectors) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(target)} and ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(mergePatch(target, patch), result);
    });
  }

  const key = fc.constantFrom("a", "b", "c", "constructor", "toString");
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof({ maxDepth: 4 }, fc.constantFrom(null, 0, 1, "x", true), fc.array(tie("json"), { maxLength: 3 }), fc.dictionary(key, tie("json"), { maxKeys: 4 })),
  }));

  it("agrees with the RFC's pseudocode, and changes neither argument", () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        assert.equal(JSON.stringify(sorted(mergePatch(target, patch))), JSON.stringify(sorted(reference(target, patch) as Json)));
        assert.equal(JSON.stringify([target, patch]), before);
      }),
    );
  });
});

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}
