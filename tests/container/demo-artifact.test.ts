import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import { openArtifact } from "../../container/src/core/artifact";
import { demoArtifact, extractDemo, root, temporaryFolder } from "./support/container";

const text = (path: string): string => readFileSync(join(root, path), "utf8");

describe("velib's demo artifact", () => {
  it("is the version that the descriptor pins", () => {
    const descriptor = parse(text("registry/models/velib-lstm.yaml")) as { versions: { v3: { sha256: string } } };
    assert.equal(createHash("sha256").update(readFileSync(demoArtifact)).digest("hex"), descriptor.versions.v3.sha256);
  });

  it("opens, and holds nothing of the machine that packed it", async () => {
    const { manifest } = openArtifact(await extractDemo(temporaryFolder()));
    assert.deepEqual([manifest.model, manifest.version, manifest.runtime], ["velib-lstm", "v3", "forecast"]);
    const entries: string[] = [];
    await tar.list({
      file: demoArtifact,
      onReadEntry: ({ path, mtime, uid, gid, uname, mode }) => {
        entries.push(path);
        assert.deepEqual([mtime?.getTime(), uid, gid, uname || "", mode], [0, 0, 0, "", 0o644], path);
      },
    });
    assert.deepEqual(entries, ["model.onnx", "scaler.json", "slipway.json", "stations.json"]);
    assert.deepEqual([...readFileSync(demoArtifact).subarray(3, 8)], [0, 0, 0, 0, 0], "no name and no time in the gzip header");
  });

  it("has a card whose numbers are those of its training run, and better than the baselines", () => {
    type Errors = Record<"T+1h" | "T+2h" | "T+3h", number>;
    const { heldOut } = JSON.parse(text("registry/demo/velib-lstm/metrics.json")) as { heldOut: { meanAbsoluteErrorBikes: Record<string, Errors>; modelR2: Errors } };
    const card = text("registry/demo/velib-lstm/README.md");
    const rows = [...card.matchAll(/^\|[^|]*\| \**([\d.]+)\** \| \**([\d.]+)\** \| \**([\d.]+)\** \|$/gm)].map((row) => row.slice(1).map(Number));
    const { model, persistence, dailyAverage, weekdayWeekendAverage } = heldOut.meanAbsoluteErrorBikes;
    assert.deepEqual(rows, [model, persistence, dailyAverage, weekdayWeekendAverage].map((errors) => Object.values(errors!)));
    for (const value of Object.values(heldOut.modelR2)) assert.ok(card.includes(String(value)));
    for (const [at, error] of rows[0]!.entries()) for (const baseline of rows.slice(1)) assert.ok(error < baseline[at]!);
  });
});
