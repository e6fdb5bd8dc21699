import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runtimeNames } from "../../contract/runtimes";
import { PackagingProblem } from "../../packaging/finding";
import { pack } from "../../packaging/pack";
import { flatFile, unitRows } from "../container/backends/vectors";
import { demoFiles, imageTower, onnxSketch, temporaryFolder, textTower, writeFiles } from "./support";

describe("packing whatever a folder holds", function () {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let count = 0;

  it("ends in an archive or in findings, and leaves no half of one", async () => {
    const { "tokenizer.json": tokenizer } = await demoFiles("omnisearch-clip");
    const good: { readonly [path: string]: Uint8Array | string } = {
      "vision_model.onnx": imageTower(),
      "text_model.onnx": textTower(),
      "model.onnx": onnxSketch({ inputs: [{ name: "history", shape: ["b", 24] }, { name: "statics", shape: ["b", 7] }], outputs: [{ name: "forecast", shape: ["b", 3] }] }),
      "tokenizer.json": tokenizer!,
      "preprocessor_config.json": '{"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],"size":224}',
      "config.json": '{"model_type":"clip"}',
      "index.faiss": flatFile(unitRows(2, 512, 1), 512),
      "metadata.json": '[{"id":"a","category":"c"},{"id":"b","category":"c"}]',
      "scaler.json": '{"mean":1,"scale":2}',
      "stations.json": '{"a":0,"b":1}',
      "slipway.json": '{"manifestVersion":1,"files":{},"roles":{}}',
    };
    const paths = Object.keys(good);
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    // Fields that readers look for, with whatever in them.
    const near = fc
      .dictionary(fc.constantFrom("mean", "scale", "mean_", "var_", "image_mean", "image_std", "size", "crop_size", "preprocess_cfg", "model_cfg", "model", "normalizer", "post_processor", "vision_config", "files", "roles", "about", "id", "category", "__proto__", "constructor"), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 })
      .map((value) => JSON.stringify(value));
    const edit = fc.record({ path: fc.constantFrom(...paths), how: fc.oneof(fc.constant("gone" as const), fc.uint8Array({ maxLength: 80 }), json, near, fc.tuple(fc.nat(), fc.nat({ max: 255 })), fc.nat()) });
    let packed = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...runtimeNames), fc.array(edit, { maxLength: 3 }), fc.boolean(), async (runtime, edits, nested) => {
        const files: { [path: string]: Uint8Array | string } = { ...good };
        if (!edits.some(({ path }) => path === "slipway.json")) delete files["slipway.json"];
        for (const { path, how } of edits) {
          const bytes = Buffer.from(files[path] ?? good[path]!);
          if (how === "gone") delete files[path];
          else if (typeof how === "number") files[path] = bytes.subarray(0, how % (bytes.length + 1));
          else if (Array.isArray(how)) {
            bytes[how[0] % bytes.length] = how[1];
            files[path] = bytes;
          } else files[path] = how;
        }
        const place = join(folder, String((count += 1)));
        mkdirSync(place);
        const source = writeFiles(join(place, nested ? "in/export/v1" : "in"), files);
        const out = join(place, "model.tar.gz");
        try {
          await pack({ sources: [nested ? join(place, "in") : source], roles: {}, include: [], about: {}, model: "m", version: "v1", runtime, out }, () => Promise.resolve([]));
          packed += 1;
          assert.ok(existsSync(out));
        } catch (error) {
          if (!(error instanceof PackagingProblem)) throw error;
          assert.ok(error.findings.length > 0 && error.findings.every(({ subject, message }) => subject !== "" && message !== ""));
          assert.deepEqual(readdirSync(place), ["in"]);
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(packed > 20, `${packed} were packed: the others alone prove little`);
  });
});
