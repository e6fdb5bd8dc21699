import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Inputs, Network } from "../../../container/src/backends/backend";
import { loadTextTower } from "../../../container/src/runtimes/clip/text-tower";
import type { RuntimeContext } from "../../../container/src/runtimes/runtime";
import { unpackDemo } from "../support/demo";

describe("the text tower of an ONNX export", () => {
  let tokenizer: Buffer;
  before(async () => {
    tokenizer = readFileSync(join(await unpackDemo("omnisearch-clip"), "tokenizer.json"));
  });

  /** Stands in for a network whose file would be another export of the same weights, to see what it is given. */
  async function load(inputNames: string[]) {
    const seen: Inputs[] = [];
    const network: Network = {
      inputNames,
      outputNames: ["text_embeds"],
      run: async (inputs) => {
        seen.push(inputs);
        const rows = inputs["input_ids"]!.shape[0]!;
        return { text_embeds: { data: new Float32Array(rows * 4), shape: [rows, 4] } };
      },
      dispose: async () => {},
    };
    const context = { version: "v1", settings: { threads: 1 }, take: () => tokenizer, loadOnnx: async () => network } as unknown as RuntimeContext;
    return { tower: await loadTextTower(context), seen };
  }

  it("is given token ids, and a mask that hides nothing where the export has one", async () => {
    const plain = await load(["input_ids"]);
    await plain.tower.embed([plain.tower.prepare("red shirt")]);
    assert.deepEqual(Object.keys(plain.seen.at(-1)!), ["input_ids"]);
    const masked = await load(["attention_mask", "input_ids"]);
    await masked.tower.embed(["red", "a red shirt"].map((text) => masked.tower.prepare(text)));
    const { input_ids: ids, attention_mask: mask } = masked.seen.at(-1)!;
    assert.deepEqual(mask!.shape, ids!.shape);
    assert.ok([...(mask!.data as BigInt64Array)].every((one) => one === 1n));
  });

  it("is refused where it takes another input", async () => {
    await assert.rejects(load(["input_ids", "pixel_values"]), /inputs of textTower are input_ids, pixel_values/);
    await assert.rejects(load(["attention_mask"]), /it must take input_ids alone/);
  });
});
