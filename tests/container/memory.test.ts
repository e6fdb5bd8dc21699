import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { loadOnnx } from "../../container/src/backends/onnx";
import { openArtifact } from "../../container/src/core/artifact";
import { giveBack, returnable } from "../../container/src/memory";

describe("memory that can be given back", () => {
  it("is gone at once, and nothing else is", () => {
    const file = returnable(100);
    assert.equal(file.byteLength, 100);
    giveBack(file);
    assert.equal(file.byteLength, 0);
    const ordinary = new Uint8Array(100);
    giveBack(ordinary);
    assert.equal(ordinary.byteLength, 100);
  });

  it("holds weights until onnxruntime has them, and no longer", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-memory-"));
    try {
      await tar.extract({ file: join(__dirname, "../../registry/demo/velib-lstm/model.tar.gz"), cwd: folder });
      const file = openArtifact(folder).take("network");
      assert.ok(file.byteLength > 100_000);
      const network = await loadOnnx(file, { threads: 1 });
      assert.equal(file.byteLength, 0);
      const { forecast } = await network.run({ history: { data: new Float32Array(24), shape: [1, 24] }, statics: { data: new Float32Array(7), shape: [1, 7] } });
      assert.ok(forecast!.data.every(Number.isFinite));
      await network.dispose();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
