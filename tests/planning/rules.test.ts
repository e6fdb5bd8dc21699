import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorSections } from "../../contract/errors";
import * as planning from "../../planning";
import { facts, model, realtimeServing } from "./support/resolved";
import { planningWithout } from "./support/mutants";
import { judge, ruleCases, type Planning, type RuleCase } from "./support/rule-cases";
import { shownElsewhere } from "./support/rule-catalogue";

const root = join(__dirname, "..", "..");

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
    assert.deepEqual([...codes, ...Object.keys(shownElsewhere)].sort(), rows.sort());
    assert.ok(codes.length >= 60);
  });

  it("that no file of the registry can show are shown by a test that names them", () => {
    for (const [code, { test }] of Object.entries(shownElsewhere)) assert.match(readFileSync(join(root, test), "utf8"), new RegExp(`"${code}"`));
  });

  it("outputs-too-large is for more versions than one endpoint takes, each with a long name", () => {
    const names = Array.from({ length: 200 }, (_, index) => `a-version-with-a-name-of-some-length-${index}`);
    const versions = Object.fromEntries(names.map((name) => [name, { artifact: "s3://example-models/model.tar.gz", sha256: "3".repeat(64) }]));
    const large = model({ versions, traffic: names.map((version) => ({ version, weight: 1 })), serving: { realtime: realtimeServing() } });
    assert.ok(planning.planStack([large], facts).issues.some(({ code }) => code === "outputs-too-large"));
    assert.ok(!planning.planStack([model()], facts).issues.some(({ code }) => code === "outputs-too-large"));
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
