import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goldenPlan, goldenStacks } from "../../scripts/generate/golden-plans";
import * as fields from "../../planning/fields";
import { limits } from "../../planning/limits";

const root = join(__dirname, "..", "..");

describe("golden plans", () => {
  for (const stack of goldenStacks) {
    it(`${stack} is planned as checked in; after a wanted change: npm run generate`, () => {
      const golden = readFileSync(join(root, "tests", "golden", `${stack}.plan.json`), "utf8").replaceAll("\r\n", "\n");
      assert.equal(goldenPlan(stack), golden);
    });
  }
});

describe("limits", () => {
  it("have a source and a day each", () => {
    for (const [name, limit] of Object.entries(limits)) {
      assert.match(limit.source, /^https:\/\/docs\.aws\.amazon\.com\//, name);
      assert.match(limit.read, /^\d{4}-\d{2}-\d{2}$/, name);
    }
  });

  it("are those of the schema", () => {
    assert.equal(fields.traffic.maxProperties, limits.variantsPerEndpoint.value);
  });
});
