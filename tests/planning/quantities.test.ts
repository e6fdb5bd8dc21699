import assert from "node:assert/strict";
import fc from "fast-check";
import { formatQuantity, parseQuantity, quantityPattern, type QuantityRule } from "../../planning/quantities";

const seconds: QuantityRule = { kind: "duration", unit: "seconds" };
const milliseconds: QuantityRule = { kind: "duration", unit: "milliseconds" };
const microseconds: QuantityRule = { kind: "duration", unit: "microseconds" };
const mib: QuantityRule = { kind: "size", unit: "MiB" };
const gib: QuantityRule = { kind: "size", unit: "GiB" };
const percent: QuantityRule = { kind: "percent", unit: "percent" };

describe("parseQuantity", () => {
  const read: readonly [string, QuantityRule, number][] = [
    ["15m", seconds, 900],
    ["90s", seconds, 90],
    ["2h", seconds, 7200],
    ["1d", seconds, 86_400],
    ["0s", seconds, 0],
    ["2000ms", seconds, 2],
    ["1500ms", milliseconds, 1500],
    ["1s", microseconds, 1_000_000],
    ["3072 MiB", mib, 3072],
    ["3 GiB", mib, 3072],
    ["1 TiB", gib, 1024],
    ["2048 MiB", gib, 2],
    ["80%", percent, 80],
  ];
  for (const [text, rule, value] of read) {
    it(`reads ${text} as ${value} ${rule.unit}`, () => assert.deepEqual(parseQuantity(text, rule), { value }));
  }

  /** What is refused, and what to write instead: undefined where nothing sensible can be said. */
  const refused: readonly [string, QuantityRule, string | undefined][] = [
    ["3072MB", mib, "3072 MiB"],
    ["3072MiB", mib, "3072 MiB"],
    ["3072  MiB", mib, "3072 MiB"],
    ["2.5 GiB", mib, "2560 MiB"],
    ["3gb", mib, "3 GiB"],
    ["3072", mib, "3072 MiB"],
    ["100", gib, "100 GiB"],
    ["5 min", seconds, "5m"],
    ["5 m", seconds, "5m"],
    ["5M", seconds, "5m"],
    ["1h30m", seconds, "90m"],
    ["1.5h", seconds, "90m"],
    ["1e3s", seconds, "1000s"],
    ["30", seconds, "30s"],
    ["200", milliseconds, "200ms"],
    ["1", microseconds, undefined],
    ["-5m", seconds, undefined],
    ["+5m", seconds, undefined],
    ["007s", seconds, "7s"],
    ["NaN", seconds, undefined],
    ["Infinity", seconds, undefined],
    ["five minutes", seconds, undefined],
    ["", seconds, undefined],
    [" 5m", seconds, "5m"],
    ["5m\n", seconds, "5m"],
    ["٥m", seconds, undefined],
    ["80", percent, "80%"],
    ["80 percent", percent, "80%"],
    ["80.5%", percent, undefined],
    ["5 parsecs", seconds, undefined],
    ["5constructor", seconds, undefined],
    ["9".repeat(400), seconds, undefined],
  ];
  for (const [text, rule, suggestion] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}${suggestion === undefined ? "" : ` and suggests ${suggestion}`}`, () => {
      const parsed = parseQuantity(text, rule);
      assert.ok("problem" in parsed, `read as ${JSON.stringify(parsed)}`);
      assert.equal(parsed.suggestion, suggestion);
      if (suggestion !== undefined) assert.ok("value" in parseQuantity(suggestion, rule), "what it suggests is accepted");
    });
  }

  it("never rounds: a value that is not whole in the field's unit is refused", () => {
    for (const [text, rule] of [["1500ms", seconds], ["1536 MiB", gib]] as const) {
      const parsed = parseQuantity(text, rule);
      assert.ok("problem" in parsed && parsed.problem.includes("whole number"), text);
    }
  });

  it("holds bounds and choices, and suggests the nearest", () => {
    assert.deepEqual(parseQuantity("2m", { ...seconds, minimum: 1, maximum: 60 }), { problem: "it takes 1s to 1m", suggestion: "1m" });
    assert.deepEqual(parseQuantity("0s", { ...seconds, minimum: 1 }), { problem: "it takes at least 1s", suggestion: "1s" });
    assert.deepEqual(parseQuantity("2500 MiB", { ...mib, oneOf: [1024, 2048, 3072] }), { problem: "it takes 1024 MiB, 2048 MiB or 3072 MiB", suggestion: "3072 MiB" });
    assert.deepEqual(parseQuantity("9 GiB", { ...mib, oneOf: [1024, 2048] }), { problem: "it takes 1024 MiB or 2048 MiB", suggestion: "2048 MiB" });
  });

  it("refuses what no number here can hold", () => {
    assert.ok("problem" in parseQuantity("9007199254740993 MiB", mib));
    assert.ok("problem" in parseQuantity("99999999999999999999d", seconds));
  });
});

describe("quantities, whatever they are", () => {
  const rules = fc.constantFrom(seconds, milliseconds, mib, gib, percent);

  it("come back from formatQuantity as they were, and match the pattern that editors check", () => {
    fc.assert(
      fc.property(rules, fc.nat({ max: 1_000_000_000 }), (rule, value) => {
        const text = formatQuantity(value, rule);
        assert.deepEqual(parseQuantity(text, rule), { value });
        assert.match(text, new RegExp(quantityPattern(rule.kind)));
      }),
    );
  });

  it("are exact: a number and a unit mean the number times the unit", () => {
    const factors = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.constantFrom(...(Object.keys(factors) as (keyof typeof factors)[])), (number, unit) => {
        assert.deepEqual(parseQuantity(`${number}${unit}`, milliseconds), { value: number * factors[unit] });
      }),
    );
  });

  it("have one written form: what parses is what the pattern describes, and nothing else", () => {
    const pieces = fc.array(fc.constantFrom("0", "1", "60", "-", "+", ".", " ", "e", "ms", "s", "m", "MiB", "GiB", "%", "\n", "١"), { maxLength: 4 });
    fc.assert(
      fc.property(rules, pieces, (rule, parts) => {
        const parsed = parseQuantity(parts.join(""), rule);
        if ("value" in parsed) assert.match(parts.join(""), /^(0|[1-9][0-9]*)(ms|s|m|h|d| MiB| GiB| TiB|%)$/);
        else if (parsed.suggestion !== undefined) assert.match(parsed.suggestion, new RegExp(quantityPattern(rule.kind)));
      }),
    );
  });

  it("have no written form below zero or below a millisecond", () => {
    assert.throws(() => formatQuantity(-1, seconds), RangeError);
    assert.throws(() => formatQuantity(1.5, microseconds), RangeError);
    assert.throws(() => formatQuantity(1, microseconds), RangeError);
  });
});
