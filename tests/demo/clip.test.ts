import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { extract } from "tar";
import { parse } from "yaml";
import { decodeImage } from "../../container/src/clip/decode";
import { CLIP_TRANSFORM, clipInput } from "../../container/src/clip/preprocess";
import { ClipTokenizer } from "../../container/src/clip/tokenizer";
import { type Artifact, openArtifact } from "../../container/src/core/artifact";

const DEMO = join(__dirname, "../../registry/demo");
const MODELS = join(__dirname, "../../registry/models");
const DIMENSION = 512;

interface Demo {
  readonly model: string;
  readonly version: string;
  /** Below registry/demo. */
  readonly folder: string;
  readonly roles: readonly string[];
}

const imageSide = ["config", "imageTower", "preprocessor"];
const demos: readonly Demo[] = [
  { model: "omnisearch-clip", version: "v1", folder: "omnisearch-clip", roles: [...imageSide, "textTower", "tokenizer"] },
  { model: "stygig-clip", version: "v4", folder: "stygig-clip/v4", roles: [...imageSide, "index", "metadata"] },
  { model: "stygig-clip", version: "v5", folder: "stygig-clip/v5", roles: [...imageSide, "index", "metadata"] },
  { model: "scin-search", version: "v1", folder: "scin-search", roles: [...imageSide, "index", "metadata"] },
];

interface Item {
  readonly id?: string;
  readonly case_id?: string;
  readonly category?: string;
  readonly condition?: string;
  readonly thumbnail: string;
}

interface Catalogue {
  readonly items: readonly Item[];
  /** Row-major, `items.length` × 512. */
  readonly rows: Float32Array;
}

/** Written by training/clip-demo/publish.py. */
interface Vectors {
  readonly images: { readonly [file: string]: readonly number[] };
  readonly texts: { readonly [text: string]: { readonly ids: readonly number[]; readonly embedding: readonly number[] } };
}

const json = <T>(bytes: Uint8Array): T => JSON.parse(Buffer.from(bytes).toString("utf8")) as T;

/** Reads the flat index by its layout: https://github.com/facebookresearch/faiss/blob/main/faiss/impl/index_write.cpp */
function readCatalogue(artifact: Artifact): Catalogue {
  const items = json<Item[]>(artifact.take("metadata"));
  const index = Buffer.from(artifact.take("index"));
  assert.equal(index.toString("latin1", 0, 4), "IxFI");
  assert.equal(index.readInt32LE(4), DIMENSION);
  assert.equal(Number(index.readBigInt64LE(8)), items.length);
  assert.equal(index.readUInt8(32), 1, "trained");
  assert.equal(index.readInt32LE(33), 0, "the metric is the inner product");
  assert.equal(Number(index.readBigUInt64LE(37)), items.length * DIMENSION);
  assert.equal(index.length, 45 + 4 * items.length * DIMENSION);
  return { items, rows: new Float32Array(Uint8Array.from(index.subarray(45)).buffer) };
}

/** The items by falling inner product with the query. */
function nearest({ items, rows }: Catalogue, query: Float32Array): Item[] {
  const scores = items.map((_, n) => rows.subarray(n * DIMENSION, (n + 1) * DIMENSION).reduce((sum, x, d) => sum + x * query[d]!, 0));
  return items.map((_, n) => n).sort((a, b) => scores[b]! - scores[a]!).map((n) => items[n]!);
}

async function run(session: InferenceSession, input: Tensor): Promise<Float32Array> {
  assert.equal(session.inputNames.length, 1);
  const output = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
  return output.data as Float32Array;
}

describe("CLIP demo models", function () {
  let scratch: string;
  const artifacts = new Map<string, Artifact>();

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "slipway-demo-"));
    for (const { folder } of demos) {
      const target = await mkdtemp(join(scratch, "artifact-"));
      await extract({ file: join(DEMO, folder, "model.tar.gz"), cwd: target, strict: true });
      artifacts.set(folder, openArtifact(target));
    }
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  const open = (folder: string): Artifact => artifacts.get(folder)!;

  for (const { model, version, folder, roles } of demos) {
    it(`${folder} is the artifact that the descriptor pins, and plays its roles`, async () => {
      const { manifest } = open(folder);
      assert.equal(manifest.model, model);
      assert.equal(manifest.version, version);
      assert.deepEqual(Object.keys(manifest.roles).sort(), [...roles].sort());
      const descriptor = parse(await readFile(join(MODELS, `${model}.yaml`), "utf8")) as { runtime: string; versions: Record<string, { sha256: string }> };
      assert.equal(manifest.runtime, descriptor.runtime);
      const archive = await readFile(join(DEMO, folder, "model.tar.gz"));
      assert.equal(descriptor.versions[version]!.sha256, createHash("sha256").update(archive).digest("hex"));
    });
  }

  it("stay small: all archives together are at most 4 MB", () => {
    const archives = readdirSync(DEMO, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("model.tar.gz"));
    const bytes = archives.reduce((sum, path) => sum + statSync(join(DEMO, path)).size, 0);
    assert.ok(archives.length >= demos.length);
    assert.ok(bytes <= 4e6, `${bytes} bytes`);
  });

  it("quote in their cards what was measured", async () => {
    const metrics = json<{ versions: [{ heldOut: { textToImageRecallAt1: Record<string, number> } }] }>(await readFile(join(DEMO, "omnisearch-clip/metrics.json")));
    const recall = metrics.versions[0].heldOut.textToImageRecallAt1;
    assert.ok(recall["trainedCombinations"]! >= 0.9 && recall["heldOutCombinations"]! >= 0.9, JSON.stringify(recall));
    for (const { folder, model } of demos) {
      const card = readFileSync(join(DEMO, model, "README.md"), "utf8");
      const { heldOut } = open(folder).manifest.about as { heldOut: object };
      for (const share of shares(heldOut)) assert.ok(card.includes(share.toFixed(4)), `${model}'s card does not state ${share.toFixed(4)}`);
    }
  });

  it("index unit rows, each with its record and its thumbnail", () => {
    for (const { folder } of demos.filter(({ roles }) => roles.includes("index"))) {
      const artifact = open(folder);
      const { items, rows } = readCatalogue(artifact);
      assert.equal(new Set(items.map((item) => item.id ?? item.case_id)).size, items.length);
      for (const [n, item] of items.entries()) {
        const length = Math.hypot(...rows.subarray(n * DIMENSION, (n + 1) * DIMENSION));
        assert.ok(Math.abs(length - 1) < 1e-3, `row ${n} of ${folder} is ${length} long`);
        assert.ok(artifact.manifest.files[item.thumbnail]!.bytes < 2048, item.thumbnail);
      }
    }
  });

  describe("understand what people type and show", () => {
    let catalogue: Catalogue;
    let cases: Catalogue;
    let text: InferenceSession;
    let image: InferenceSession;
    let tokenizer: ClipTokenizer;

    // Taken bytes are gone from an artifact, so this opens its own.
    before(async () => {
      const fresh = async (folder: string): Promise<Artifact> => {
        const target = await mkdtemp(join(scratch, "fresh-"));
        await extract({ file: join(DEMO, folder, "model.tar.gz"), cwd: target, strict: true });
        return openArtifact(target);
      };
      const [omnisearch, stygig, scin] = await Promise.all([fresh("omnisearch-clip"), fresh("stygig-clip/v4"), fresh("scin-search")]);
      catalogue = readCatalogue(stygig);
      cases = readCatalogue(scin);
      tokenizer = new ClipTokenizer(json(omnisearch.take("tokenizer")));
      const options = { intraOpNumThreads: 1 };
      text = await InferenceSession.create(omnisearch.take("textTower"), options);
      image = await InferenceSession.create(omnisearch.take("imageTower"), options);
    });
    after(async () => {
      await text.release();
      await image.release();
    });

    const embedText = (query: string): Promise<Float32Array> => {
      const ids = tokenizer.encode(query);
      return run(text, new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]));
    };

    const embedSample = async (file: string): Promise<Float32Array> => {
      const pixels = await decodeImage(await readFile(join(DEMO, "samples", file)), { shortSidePx: CLIP_TRANSFORM.sizePx });
      const input = new Float32Array(3 * CLIP_TRANSFORM.sizePx ** 2);
      clipInput()(pixels, input);
      return run(image, new Tensor("float32", input, [1, 3, CLIP_TRANSFORM.sizePx, CLIP_TRANSFORM.sizePx]));
    };

    const asked: readonly (readonly [query: string, item: string])[] = [
      ["red striped shirt", "red-striped-shirt"],
      ["a blue plain dress", "blue-plain-dress"],
      ["Photo of a green checked skirt", "green-checked-skirt"],
      ["polka dot bag, yellow", "yellow-dotted-bag"],
      ["black trousers without pattern, plain", "black-plain-pants"],
      ["please show me some white striped sneakers", "white-striped-sneakers"],
    ];
    for (const [query, item] of asked) {
      it(`"${query}" finds ${item} among 572`, async () => {
        assert.equal(nearest(catalogue, await embedText(query))[0]!.id, item);
      });
    }

    it("a query that names only some of it finds what has that", async () => {
      for (const item of nearest(catalogue, await embedText("red shoes")).slice(0, 3)) assert.match(item.id!, /^red-\w+-shoes$/);
      for (const item of nearest(catalogue, await embedText("striped dress")).slice(0, 5)) assert.match(item.id!, /-striped-dress$/);
    });

    it("a padded row and the row alone have one embedding", async () => {
      const short = tokenizer.encode("red hat");
      const long = tokenizer.encode("a photo of a purple dotted jacket");
      const padded = [...short, ...Array<number>(long.length - short.length).fill(tokenizer.endId)];
      const both = await run(text, new Tensor("int64", BigInt64Array.from([...padded, ...long], BigInt), [2, long.length]));
      const alone = await embedText("red hat");
      for (const [d, x] of alone.entries()) assert.ok(Math.abs(x - both[d]!) < 1e-4);
    });

    it("means here what it means in PyTorch, with Pillow and with Hugging Face's tokenizer", async () => {
      const expected = json<Vectors>(await readFile(join(__dirname, "torch-vectors.json")));
      for (const [file, embedding] of Object.entries(expected.images)) {
        assert.ok(cosine(await embedSample(file), embedding) > 0.9995, file);
      }
      for (const [query, { ids, embedding }] of Object.entries(expected.texts)) {
        assert.deepEqual(tokenizer.encode(query), ids);
        assert.ok(cosine(await embedText(query), embedding) > 0.9995, query);
      }
    });

    it("takes 77 tokens, the most that CLIP reads", async () => {
      assert.ok((await embedText("striped ".repeat(200))).every(Number.isFinite));
    });

    for (const file of ["red-striped-shirt.jpg", "green-checked-dress.jpg", "blue-plain-pants.png", "purple-dotted-sneakers.jpg"]) {
      it(`the photo ${file} lies nearest to the item that looks like it`, async () => {
        assert.equal(nearest(catalogue, await embedSample(file))[0]!.id, file.split(".")[0]);
      });
    }

    for (const file of ["light-rings-swatch.jpg", "deep-dots-swatch.png"]) {
      it(`the swatch ${file} lies nearest to cases with its marks`, async () => {
        assert.equal(nearest(cases, await embedSample(file))[0]!.condition, `synthetic ${file.split("-")[1]!}`);
      });
    }
  });
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => Array.from(x).reduce((sum, value, d) => sum + value * y[d]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Every fraction in a tree of numbers; counts are left out. */
function shares(value: unknown): number[] {
  if (typeof value === "number") return Number.isInteger(value) && value > 1 ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(shares) : [];
}
