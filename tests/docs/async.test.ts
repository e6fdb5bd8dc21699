import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { loadRegistry } from "../../planning";
import { readRegistry } from "../../registry/read";
import { join } from "node:path";
import { compileSamples } from "../client/compile";
import { blockWith } from "./blocks";

const GUIDE = "docs/guides/async.md";

describe("guide: serve through a queue", function () {
  this.timeout(60_000);

  it("has a fragment that stygig's descriptor takes", () => {
    const files = readRegistry(join(__dirname, "..", ".."));
    const [stygig] = files.descriptors.filter(({ path }) => path.endsWith("stygig-clip.yaml"));
    const descriptor = parse(Buffer.from(stygig!.content as Uint8Array).toString()) as { [field: string]: unknown };
    const changed = { ...descriptor, ...(parse(blockWith(GUIDE, /^serving:/)) as object) };
    const content = Buffer.from(stringify(changed));
    const { models, issues } = loadRegistry({ ...files, descriptors: [{ path: stygig!.path, content }] }, { environment: "dev" });
    assert.deepEqual(issues.filter(({ severity }) => severity === "error"), []);
    assert.ok(Object.keys(models[0]!.serving).includes("async"));
  });

  it("has a call that compiles", () => {
    const sample = blockWith(GUIDE, "invokeAsync");
    assert.deepEqual(compileSamples({ guide: `${sample}\nexport { recommendations };` }).get("guide"), []);
  });
});
