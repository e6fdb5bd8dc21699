import assert from "node:assert/strict";
import { errorSections } from "../../contract/errors";
import * as planning from "../../planning";
import { planningWithout } from "./support/mutants";
import { judge, ruleCases, type Planning, type RuleCase } from "./support/rule-cases";

/** Whether planning still says it. What falls over instead has let it pass. */
function reports(each: RuleCase, mutant: Planning): boolean {
  try {
    const { validated, planned } = judge(each, "rejected", mutant);
    return [...validated, ...planned].some(({ code }) => code === each.code);
  } catch {
    return false;
  }
}

describe("rules", () => {
  it("are all there, each with one pair of fixtures", () => {
    const codes = ruleCases.map(({ code }) => code);
    const rows = [...Object.keys(errorSections.descriptor), ...Object.keys(errorSections.plan)];
    assert.deepEqual([...codes].sort(), rows.sort());
    assert.ok(codes.length >= 60);
  });

  it("are what rejects their fixtures: with the rule out of the source, its own is not reported", function () {
    this.timeout(120_000);
    const survivors = ruleCases.filter((each) => {
      const { planning: mutant, removed } = planningWithout(each.code);
      return removed === 0 || reports(each, mutant);
    });
    assert.deepEqual(survivors.map(({ code }) => code), []);
    assert.ok(reports(ruleCases[0]!, planningWithout("no-such-rule").planning), "planning that was loaded anew, and not changed, reports");
  });

  for (const each of ruleCases) {
    const aside = each.aside ?? [];
    it(`${each.code} lets one pass and reports the other, in place`, () => {
      const codesOf = (side: "accepted" | "rejected"): string[] => {
        const { validated, planned } = judge(each, side, planning);
        return [...new Set([...validated, ...planned].map(({ code }) => code))].filter((code) => !aside.includes(code)).sort();
      };
      assert.deepEqual(codesOf("accepted"), []);
      assert.deepEqual(codesOf("rejected"), [each.code, ...(each.also ?? [])].sort());
      const { validated, planned } = judge(each, "rejected", planning);
      const paths = [...validated, ...planned].filter(({ code }) => code === each.code).map(({ path }) => path);
      assert.ok(paths.includes(each.at), `at ${paths.join(", ")}`);
    });
  }
});
