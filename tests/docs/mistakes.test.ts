import assert from "node:assert/strict";
import { read } from "../house/files";
import { ruleCases } from "../planning/support/rule-cases";

const PAGE = "docs/mistakes.md";
const rows = read(PAGE)
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

describe("docs: mistakes", () => {
  it("are 25, each with rules against it or a reason why it cannot be written", () => {
    assert.deepEqual(rows.map(([number]) => number), Array.from({ length: 25 }, (_, index) => String(index + 1)));
    for (const [number, , rules, reason, ...unseen] of rows) {
      assert.ok(rules !== "" || reason !== "", number);
      assert.equal(unseen.length, 1, number);
    }
  });

  it("name rules that there are, and no rule twice in a row", () => {
    const codes = new Set(ruleCases.map(({ code }) => code));
    for (const [number, , ...cells] of rows) {
      const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
      assert.deepEqual(named.filter((code, index) => !codes.has(code) || named.indexOf(code) !== index), [], number);
    }
  });
});
