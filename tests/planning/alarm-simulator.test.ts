import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { evaluate, evaluationRange, secondsToAlarm, simulate, type AlarmState, type Datapoint, type EvaluationRule } from "../../planning/alarm-simulator";

const treatments = ["breaching", "ignore", "missing", "notBreaching"] as const;
type Treatment = (typeof treatments)[number];
type Documented = { rule: Omit<EvaluationRule, "treatMissingData">; rows: ({ points: string } & Record<Treatment, AlarmState | "retain">)[] };
type Story = { story: string; rule: EvaluationRule; points: string; states: string };

const timelines = <Content>(file: string): Content => parse(readFileSync(join(__dirname, "timelines", file), "utf8")) as Content;
const letters: { readonly [letter: string]: AlarmState } = { A: "ALARM", I: "INSUFFICIENT_DATA", O: "OK" };

function pointsOf(text: string): Datapoint[] {
  return text.split(" ").map((mark) => {
    assert.match(mark, /^[0X-]$/);
    return mark === "-" ? null : mark === "X";
  });
}

const rules: fc.Arbitrary<EvaluationRule> = fc
  .record({ evaluationPeriods: fc.integer({ min: 1, max: 6 }), share: fc.double({ min: 0, max: 1, noNaN: true }), treatMissingData: fc.constantFrom(...treatments) })
  .map(({ evaluationPeriods, share, treatMissingData }) => ({ evaluationPeriods, treatMissingData, datapointsToAlarm: 1 + Math.floor(share * (evaluationPeriods - 1)) }));
const series = fc.array(fc.constantFrom<Datapoint>(true, false, null), { maxLength: 20 });

describe("alarm simulator", () => {
  for (const { rule, rows } of timelines<Documented[]>("documented.yaml")) {
    for (const { points, ...expected } of rows) {
      it(`${rule.datapointsToAlarm} of ${rule.evaluationPeriods}: ${points}, as documented`, () => {
        for (const treatMissingData of treatments) {
          for (const before of Object.values(letters)) {
            const state = expected[treatMissingData];
            assert.equal(evaluate({ ...rule, treatMissingData }, pointsOf(points), before), state === "retain" ? before : state, treatMissingData);
          }
        }
      });
    }
  }

  for (const { story, rule, points, states } of timelines<Story[]>("stories.yaml")) {
    it(story, () => assert.deepEqual(simulate(rule, pointsOf(points)), states.split(" ").map((letter) => letters[letter])));
  }

  it("does not look back beyond its range", () => {
    fc.assert(
      fc.property(rules, series, series, (rule, before, range) => {
        const recent = [...range, ...Array<Datapoint>(evaluationRange(rule)).fill(false)].slice(0, evaluationRange(rule));
        assert.equal(evaluate(rule, [...before, ...recent], "OK"), evaluate(rule, recent, "OK"));
      }),
    );
  });

  it("rings no less when one more period is bad", () => {
    fc.assert(
      fc.property(rules, series, fc.nat(), (rule, points, at) => {
        const worse = points.map((point, index) => (index === at % Math.max(1, points.length) && point === false ? true : point));
        if (evaluate(rule, points, "OK") === "ALARM") assert.equal(evaluate(rule, worse, "OK"), "ALARM");
      }),
    );
  });

  it("tells of lasting trouble after M whole periods, and no sooner", () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 1, max: 60 }), (rule, minutes) => {
        const fine = Array<Datapoint>(evaluationRange(rule)).fill(false);
        const states = simulate(rule, [...fine, ...Array<Datapoint>(10).fill(true)]).slice(fine.length);
        const periodSeconds = minutes * 60;
        assert.equal((states.indexOf("ALARM") + 1) * periodSeconds, secondsToAlarm({ ...rule, periodSeconds }));
      }),
    );
  });
});
