import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { executionOf } from "../../../container/src/backends/backend";
import { loadOnnx } from "../../../container/src/backends/onnx";

const network = readFileSync(join(__dirname, "../fixtures/slow.onnx"));

describe("a network for the GPU", () => {
  const lines: { readonly event: string; readonly [field: string]: unknown }[] = [];
  const log = (line: { readonly event: string }): void => void lines.push(line);
  beforeEach(() => lines.splice(0));

  it("is computed by CUDA where it can be, else by the processor, and the log says by which", async () => {
    const loaded = await loadOnnx(network, { threads: 1, execution: "cuda", log });
    assert.equal(lines.length, 1);
    const { event, execution, reason } = lines[0]!;
    if (event === "network-loaded") assert.equal(execution, "cuda");
    else {
      assert.deepEqual([event, execution], ["cuda-unavailable", "cpu"]);
      assert.match(String(reason), /\S/);
    }
    assert.ok(loaded.inputNames.length > 0);
    await loaded.dispose();
  });

  it("that is none is the file's fault, and not the GPU's", async () => {
    await assert.rejects(loadOnnx(Buffer.from("no network"), { threads: 1, execution: "cuda", log }), /protobuf|model/i);
    assert.deepEqual(lines, []);
  });

  it("is asked for by the image alone", () => {
    assert.equal(executionOf({}), "cpu");
    assert.equal(executionOf({ SLIPWAY_EXECUTION: "cuda" }), "cuda");
    assert.throws(() => executionOf({ SLIPWAY_EXECUTION: "tpu" }), /SLIPWAY_EXECUTION is "tpu"; it must be cpu or cuda/);
  });
});
