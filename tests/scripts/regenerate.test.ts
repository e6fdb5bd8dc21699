import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Producer } from "../../scripts/generate/producer";
import { regenerate } from "../../scripts/generate/regenerate";

describe("regenerate", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "slipway-generate-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const producers: readonly Producer[] = [
    { path: "docs/new.md", produce: () => "new\n" },
    { path: "kept.md", produce: async (current) => current.replace(/made: .*/, "made: now") },
  ];

  it("checks without writing, and names what differs", async () => {
    writeFileSync(join(root, "kept.md"), "by hand\nmade: before\n");
    assert.deepEqual(await regenerate(root, producers, { isCheck: true }), ["docs/new.md", "kept.md"]);
    assert.equal(readFileSync(join(root, "kept.md"), "utf8"), "by hand\nmade: before\n");
  });

  it("writes what differs, keeps what people wrote, and then finds nothing", async () => {
    writeFileSync(join(root, "kept.md"), "by hand\nmade: before\n");
    await regenerate(root, producers, { isCheck: false });
    assert.equal(readFileSync(join(root, "docs", "new.md"), "utf8"), "new\n");
    assert.equal(readFileSync(join(root, "kept.md"), "utf8"), "by hand\nmade: now\n");
    assert.deepEqual(await regenerate(root, producers, { isCheck: true }), []);
  });

  it("takes a checkout with Windows line ends for what it is", async () => {
    writeFileSync(join(root, "kept.md"), "by hand\r\nmade: now\r\n");
    assert.deepEqual(await regenerate(root, producers.slice(1), { isCheck: true }), []);
  });
});
