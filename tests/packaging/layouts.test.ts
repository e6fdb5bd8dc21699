import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { RuntimeName } from "../../contract/runtimes";
import { pack, type PackRequest } from "../../packaging/pack";
import { withArtifact } from "../../packaging/verify";
import { flatFile, unitRows } from "../container/backends/vectors";
import { demoFiles, findingsOf, imageTower, onnxSketch, temporaryFolder, textTower, wireField, wireNumber, writeFiles } from "./support";

type Files = { readonly [path: string]: string | Uint8Array };

const PREPROCESSOR = JSON.stringify({ image_mean: [0.48, 0.46, 0.41], image_std: [0.27, 0.26, 0.28], size: { shortest_edge: 224 }, crop_size: { height: 224, width: 224 } });
const item = (id: string, more: object = {}) => ({ id, color: [1, 2, 3], path: `${id}.jpg`, ...more });
const index = (rows: number, dimension = 512, metric: "innerProduct" | "squaredDistance" = "innerProduct") => flatFile(unitRows(rows, dimension, 1), dimension, metric);

describe("layouts", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let count = 0;
  let tokenizer: Buffer;
  before(async () => (tokenizer = (await demoFiles("omnisearch-clip"))["tokenizer.json"]!));

  const packed = async (runtime: RuntimeName, files: Files, options: Partial<PackRequest> = {}) => {
    const place = join(folder, String((count += 1)));
    const source = writeFiles(join(place, "in"), files);
    const roles = Object.fromEntries(Object.entries(options.roles ?? {}).map(([role, path]) => [role, join(source, path)]));
    const request: PackRequest = { sources: [source], include: [], model: "m", version: "v1", runtime, about: {}, out: join(place, "model.tar.gz"), ...options, roles };
    const { files: written, remarks } = await pack(request, () => Promise.resolve([])).catch((error: Error) => {
      // Temporary folders have another name each time.
      throw Object.assign(error, JSON.parse(JSON.stringify(error).replaceAll(`${source}/`, "").replaceAll(source, ".")) as object);
    });
    const taken = Object.fromEntries(written.map(({ role, path, from }) => [role ?? path, from.replace(`${source}/`, "")]));
    return { taken, remarks, files: written, out: request.out };
  };
  const refused = async (runtime: RuntimeName, files: Files, options: Partial<PackRequest> = {}) =>
    (await findingsOf(packed(runtime, files, options))).map(({ code, subject, message, hint = "" }) => [code, subject, message, hint]);
  const clip = (): Files => ({ "vision_model.onnx": imageTower(), "text_model.onnx": textTower(), "tokenizer.json": tokenizer, "preprocessor_config.json": PREPROCESSOR });
  const catalogue = (rows = 2): Files => ({ "vision_model.onnx": imageTower(), "preprocessor_config.json": PREPROCESSOR, "index.faiss": index(rows), "metadata.json": JSON.stringify([item("a", { category: "c" }), item("b", { category: "c" })]) });
  const forecast: Files = {
    "model.onnx": onnxSketch({ inputs: [{ name: "history", shape: ["b", 24] }, { name: "statics", shape: ["b", 7] }], outputs: [{ name: "forecast", shape: ["b", 3] }] }),
    "scaler.json": '{"mean":12,"scale":10}',
    "stations.json": '{"16107":0,"b":1}',
  };
  const without = (files: Files, ...paths: string[]): Files => Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));

  it("of transformers.js are taken as they are, in the precision that is asked for", async () => {
    const exported: Files = {
      "README.md": "# CLIP",
      "config.json": '{"model_type":"clip"}',
      "tokenizer.json": tokenizer,
      "tokenizer_config.json": "{}",
      "vocab.json": "{}",
      "preprocessor_config.json": PREPROCESSOR,
      "onnx/vision_model.onnx": imageTower(),
      "onnx/vision_model_quantized.onnx": imageTower({ weight: 2 }),
      "onnx/vision_model_int8.onnx": imageTower({ weight: 3 }),
      "onnx/vision_model_fp16.onnx": imageTower({ weight: 10 }),
      "onnx/text_model.onnx": textTower(),
      "onnx/text_model_uint8.onnx": textTower({ weight: 2 }),
      "onnx/model.onnx": onnxSketch({ inputs: [{ name: "input_ids", type: 7, shape: ["b", "t"] }, { name: "pixel_values" }], outputs: [{ name: "logits_per_image", shape: ["b", "b"] }] }),
    };
    const plain = { config: "config.json", preprocessor: "preprocessor_config.json", tokenizer: "tokenizer.json" };
    assert.deepEqual((await packed("clip-embed", exported)).taken, { ...plain, textTower: "onnx/text_model.onnx", imageTower: "onnx/vision_model.onnx" });
    assert.deepEqual((await packed("clip-embed", exported, { precision: "int8" })).taken, { ...plain, textTower: "onnx/text_model_uint8.onnx", imageTower: "onnx/vision_model_quantized.onnx" });
  });

  it("are recognised whatever a file is called, in whatever folder", async () => {
    const files = { "export/a/clip-visual.onnx": imageTower(), "export/b/text.onnx": textTower(), "export/tok.json": tokenizer, "export/prep.json": PREPROCESSOR };
    assert.deepEqual((await packed("clip-embed", files)).taken, { imageTower: "export/a/clip-visual.onnx", textTower: "export/b/text.onnx", tokenizer: "export/tok.json", preprocessor: "export/prep.json" });
  });

  it("of OpenCLIP bring their transform in their own words", async () => {
    const config = { model_cfg: { vision_cfg: { image_size: 224 } }, preprocess_cfg: { mean: [0.48, 0.46, 0.41], std: [0.27, 0.26, 0.28] } };
    const { files } = await packed("clip-embed", { ...without(clip(), "preprocessor_config.json"), "open_clip_config.json": JSON.stringify(config) });
    assert.match(files.find(({ role }) => role === "preprocessor")!.note, /224 × 224 pixels, written from OpenCLIP's/);
    const squashed = { ...config, preprocess_cfg: { ...config.preprocess_cfg, resize_mode: "squash" } };
    assert.deepEqual(await refused("clip-embed", { ...without(clip(), "preprocessor_config.json"), "open_clip_config.json": JSON.stringify(squashed) }), [
      ["package-file-wrong", "open_clip_config.json", "preprocesses by bicubic to the squash side; the container does it as CLIP does, bicubic to the shortest", ""],
    ]);
  });

  it("of stygig have their lists by category put one after the other, in their order", async () => {
    const byCategory = { upperwear_shirt: [item("a"), item("b", { color: undefined, color_rgb: [4, 5, 6] })], bottomwear_pants: [item("c", { category: "bottomwear_jeans" })] };
    const { out, remarks, taken } = await packed("clip-recommend", { ...catalogue(), "config.json": '{"clip_model":"ViT-B-32"}', "index.faiss": index(3), "metadata.json": JSON.stringify(byCategory) });
    assert.equal(taken.config, undefined, "its own config.json says nothing that is read");
    await withArtifact(out, ({ folder: unpacked }) => {
      const records = JSON.parse(read(join(unpacked, "metadata.json"))) as { id: string; category: string }[];
      assert.deepEqual(records.map(({ id, category }) => [id, category]), [["a", "upperwear_shirt"], ["b", "upperwear_shirt"], ["c", "bottomwear_jeans"]]);
      return Promise.resolve();
    });
    assert.deepEqual(remarks, []);
    const sorted = await packed("clip-recommend", { ...catalogue(), "index.faiss": index(3), "metadata.json": JSON.stringify({ a: [item("1")], b: [item("2")], c: [item("3")] }) });
    assert.match(sorted.remarks.join(), /alphabetical order.*sort_keys=True/);
  });

  it("of velib may have the scaler as scikit-learn names it, and the stations one level down", async () => {
    const files = { ...without(forecast, "scaler.json", "stations.json"), "scaler.json": '{"mean_":[11.5],"scale_":[10.25],"var_":[105.06]}', "station_mappings.json": '{"station_to_id":{"16107":0,"b":1}}' };
    const { out } = await packed("forecast", files);
    await withArtifact(out, ({ folder: unpacked, manifest }) => {
      assert.deepEqual(JSON.parse(read(join(unpacked, "scaler.json"))), { mean: 11.5, scale: 10.25 });
      assert.deepEqual(JSON.parse(read(join(unpacked, "stations.json"))), { "16107": 0, b: 1 });
      assert.deepEqual(manifest.roles, { network: "model.onnx", scaler: "scaler.json", stations: "stations.json" });
      return Promise.resolve();
    });
  });

  it("that were packed before keep what they were packed with", async () => {
    const first = await packed("forecast", { ...forecast, "notes.txt": "n" }, { about: { data: "synthetic" }, roles: {}, include: [] });
    await withArtifact(first.out, async ({ folder: unpacked, manifest }) => {
      const out = join(folder, "again.tar.gz");
      const again = await pack({ sources: [unpacked], roles: {}, include: [], model: "m", version: "v1", runtime: "forecast", about: {}, out }, () => Promise.resolve([]));
      await withArtifact(first.out, ({ sha256 }) => Promise.resolve(assert.equal(again.sha256, sha256)));
      assert.deepEqual(manifest.about, { madeBy: "slipway package", data: "synthetic" });
    });
  });

  const cases: { readonly [name: string]: readonly [RuntimeName, () => Files, Partial<PackRequest>, readonly (readonly string[])[]] } = {
    "a file that is missing": ["clip-embed", () => without(clip(), "tokenizer.json", "vision_model.onnx"), {}, [
      ["package-file-missing", "imageTower", "the image tower is an ONNX file that takes pixel_values and gives image_embeds; found: text_model.onnx takes input_ids and gives text_embeds", "Export it as vision_model.onnx; docs/guides/package.md shows how."],
      ["package-file-missing", "tokenizer", "tokenizer is tokenizer.json; there is no such file", "Every CLIP on Hugging Face has one; AutoTokenizer.from_pretrained(…).save_pretrained(folder) writes it."],
    ]],
    "weights that were never exported": ["clip-recommend", () => ({ ...without(catalogue(), "vision_model.onnx"), "pytorch_model.bin": "PK", "model.safetensors": "x" }), {}, [
      ["package-file-missing", "imageTower", "the image tower is an ONNX file that takes pixel_values and gives image_embeds; there is no such file", "model.safetensors holds weights without their network: export it as vision_model.onnx; docs/guides/package.md shows how."],
    ]],
    "a checkpoint in place of a network": ["forecast", () => ({ ...without(forecast, "model.onnx"), "best_model.pth": "PK" }), {}, [
      ["package-file-missing", "network", "the network is an ONNX file that takes history, statics and gives forecast; there is no such file", "best_model.pth holds weights of PyTorch's: export it as model.onnx; docs/guides/package.md shows how."],
    ]],
    "both towers in one file": ["clip-embed", () => ({ ...without(clip(), "vision_model.onnx", "text_model.onnx"), "model.onnx": onnxSketch({ inputs: [{ name: "input_ids", type: 7, shape: ["b", "t"] }, { name: "pixel_values" }], outputs: [{ name: "logits", shape: ["b"] }] }) }), {}, [
      ["package-file-missing", "imageTower", "the image tower is an ONNX file that takes pixel_values and gives image_embeds; found: model.onnx takes input_ids, pixel_values and gives logits", "model.onnx is both towers in one file: export them apart, as vision_model.onnx and text_model.onnx; docs/guides/package.md shows how."],
      ["package-file-missing", "textTower", "the text tower is an ONNX file that takes input_ids and gives text_embeds; found: model.onnx takes input_ids, pixel_values and gives logits", "model.onnx is both towers in one file: export them apart, as vision_model.onnx and text_model.onnx; docs/guides/package.md shows how."],
    ]],
    "other names of inputs and outputs": ["clip-embed", () => ({ ...clip(), "vision_model.onnx": onnxSketch({ inputs: [{ name: "image" }], outputs: [{ name: "embedding", shape: ["b", 512] }] }) }), {}, [
      ["package-network", "vision_model.onnx", "as the image tower, it takes image float32 [batch, 3, 224, 224], where pixel_values alone is given; it gives embedding float32 [b, 512], where image_embeds is read", "Rename in the file: image → pixel_values, embedding → image_embeds; docs/guides/package.md has the lines of Python for it."],
    ]],
    "a mask beside the text": ["clip-embed", () => ({ ...clip(), "text_model.onnx": onnxSketch({ inputs: [{ name: "input_ids", type: 7, shape: ["b", "t"] }, { name: "attention_mask", type: 7, shape: ["b", "t"] }], outputs: [{ name: "text_embeds", shape: ["b", 512] }] }) }), {}, [
      ["package-network", "text_model.onnx", "as the text tower, it takes input_ids int64 [b, t], attention_mask int64 [b, t], where input_ids alone is given", "Export the text model with input_ids as its only input: the container ends a text with its end token and needs no mask."],
    ]],
    "axes that are fixed, types that are others": ["clip-embed", () => ({ ...clip(), "vision_model.onnx": onnxSketch({ inputs: [{ name: "pixel_values", shape: [1, 3, 224, 224] }], outputs: [{ name: "image_embeds", type: 10, shape: [1, 512] }] }), "text_model.onnx": onnxSketch({ inputs: [{ name: "input_ids", type: 6, shape: ["b", 77] }], outputs: [{ name: "text_embeds" }] }) }), {}, [
      ["package-network", "vision_model.onnx", "as the image tower, it takes exactly 1 images (pixel_values float32 [1, 3, 224, 224]), where any number is given: export with axis 0 of pixel_values dynamic; it gives image_embeds as float16, where float32 is read", ""],
      ["package-network", "text_model.onnx", "as the text tower, it takes input_ids as int32, where int64 is given; it takes exactly 77 tokens (input_ids int32 [b, 77]), where any number is given: export with axis 1 of input_ids dynamic", ""],
    ]],
    "an opset and a format from the future, or the past": ["forecast", () => ({ ...forecast, "model.onnx": onnxSketch({ inputs: [{ name: "history", shape: ["b", 24] }, { name: "statics", shape: ["b", 7] }], outputs: [{ name: "forecast", shape: ["b", 3] }], opset: 27, irVersion: 14 }) }), {}, [
      ["package-network", "model.onnx", "as the network, it is of opset 27; onnxruntime here reads 7 to 26: export with opset_version=17; it is of IR version 14; onnxruntime here reads up to 13: export with an older onnx", ""],
    ]],
    "nothing but half precision": ["clip-embed", () => ({ ...clip(), "vision_model.onnx": imageTower({ weight: 10 }) }), {}, [
      ["package-file-missing", "imageTower", "there is the image tower in vision_model.onnx (fp16), and none in fp32 or int8", "Export it in fp32 or int8: nothing else is served."],
    ]],
    "a precision that is not there": ["clip-embed", clip, { precision: "int8" }, [
      ["package-file-missing", "imageTower", "there is the image tower in vision_model.onnx (fp32), and none in int8", "Export it in fp32 or int8: nothing else is served."],
      ["package-file-missing", "textTower", "there is the text tower in text_model.onnx (fp32), and none in int8", "Export it in fp32 or int8: nothing else is served."],
    ]],
    "two files for one role": ["clip-embed", () => ({ ...clip(), "old/vision_model.onnx": imageTower(), "old/tokenizer.json": tokenizer }), {}, [
      ["package-file-ambiguous", "imageTower", "the image tower (pixel_values to image_embeds, fp32) could be old/vision_model.onnx, vision_model.onnx", "Say which: --role imageTower=old/vision_model.onnx"],
      ["package-file-ambiguous", "tokenizer", "tokenizer.json could be old/tokenizer.json, tokenizer.json", "Say which: --role tokenizer=old/tokenizer.json"],
    ]],
    "pointers of Git LFS": ["clip-embed", () => ({ ...clip(), "vision_model.onnx": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 351425073\n` }), {}, [
      ["package-lfs-pointer", "vision_model.onnx", "is a Git LFS pointer of 134 bytes, not the file of 351425073 bytes that it stands for", "Fetch the files themselves: `git lfs install && git lfs pull` in the clone."],
    ]],
    "a network that is cut": ["forecast", () => ({ ...forecast, "model.onnx": (forecast["model.onnx"] as Buffer).subarray(0, 60) }), {}, [
      ["package-network", "model.onnx", "cannot be read as ONNX: byte 3 does not go on as protobuf: a field of 134 bytes where 55 are left", ""],
    ]],
    "rows and records that do not match": ["clip-recommend", () => ({ ...catalogue(), "index.faiss": index(3) }), {}, [
      ["package-mismatch", "index.faiss and metadata.json", "index.faiss has 3 rows and metadata.json 2 records", "Row n of the index is record n: where an image failed to embed, its record must go too. Write both from one run."],
    ]],
    "vectors of another model": ["clip-recommend", () => ({ ...catalogue(), "index.faiss": index(2, 768) }), {}, [
      ["package-mismatch", "vision_model.onnx and index.faiss", "the tower gives 512 numbers and the rows of the index have 768", "Build the index with the tower that is packed: vectors of another model mean nothing to it."],
    ]],
    "an index by distance": ["image-search", () => ({ ...catalogue(), "index.faiss": index(2, 512, "squaredDistance") }), {}, [
      ["package-file-wrong", "index.faiss", "is by distance (METRIC_L2); the runtimes search by inner product", "Build it of unit vectors with METRIC_INNER_PRODUCT: faiss.normalize_L2(rows); faiss.IndexFlatIP(rows.shape[1])."],
    ]],
    "an index in a wrapper": ["clip-recommend", () => ({ ...catalogue(), "index.faiss": Buffer.concat([Buffer.from("IxMp"), Buffer.alloc(60)]) }), {}, [
      ["package-file-wrong", "index.faiss", 'is not a FAISS index that can be read: it starts with "IxMp"; known are IxFI, IxF2, IxFl, IwFl, IwPQ, IwSq, IHNf, IHNp, IHNs, IxPq. Unwrap an IndexIDMap or IndexPreTransform before saving', "Write it with faiss.write_index, as IndexFlatIP, IndexIVFFlat, IndexHNSWFlat or IndexPQ."],
    ]],
    "records that nothing reads": ["clip-recommend", () => ({ ...catalogue(), "metadata.json": '[{"id":"a","category":"c"},{"category":"c"}]' }), {}, [
      ["package-file-wrong", "metadata.json", 'does not hold what clip-recommend reads: item 1 of the catalogue has no text in "id"', ""],
    ]],
    "categories that JSON does not keep in order": ["clip-recommend", () => ({ ...catalogue(), "metadata.json": '{"b":[{"id":"a"}],"10":[{"id":"b"}]}' }), {}, [
      ["package-file-wrong", "metadata.json", 'has a category named "10": readers of JSON do not keep the order of names that are numbers, and the order is that of the index', "Write a list of records in the order of the index, or lists of records by category."],
    ]],
    "Python's own numbers": ["forecast", () => ({ ...forecast, "scaler.json": '{\n "mean": NaN, "scale": 1}' }), {}, [
      ["package-file-wrong", "scaler.json", "is not JSON at 2:10: NaN is no number there; write it with json.dump(…, allow_nan=False)", ""],
    ]],
    "a scaler of several features": ["forecast", () => ({ ...forecast, "scaler.json": '{"mean":[1,2],"scale":[1,2]}' }), {}, [
      ["package-file-wrong", "scaler.json", "has a mean of 2 features; the forecast scales one, the bikes at a station", ""],
    ]],
    "stations that share an id": ["forecast", () => ({ ...forecast, "stations.json": '{"a":0,"b":0}' }), {}, [
      ["package-file-wrong", "stations.json", "gives 2 stations 1 ids: two of them would be forecast as one", ""],
    ]],
    "a web page in place of a file": ["forecast", () => ({ ...forecast, "scaler.json": "<!DOCTYPE html><html>" }), {}, [
      ["package-file-wrong", "scaler.json", "is a web page, not the file: it was saved from the page about it", ""],
    ]],
    "an image size that is another": ["clip-embed", () => ({ ...clip(), "preprocessor_config.json": PREPROCESSOR.replaceAll("224", "336") }), {}, [
      ["package-mismatch", "vision_model.onnx and preprocessor_config.json", "the tower takes 224 × 224 pixels, and images are prepared as 336 × 336", "Take both from one export."],
    ]],
    "towers of two models": ["clip-embed", () => ({ ...clip(), "vision_model.onnx": imageTower({ numbers: 768 }) }), {}, [
      ["package-mismatch", "vision_model.onnx and text_model.onnx", "give 768 and 512 numbers: they are not the towers of one model", "Export both from one model."],
    ]],
    "a file that is named for a role it cannot play": ["forecast", () => ({ ...forecast, "other.onnx": imageTower() }), { roles: { network: "other.onnx" } }, [
      ["package-network", "other.onnx", "as the network, it takes pixel_values float32 [batch, 3, 224, 224], where history, statics are given; it gives image_embeds float32 [batch, 512], where forecast is read", ""],
    ]],
    "weights that lie beside the network, and do not": ["forecast", () => ({ ...forecast, "model.onnx": external({ location: "model.onnx.data", length: 64 }) }), {}, [
      ["package-network", "model.onnx", "keeps its weights in model.onnx.data, and there is no such file beside it", "Put model.onnx.data into the same folder: the export wrote both, and one is no model without the other."],
    ]],
    "weights that lie where they should not": ["forecast", () => ({ ...forecast, "model.onnx": external({ location: "../../etc/passwd", length: 64 }) }), {}, [
      ["package-network", "model.onnx", 'keeps weights in "../../etc/passwd", which is not a file beside it', "Export it again; weights lie in the network's own folder."],
    ]],
    "weights that are cut": ["forecast", () => ({ ...forecast, "model.onnx": external({ location: "model.onnx.data", length: 64 }), "model.onnx.data": Buffer.alloc(20) }), {}, [
      ["package-network", "model.onnx", "keeps weights up to byte 64 of model.onnx.data, which has 20", "Copy model.onnx.data again: it is cut, or is a pointer of Git LFS's."],
    ]],
    "a pickle in place of JSON": ["clip-recommend", () => ({ ...without(catalogue(), "metadata.json"), "metadata.pkl": Buffer.from([0x80, 4, 0x95, 1, 0, 0]) }), {}, [
      ["package-pickle", "metadata.pkl", "is a Python pickle: reading one runs whatever code it holds", "Write it as JSON where you trust the file; docs/guides/package.md has a few lines of Python for it."],
    ]],
  };
  for (const [name, [runtime, files, options, expected]] of Object.entries(cases)) {
    it(`are explained: ${name}`, async () => assert.deepEqual(await refused(runtime, files(), options), expected));
  }

  const python: { readonly [name: string]: Uint8Array } = {
    "pickle of protocol 2": Buffer.from([0x80, 2, 0x7d, 0x71, 0, 0x2e]),
    "pickle of protocol 5": Buffer.from([0x80, 5, 0x95, 0, 0, 0, 0]),
    "pickle of protocol 0": Buffer.from("(dp0\nVa\np1\nI1\ns."),
    "pickled global": Buffer.from("cnumpy.core.multiarray\n_reconstruct\np0\n"),
    "PyTorch checkpoint": Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), Buffer.alloc(26), Buffer.from("archive/data.pkl"), Buffer.alloc(200)]),
    "NumPy archive": Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), Buffer.alloc(26), Buffer.from("items.npy"), Buffer.alloc(200)]),
    "NumPy file of objects": Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }".padEnd(118))]),
    "joblib's": deflateSync(Buffer.from([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
  };
  for (const [name, bytes] of Object.entries(python)) {
    it(`hold no ${name}, whatever it is called`, async () => {
      for (const path of ["scaler.json", "thumbnail.webp"]) {
        const found = await findingsOf(packed("forecast", path === "scaler.json" ? { ...forecast, [path]: bytes } : forecast, { include: path === "scaler.json" ? [] : [join(writeFiles(join(folder, String((count += 1))), { [path]: bytes }), path)] }));
        assert.deepEqual(found.map(({ code }) => code), ["package-pickle"], path);
        assert.match(found[0]!.message, /runs whatever code it holds|pickled objects/);
      }
    });
  }

  /** A network whose one weight lies in another file. */
  function external({ location, length }: { readonly location: string; readonly length: number }): Buffer {
    const entry = (key: string, value: string): Buffer => wireField(13, Buffer.concat([wireField(1, key), wireField(2, value)]));
    const tensor = Buffer.concat([wireNumber(1, 4), wireNumber(1, 4), wireNumber(2, 1), wireField(8, "big"), entry("location", location), entry("offset", "0"), entry("length", String(length)), wireNumber(14, 1)]);
    return onnxSketch({ inputs: [{ name: "history", shape: ["b", 24] }, { name: "statics", shape: ["b", 7] }], outputs: [{ name: "forecast", shape: ["b", 3] }], extra: [wireField(5, tensor)] });
  }
});

const read = (path: string): string => readFileSync(path, "utf8");
