import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { decodeImage } from "../../../../container/src/clip/decode";
import { readCatalogue } from "../../../../container/src/runtimes/clip-recommend/catalogue";
import { isCompatible, isExcluded, vote } from "../../../../container/src/runtimes/clip-recommend/categories";
import { harmony, meanColour, toHsl, type Rgb } from "../../../../container/src/runtimes/clip-recommend/colour";
import { compatibilityNames, type Compatibility } from "../../../../container/src/runtimes/clip-recommend/compatibility";
import { genderOfCategory, isAllowed } from "../../../../container/src/runtimes/clip-recommend/gender";
import { toResponse } from "../../../../container/src/runtimes/clip-recommend/response";
import { recommend, round4 } from "../../../../container/src/runtimes/clip-recommend/scoring";

const fixtures = join(__dirname, "../../../fixtures");
/** Written by tests/oracles/stygig.py. */
const golden = JSON.parse(readFileSync(join(fixtures, "stygig-cases.json"), "utf8")) as {
  items: unknown[];
  cases: {
    colour: Rgb;
    candidates: [number, number][];
    compatibility: Compatibility[];
    category: string | null;
    gender: string;
    confidence: number;
    expected: [number, number, number, number][];
  }[];
};
const catalogue = readCatalogue(golden.items);
const neighboursOf = (candidates: readonly (readonly [number, number])[]) => ({ ids: candidates.map(([id]) => id), scores: candidates.map(([, score]) => score) });
const none: ReadonlySet<Compatibility> = new Set();

describe("clip-recommend: scoring", () => {
  it("gives what an independent reference gives on 200 cases", () => {
    assert.equal(golden.cases.length, 200);
    golden.cases.forEach(({ colour, candidates, compatibility, category, gender, confidence, expected }, number) => {
      const result = recommend(catalogue, colour, neighboursOf(candidates), { maxRecommendations: 26, compatibility: new Set(compatibility) });
      const rows = result.items.map(({ item, score, colourScore, genderScore }) => [catalogue.indexOf(item), score, colourScore, genderScore]);
      assert.deepEqual(rows, expected, `case ${number}`);
      assert.deepEqual([result.category ?? null, result.gender.gender, result.gender.confidence], [category, gender, confidence], `case ${number}`);
    });
  });

  it("those cases reach the fallback, each rule of harmony and each fault", () => {
    assert.ok(golden.cases.some(({ expected, category }) => expected.length > 1 && expected.every(([id]) => catalogue[id]!.category === category)), "fallback");
    for (const value of [1, 0.9, 0.8, 0.7, 0.2]) assert.ok(golden.cases.some(({ expected }) => expected.some(([, , h]) => h === value)), `harmony ${value}`);
    for (const name of ["itemColoursGrey", "queryUnisex"]) assert.ok(golden.cases.some(({ compatibility }) => compatibility.includes(name as Compatibility)), name);
  });

  const candidates = fc.uniqueArray(fc.tuple(fc.nat(catalogue.length - 1), fc.double({ min: -0.2, max: 1, noNaN: true })), { selector: ([id]) => id, maxLength: 60 });
  const colours = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
  const faults = fc.subarray([...compatibilityNames]).map((names) => new Set(names));

  it("never repeats a category or recommends what is excluded, unless nothing else is left", () => {
    fc.assert(
      fc.property(candidates, colours, faults, fc.integer({ min: 1, max: 26 }), (found, colour, compatibility, maxRecommendations) => {
        const sorted = [...found].sort((a, b) => b[1] - a[1]);
        const { category, gender, items } = recommend(catalogue, colour, neighboursOf(sorted), { maxRecommendations, compatibility });
        assert.ok(items.length <= maxRecommendations);
        assert.ok(items.every(({ item }) => isAllowed(gender.gender, item.gender)));
        assert.ok(items.every(({ score }, at) => at === 0 || score <= items[at - 1]!.score));
        assert.ok(items.every(({ score }) => score <= 1.15));
        const kinds = items.map(({ item }) => item.category);
        const regular = sorted.some(([id]) => isAllowed(gender.gender, catalogue[id]!.gender) && !isExcluded(category!, catalogue[id]!.category));
        if (regular) assert.ok(new Set(kinds).size === kinds.length && !kinds.some((kind) => isExcluded(category!, kind)));
        else assert.equal(new Set(items.map(({ item }) => item.id)).size, items.length);
      }),
    );
  });

  it("cuts at the caller's count, unless the seed's fault is asked for", () => {
    const found = neighboursOf(catalogue.map((_, id) => [id, 1 - id / 1000] as const));
    const counted = (compatibility: ReadonlySet<Compatibility>) => recommend(catalogue, [90, 20, 20], found, { maxRecommendations: 26, count: 2, compatibility }).items.length;
    assert.equal(counted(none), 2);
    assert.ok(counted(new Set(["countIgnored"])) > 2);
  });

  it("with the seed's two faults the score is (0.4·similarity + 0.6) × (1.15 if compatible)", () => {
    const items = readCatalogue([
      { id: "q", category: "upperwear_shirt", color: [250, 10, 10] },
      { id: "a", category: "bottomwear_pants", color: [10, 250, 10] },
      { id: "b", category: "sleepwear_robe", color: [10, 250, 10] },
    ]);
    const found = { ids: [0, 1, 2], scores: [0.9, 0.5, 0.25] };
    const { items: ranked } = recommend(items, [250, 10, 10], found, { maxRecommendations: 26, compatibility: new Set(["itemColoursGrey", "queryUnisex"]) });
    assert.deepEqual(ranked.map(({ item, score }) => [item.id, score]), [["a", 0.92], ["b", 0.7]]);
  });

  it("answers an empty search with nothing", () => {
    assert.deepEqual(recommend(catalogue, [1, 2, 3], { ids: [], scores: [] }, { maxRecommendations: 26, compatibility: none }).items, []);
  });

  it("writes the body that V4's clients read", () => {
    const found = { ids: [0], scores: [0.5] };
    const items = readCatalogue([{ id: "pants_1", category: "footwear_shoes", gender: "unisex", color_rgb: [44, 47, 60], path: "/opt/ml/input/x.jpg" }]);
    const body = toResponse(recommend(items, [91, 104, 120], found, { maxRecommendations: 26, compatibility: none }), { found: 1, totalItems: 1, processingMs: 4.5, version: "v4", maxRecommendations: 26 });
    assert.deepEqual(body, {
      query_item: { dominant_color: "RGB(91, 104, 120)", dominant_color_rgb: [91, 104, 120], predicted_gender: "unisex", gender_confidence: 0.6 },
      recommendations: [
        { item_id: "pants_1", category: "footwear_shoes", gender: "unisex", score: 1, color_score: 1, category_score: 1, gender_score: 1, colors: [[44, 47, 60]], path: "/opt/ml/input/x.jpg" },
      ],
      total_candidates: 1,
      faiss_search_results: 1,
      metadata: { processing_time_ms: 4.5, total_items: 1, model_version: "v4" },
      enterprise_config: { items_per_category: 2, max_total_recommendations: 26 },
    });
  });
});

describe("clip-recommend: rules", () => {
  it("the first of the most votes wins", () => {
    const cases: [string[], string | undefined][] = [
      [[], undefined],
      [["a"], "a"],
      [["a", "b", "b"], "b"],
      [["a", "b", "b", "a", "c"], "a"],
      [["c", "b", "b", "a", "a"], "b"],
    ];
    for (const [nearest, winner] of cases) assert.equal(vote(nearest), winner);
  });

  it("exclusion and compatibility are the seed's", () => {
    assert.ok(isExcluded("upperwear_shirt", "one-piece_jumpsuit") && !isExcluded("upperwear_shirt", "bottomwear_pants"));
    assert.ok(isExcluded("bottomwear_shorts", "bottomwear_jeans") && !isExcluded("bottomwear_jeans", "bottomwear_shorts"));
    assert.ok(isExcluded("footwear_heels", "footwear_heels") && !isExcluded("footwear_heels", "footwear_flats"));
    assert.ok(isExcluded("made_up", "made_up") && !isCompatible("made_up", "upperwear_shirt"));
    assert.ok(!isCompatible("accessories_bag", "accessories_hat") && isCompatible("accessories_bag", "footwear_heels"));
    assert.ok(!isCompatible("footwear_sneakers", "bottomwear_skirt") && isCompatible("footwear_heels", "bottomwear_skirt"));
  });

  it("gender goes by the first word that fits", () => {
    const cases: [string, string, number][] = [
      ["", "unisex", 0.5], ["one-piece_dress", "female", 0.85], ["Footwear_HEELS", "female", 0.85], ["one-piece_jumpsuit", "male", 0.75],
      ["upperwear_jacket", "unisex", 0.7], ["upperwear_tshirt", "unisex", 0.65], ["bottomwear_pants", "unisex", 0.7], ["footwear_flats", "unisex", 0.6],
    ];
    for (const [category, gender, confidence] of cases) assert.deepEqual(genderOfCategory(category), { gender, confidence }, category);
    assert.deepEqual(["male", "female", "unisex", "unknown"].map((item) => isAllowed("unisex", item)), [true, false, true, false]);
  });

  it("harmony is symmetric and one of five values", () => {
    const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(toHsl);
    fc.assert(fc.property(colour, colour, (a, b) => assert.ok(harmony(a, b) === harmony(b, a) && [1, 0.9, 0.8, 0.7, 0.2].includes(harmony(a, b)))));
  });

  it("rounds like Python", () => {
    const cases: [number, number][] = [[0.03125, 0.0312], [0.09375, 0.0938], [0.00005, 0.0001], [1.00005, 1.0001], [-0.03125, -0.0312], [0.7, 0.7], [2.67545, 2.6755], [0, 0]];
    for (const [value, rounded] of cases) assert.equal(round4(value), rounded, String(value));
  });

  it("averages an image's colours", async () => {
    const pixels = await decodeImage(readFileSync(join(fixtures, "clip/images/one-pixel.png")), { shortSidePx: 224 });
    assert.deepEqual(meanColour(pixels), [200, 30, 90]);
  });

  it("names what is wrong with a catalogue", () => {
    assert.throws(() => readCatalogue({}), /not a list of items/);
    assert.throws(() => readCatalogue([1]), /item 0 of the catalogue is not an object/);
    assert.throws(() => readCatalogue([{ id: "a", category: "x" }, { id: 7, category: "x" }]), /item 1 of the catalogue has no text in "id"/);
    assert.equal(readCatalogue([{ id: "a", category: "x", color: "unknown" }])[0]!.colour, undefined);
    assert.deepEqual(readCatalogue([{ id: "a", category: "x", color: [1, 2, 3], color_rgb: [300, 0, 0] }])[0]!.colour, [1, 2, 3]);
  });
});
