import assert from "node:assert/strict";
import fc from "fast-check";
import { analyse, textureScore, toResponse } from "../../../../container/src/runtimes/image-search/analysis";
import { readCases } from "../../../../container/src/runtimes/image-search/cases";

const cases = readCases([
  { id: "a", skin_type: "Dry", concerns: ["Redness"], recommendations: ["Moisturise"], fitzpatrick: "FST2" },
  { id: "b", skin_type: "Oily", concerns: ["Acne", "Redness"], recommendations: ["Cleanse"] },
  { id: "c", skin_type: "Oily", concerns: ["Acne"], recommendations: ["Cleanse", "Cleanse"] },
  { id: "d" },
]);
const plain = (level: number, width: number, height: number) => ({ data: new Uint8Array(width * height * 3).fill(level), width, height, colours: "rgb" as const });

describe("image-search: analysis", () => {
  it("lets similar cases vote by how similar they are", () => {
    const found = { ids: [0, 1, 2, 3], scores: [0.9, 0.5, 0.3, 0.3] };
    const { skinType, concerns, recommendations, confidence } = analyse(cases, found);
    assert.deepEqual({ skinType, concerns, recommendations, confidence }, { skinType: "Dry", concerns: ["Redness", "Acne"], recommendations: ["Moisturise", "Cleanse"], confidence: 0.5 });
    assert.equal(analyse(cases, { ids: [0, 1, 2], scores: [0.7, 0.5, 0.3] }).skinType, "Oily");
  });

  it("says unknown, with no confidence, where nothing is similar", () => {
    assert.deepEqual(analyse(cases, { ids: [], scores: [] }), { skinType: "unknown", concerns: [], recommendations: [], confidence: 0, similar: [] });
    assert.equal(analyse(cases, { ids: [3], scores: [-0.2] }).confidence, 0);
  });

  it("keeps to the counts of the contract and to what the cases say", () => {
    const text = fc.string({ minLength: 1, maxLength: 3 });
    const known = fc.record({ id: text, skin_type: text, concerns: fc.array(text), recommendations: fc.array(text) });
    fc.assert(
      fc.property(fc.array(fc.tuple(known, fc.double({ min: -1, max: 1, noNaN: true })), { maxLength: 20 }), (pairs) => {
        const read = readCases(pairs.map(([entry]) => entry));
        const result = analyse(read, { ids: pairs.map((_, id) => id), scores: pairs.map(([, score]) => score) });
        assert.ok(result.concerns.length <= 3 && result.recommendations.length <= 4);
        assert.ok(result.confidence >= 0 && result.confidence <= 1);
        assert.ok(result.concerns.every((concern) => read.some((entry) => entry.concerns.includes(concern))));
        assert.equal(result.similar.length, pairs.length);
      }),
    );
  });

  it("measures texture: none in a plain image, most in black and white", () => {
    assert.equal(textureScore(plain(90, 40, 30)), 0);
    const halves = plain(0, 448, 448);
    halves.data.fill(255, halves.data.length / 2);
    assert.ok(Math.abs(textureScore(halves) - 127.5) < 1);
  });

  it("writes the seed's shape B, and the cases beside it", () => {
    const analysis = analyse(cases, { ids: [0], scores: [0.86] });
    const facts = { width: 800, height: 600, textureScore: 31.404, processingSeconds: 0.9, version: "v1", at: new Date("2025-07-31T10:15:00Z"), backend: "exact" as const };
    assert.deepEqual(toResponse(analysis, facts), {
      success: true,
      analysis_id: "enhanced_20250731_101500",
      results: {
        skin_type: "Dry",
        concerns: ["Redness"],
        recommendations: ["Moisturise"],
        confidence: 0.86,
        processing_time: 0.9,
        ml_features: { image_dimensions: "800x600", texture_score: 31.4, analysis_method: "similar_cases", faiss_available: false, timm_available: false },
        similar_cases: [{ case_id: "a", similarity_score: 0.86, skin_type: "Dry", concerns: ["Redness"], metadata: { fitzpatrick: "FST2" } }],
      },
      message: "compared with 1 similar cases",
      version: "v1",
    });
  });

  it("names what is wrong with a list of cases", () => {
    assert.throws(() => readCases("x"), /the cases are not a list/);
    assert.throws(() => readCases([[]]), /case 0 is not an object/);
    assert.throws(() => readCases([{ id: "a" }, {}]), /case 1: "id" is not text/);
    assert.throws(() => readCases([{ id: "a", concerns: "x" }]), /case 0: "concerns" is not a list of texts/);
  });
});
