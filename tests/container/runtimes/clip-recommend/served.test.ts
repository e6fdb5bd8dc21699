import assert from "node:assert/strict";
import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { decodeImage } from "../../../../container/src/clip/decode";
import { clipInput } from "../../../../container/src/clip/preprocess";
import type { Json } from "../../../../contract/json";
import { invoke, type Running } from "../../support/container";
import { contractOf, sample, send, startDemo, unpackDemo } from "../../support/demo";

interface Recommendation {
  readonly item_id: string;
  readonly category: string;
  readonly score: number;
}

interface Record_ {
  readonly id: string;
  readonly category: string;
  readonly gender: string;
  readonly color_rgb: readonly [number, number, number];
}

const recommendations = (body: { readonly [field: string]: Json }): readonly Recommendation[] => body.recommendations as unknown as Recommendation[];

describe("the served clip-recommend", () => {
  const contract = contractOf("stygig-clip");
  const satisfies = new Ajv({ strict: false }).compile(contract.response as object);
  let folder: string;
  let served: Running;

  before(async () => {
    folder = await unpackDemo("stygig-clip");
    served = await startDemo("stygig-clip", { folder, settings: { candidates: 50, maxRecommendations: 26 } });
  });
  after(async () => {
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });

  const ask = async (file: string, more: { readonly [field: string]: Json } = {}, running = served): Promise<Record<string, Json>> => {
    const reply = await invoke(running, { image: sample(file).toString("base64"), ...more });
    assert.equal(reply.status, 200, reply.text);
    assert.ok(satisfies(reply.body), JSON.stringify(satisfies.errors));
    return reply.body;
  };

  it("answers every golden example as the contract says", async () => {
    for (const { request } of contract.examples) {
      const { status, body } = await invoke(served, request);
      assert.equal(status, 200);
      assert.ok(satisfies(body), JSON.stringify(satisfies.errors));
    }
  });

  it("takes a photo as it is, under both names of its type, in a form and in base64, and says the same", async () => {
    const file = "purple-dotted-sneakers.jpg";
    const expected = recommendations(await ask(file));
    const form = new FormData();
    form.set("image", new Blob([sample(file)]), file);
    for (const reply of [await send(served, sample(file), "image/jpeg"), await send(served, sample(file), "application/x-image"), await send(served, form)]) {
      assert.deepEqual(recommendations(reply.body), expected);
    }
    form.set("top_k", "2");
    assert.deepEqual(recommendations((await send(served, form)).body), expected.slice(0, 2));
    for (const text of ["two", "", "2.5", "0x2", "[2]"]) {
      form.set("top_k", text);
      assert.equal((await send(served, form)).body.error!.path, "/top_k", text);
    }
  });

  it("recommends one item of each category that goes with the query's, the best first", async () => {
    const body = await ask("red-striped-shirt.jpg");
    const found = recommendations(body);
    assert.ok(found.length >= 3);
    assert.equal(new Set(found.map(({ category }) => category)).size, found.length);
    assert.ok(found.every(({ category }) => !category.startsWith("upperwear") && !category.startsWith("one-piece")));
    assert.deepEqual(found.map(({ score }) => score), found.map(({ score }) => score).sort((a, b) => b - a));
    assert.equal((body.metadata as { total_items: number }).total_items, 572);
  });

  it("returns as many as are wanted and no score below the one wanted", async () => {
    const all = recommendations(await ask("red-striped-shirt.jpg"));
    assert.deepEqual(recommendations(await ask("red-striped-shirt.jpg", { top_k: 2 })), all.slice(0, 2));
    assert.deepEqual(recommendations(await ask("red-striped-shirt.jpg", { top_k: 5, n_recommendations: 1 })), all.slice(0, 1));
    const least = all[1]!.score;
    assert.deepEqual(recommendations(await ask("red-striped-shirt.jpg", { min_score: least })), all.filter(({ score }) => score >= least));
  });

  it("repeats the seed's faults where it is told to", async () => {
    const settings = { candidates: 50, compatibility: ["countIgnored", "itemColoursGrey", "queryUnisex"] };
    const compatible = await startDemo("stygig-clip", { folder, settings });
    try {
      const body = await ask("green-checked-dress.jpg", { top_k: 1 }, compatible);
      assert.deepEqual((body.query_item as { predicted_gender: string; gender_confidence: number }).predicted_gender, "unisex");
      const found = body.recommendations as unknown as { gender: string; color_score: number }[];
      assert.ok(found.length > 1, "the count is ignored");
      assert.ok(found.every(({ gender, color_score }) => gender !== "female" && color_score === 1));
      const mended = await ask("green-checked-dress.jpg");
      assert.equal((mended.query_item as { predicted_gender: string }).predicted_gender, "female");
    } finally {
      compatible.child.kill("SIGTERM");
    }
  });

  it("says what an independent computation on the same index says", async () => {
    const items = JSON.parse(readFileSync(join(folder, "metadata.json"), "utf8")) as Record_[];
    const index = readFileSync(join(folder, "index.faiss"));
    const rows = new Float32Array(Uint8Array.from(index.subarray(45)).buffer);
    const session = await InferenceSession.create(join(folder, "vision_model.onnx"));
    for (const file of ["red-striped-shirt.jpg", "blue-plain-pants.png", "purple-dotted-sneakers.jpg", "green-checked-dress.jpg"]) {
      const pixels = await decodeImage(sample(file), { shortSidePx: 224 });
      const input = new Float32Array(3 * 224 * 224);
      clipInput()(pixels, input);
      const { image_embeds: output } = await session.run({ pixel_values: new Tensor("float32", input, [1, 3, 224, 224]) });
      const raw = output!.data as Float32Array;
      const length = Math.hypot(...raw);
      const cosines = items.map((_, row) => raw.reduce((sum, value, at) => sum + (value / length) * rows[row * 512 + at]!, 0));
      const nearest = cosines.map((_, row) => row).sort((a, b) => cosines[b]! - cosines[a]!).slice(0, 50);

      const body = await ask(file);
      const query = (body.query_item as { dominant_color_rgb: [number, number, number] }).dominant_color_rgb;
      const gender = (body.query_item as { predicted_gender: string }).predicted_gender;
      const category = majority(nearest.slice(0, 5).map((row) => items[row]!.category));
      const best = new Map<string, number>();
      for (const row of nearest) {
        const item = items[row]!;
        if (item.category === category || (gender === "unisex" ? item.gender === "female" : item.gender !== "unisex" && item.gender !== gender)) continue;
        const base = 0.4 * cosines[row]! + 0.4 * goesWith(query, item.color_rgb) + 0.2 * (item.gender === gender ? 1 : 0.75);
        // The score before and after the boost for what completes an outfit: which it was, the answer says.
        for (const { item_id: id, score } of recommendations(body)) {
          if (id === item.id) assert.ok(Math.min(Math.abs(score - base), Math.abs(score - 1.15 * base)) < 1e-4, `${file}: ${id} scores ${score}, not ${base}`);
        }
        best.set(item.category, Math.max(best.get(item.category) ?? 0, base));
      }
      for (const { item_id: id, category: kind } of recommendations(body)) {
        const item = items.find((known) => known.id === id)!;
        const row = items.indexOf(item);
        const base = 0.4 * cosines[row]! + 0.4 * goesWith(query, item.color_rgb) + 0.2 * (item.gender === gender ? 1 : 0.75);
        assert.ok(Math.abs(base - best.get(kind)!) < 1e-4, `${file}: ${id} is not the best ${kind}`);
      }
    }
    await session.release();
  });
});

function majority(names: readonly string[]): string {
  const counts = names.map((name) => names.filter((other) => other === name).length);
  return names[counts.indexOf(Math.max(...counts))]!;
}

/** The colour rules, written again from their description. */
function goesWith(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  const hsl = ([red, green, blue]: readonly [number, number, number]): [number, number, number] => {
    const [high, low] = [Math.max(red, green, blue) / 255, Math.min(red, green, blue) / 255];
    const lightness = (high + low) / 2;
    if (high === low) return [0, 0, lightness];
    const saturation = (high - low) / (1 - Math.abs(2 * lightness - 1));
    const degrees = (Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) / (2 * Math.PI) + 1) % 1;
    return [degrees, saturation, lightness];
  };
  const [[hueA, saturationA, lightA], [hueB, saturationB, lightB]] = [hsl(a), hsl(b)];
  if (saturationA < 0.2 || saturationB < 0.2 || [lightA, lightB].some((light) => light < 0.1 || light > 0.9)) return 1;
  const turn = Math.min(Math.abs(hueA - hueB), 1 - Math.abs(hueA - hueB));
  if (turn <= 0.084) return 0.9;
  if (turn >= 0.45 && turn <= 0.55) return 0.8;
  return turn >= 0.29 && turn <= 0.375 ? 0.7 : 0.2;
}
