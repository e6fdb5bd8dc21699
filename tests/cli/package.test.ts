import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tar from "tar";
import { blockWith } from "../docs/blocks";
import { demoFiles, onnxSketch, sha256, writeFiles } from "../packaging/support";

const root = join(__dirname, "..", "..");
const bin = join(root, "cli", "bin.js");

interface Report {
  readonly sha256: string;
  readonly bytes: number;
  readonly files: readonly { readonly path: string; readonly role?: string; readonly note: string }[];
  readonly loaded?: { readonly readyMs: number; readonly answered: readonly string[] };
  readonly findings?: readonly { readonly code: string; readonly message: string }[];
}

describe("slipway package", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-package-"));
    cpSync(join(root, "registry/models"), join(folder, "registry/models"), { recursive: true });
    cpSync(join(root, "registry/contracts"), join(folder, "registry/contracts"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the command as a person does, without AWS variables. */
  const slipway = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "package", ...args], { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1" } });
    return { status, stdout, stderr, report: () => JSON.parse(stdout) as Report };
  };
  const noHalves = (): void => assert.deepEqual(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("partial")), []);

  it("packs an export of Hugging Face's, loads it, asks it the golden examples, and writes the version down", async () => {
    const files = await demoFiles("omnisearch-clip");
    writeFiles(join(folder, "clip-vit-base-patch32"), {
      "config.json": files["config.json"]!,
      "preprocessor_config.json": files["preprocessor_config.json"]!,
      "tokenizer.json": files["tokenizer.json"]!,
      "onnx/vision_model_quantized.onnx": files["vision_model.onnx"]!,
      "onnx/text_model_quantized.onnx": files["text_model.onnx"]!,
      "README.md": "# weights",
    });
    const descriptor = join(folder, "registry/models/omnisearch-clip.yaml");
    const before = readFileSync(descriptor, "utf8");
    const { status, stdout, stderr } = slipway("clip-vit-base-patch32", "--model", "omnisearch-clip", "--version", "v2", "--write");
    assert.equal(status, 0, stderr);
    const digest = sha256(readFileSync(join(folder, "model.tar.gz")));
    // The guide shows this very run.
    const [, ...shown] = blockWith("docs/guides/package.md", /^\$ npx slipway package clip/).trimEnd().split("\n");
    const timeless = (text: string): string => text.trimEnd().replace(/in \d+ ms/, "in … ms");
    assert.equal(timeless(stdout), timeless(shown.join("\n")));
    assert.ok(stdout.includes(`bytes · sha256 ${digest}\n`));
    assert.match(stderr, /written to registry\/models\/omnisearch-clip\.yaml: upload model\.tar\.gz to s3:\/\/example-omnisearch-models\/clip\/v2\/model\.tar\.gz/);
    const after = readFileSync(descriptor, "utf8");
    assert.equal(after.replace(`  v2:\n    artifact: s3://example-omnisearch-models/clip/v2/model.tar.gz\n    sha256: "${digest}"\n`, ""), before);

    // The same again is the same; other bytes under the same version are refused, and leave what was there.
    assert.equal(slipway("clip-vit-base-patch32", "--model", "omnisearch-clip", "--version", "v2", "--write", "--no-load").status, 0);
    writeFileSync(join(folder, "clip-vit-base-patch32/config.json"), '{"model_type":"clip","changed":true}');
    const taken = slipway("clip-vit-base-patch32", "--model", "omnisearch-clip", "--version", "v2", "--write", "--json");
    assert.equal(taken.status, 1);
    assert.deepEqual(taken.report().findings!.map(({ code }) => code), ["package-version-taken"]);
    assert.equal(sha256(readFileSync(join(folder, "model.tar.gz"))), digest);
    assert.equal(readFileSync(descriptor, "utf8"), after);
    noHalves();
  });

  it("packs stygig's index with its lists by category, and other files beside them", async () => {
    const files = await demoFiles("stygig-clip/v4");
    const byCategory: { [category: string]: object[] } = {};
    for (const item of JSON.parse(files["metadata.json"]!.toString()) as { category: string }[]) (byCategory[item.category] ??= []).push(item);
    writeFiles(join(folder, "export"), { "vision_model.onnx": files["vision_model.onnx"]!, "preprocessor_config.json": files["preprocessor_config.json"]! });
    writeFiles(join(folder, "stygig"), { "faiss_index.index": files["index.faiss"]!, "metadata.json": JSON.stringify(byCategory), "embeddings.npz": "PK\x03\x04", "metadata.pkl": "\x80\x04", "thumbnails/a.webp": "RIFF" });
    const packed = slipway("export", "stygig", "--model", "stygig-clip", "--version", "v6", "--include", "stygig/thumbnails", "--out", "stygig.tar.gz", "--json");
    assert.equal(packed.status, 0, packed.stdout + packed.stderr);
    const { files: written, loaded } = packed.report();
    assert.deepEqual(written.map(({ path }) => path), ["index.faiss", "metadata.json", "preprocessor_config.json", "vision_model.onnx", "thumbnails/a.webp"]);
    assert.match(written.find(({ role }) => role === "metadata")!.note, /^572 records of 13 categories, put into one list$/);
    assert.equal(loaded!.answered.length, 1);

    const verified = slipway("--verify", "stygig.tar.gz", "--json");
    assert.equal(verified.status, 0, verified.stderr);
    assert.deepEqual([verified.report().sha256, verified.report().loaded!.answered], [packed.report().sha256, loaded!.answered]);
  });

  it("verifies the committed artifacts, and says when one is not what its descriptor pins", async () => {
    const demo = join(root, "registry/demo/velib-lstm/model.tar.gz");
    const { status, stdout } = slipway("--verify", demo);
    assert.equal(status, 0);
    assert.match(stdout, /velib-lstm v3 · forecast\n {2}network +model\.onnx +477,549\n[^]*answered its golden example/);
    const other = join(folder, "other");
    mkdirSync(other);
    await tar.extract({ file: demo, cwd: other });
    assert.equal(slipway("other", "--model", "velib-lstm", "--version", "v3", "--no-load", "--out", "other.tar.gz").status, 0);
    const refused = slipway("--verify", "other.tar.gz", "--no-load");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^other\.tar\.gz {2}error {2}package-version-taken\n {4}says that it is velib-lstm v3 and has sha256\n {4}cabd388b/);
  });

  it("leaves no archive of a model that the container cannot load, or that breaks its contract", async () => {
    const files = await demoFiles("velib-lstm");
    // The right names, and a graph that onnxruntime refuses.
    const broken = onnxSketch({ inputs: [{ name: "history", shape: ["b", 24] }, { name: "statics", shape: ["b", 7] }], outputs: [{ name: "forecast", shape: ["b", 3] }] });
    writeFiles(join(folder, "broken"), { ...files, "model.onnx": broken });
    const unloadable = slipway("broken", "--model", "velib-lstm", "--version", "v4", "--out", "broken.tar.gz");
    assert.equal(unloadable.status, 1);
    assert.match(unloadable.stderr, /^the container {2}error {2}artifact-unloadable\n/);
    const contract = join(folder, "registry/contracts/velib-lstm.yaml");
    const before = readFileSync(contract, "utf8");
    writeFileSync(contract, before.replace(/^response:\n {2}type: object\n {2}additionalProperties: false\n {2}required: \[/m, (start) => `${start}weather, `));
    assert.notEqual(readFileSync(contract, "utf8"), before);
    writeFiles(join(folder, "sound"), files);
    const golden = slipway("sound", "--model", "velib-lstm", "--version", "v4", "--out", "broken.tar.gz");
    writeFileSync(contract, before);
    assert.equal(golden.status, 1, golden.stdout + golden.stderr);
    assert.match(golden.stderr, /^golden example ".*" {2}error {2}package-golden\n {4}was answered, and the answer is not what the contract says: \/weather is required/);
    assert.ok(!existsSync(join(folder, "broken.tar.gz")));
    noHalves();
  });

  it("packs a model that has no descriptor yet, and prints what goes into one", async () => {
    writeFiles(join(folder, "night"), await demoFiles("velib-lstm"));
    const { status, stderr, stdout } = slipway("night", "--model", "velib-night", "--version", "v1", "--runtime", "forecast", "--out", "night.tar.gz");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /loaded by the container in \d+ ms; no golden example was sent/);
    assert.match(stderr, /note {2}there is no descriptor of this model here, so no golden example was sent\n\nversions:\n {2}v1:\n {4}artifact: s3:\/\/<bucket>\/<key>\/model\.tar\.gz\n {4}sha256: "[0-9a-f]{64}"\n$/);
  });

  it("tells a command line that it does not understand", () => {
    const usage = (...args: readonly string[]): string => {
      const { status, stderr, stdout } = slipway(...args);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      return stderr.trim();
    };
    assert.equal(usage(), "error: name the folders or files of the model, or an archive with --verify");
    assert.equal(usage("clip"), "error: --model and --version say what the artifact becomes");
    assert.equal(usage("clip", "--model", "nobody", "--version", "v1"), 'error: the registry here has no model "nobody"; say its runtime with --runtime');
    assert.equal(usage("clip", "--model", "velib-lstm", "--version", "v1", "--runtime", "clip-embed"), "error: the descriptor of velib-lstm says runtime: forecast, and not clip-embed");
    assert.equal(usage("clip", "--model", "m", "--version", "v1", "--runtime", "forecast", "--write"), 'error: --write needs a descriptor, and the registry here has none of "m"');
    assert.match(usage("clip", "--role", "tower=x"), /write role=file; the roles are config, imageTower/);
    assert.match(usage("clip", "--precision", "fp16"), /Allowed choices are fp32, int8/);
    assert.equal(usage("clip", "--verify", "x"), "error: --verify takes one archive, and nothing to pack");
  });
});
