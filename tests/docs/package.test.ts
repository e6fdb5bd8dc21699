import assert from "node:assert/strict";
import { rolesOf, targetOf } from "../../packaging/roles";
import { read } from "../house/files";
import { blocksOf } from "./blocks";

const GUIDE = "docs/guides/package.md";

describe("guide: pack a model", () => {
  it("has a row for every role of every runtime, and no other", () => {
    const rows = [...read(GUIDE).matchAll(/^\| ?(.*?) ?\| `(\w+)` \|/gm)].map(([, runtimes, role]) => ({ runtimes: runtimes!, role: role! }));
    const needed = new Set(Object.values(rolesOf).flatMap(({ needed, optional }) => [...needed, ...optional]));
    assert.deepEqual(rows.map(({ role }) => role).sort(), [...needed].sort());
    assert.deepEqual([...needed].sort(), Object.keys(targetOf).sort());
    for (const runtime of Object.keys(rolesOf)) assert.ok(rows.some(({ runtimes }) => runtimes.includes(`\`${runtime}\``) || (runtimes.includes("`clip-*`") && runtime.startsWith("clip-"))), runtime);
  });

  it("loads pickles with a warning beside it, and never tells to sort", () => {
    const python = blocksOf(GUIDE).filter(({ language }) => language === "python");
    assert.ok(python.length >= 4);
    for (const { text } of python) {
      assert.doesNotMatch(text, /sort_keys\s*=\s*True/);
      if (/pickle\.load|joblib\.load/.test(text)) assert.match(read(GUIDE), /trust/);
    }
  });
});
