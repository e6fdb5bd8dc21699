import assert from "node:assert/strict";
import { compatibilityNames } from "../../../../container/src/runtimes/clip-recommend/compatibility";
import { runtimes } from "../../../../planning/runtimes";

describe("the compatibility setting", () => {
  it("may name what the runtime knows, and nothing else", () => {
    const { compatibility } = runtimes["clip-recommend"].schema.properties as { readonly compatibility: { readonly items: { readonly enum: readonly string[] } } };
    assert.deepEqual([...compatibility.items.enum].sort(), [...compatibilityNames].sort());
  });
});
