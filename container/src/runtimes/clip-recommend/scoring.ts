import type { Neighbours } from "../../backends/vector-index";
import type { Item } from "./catalogue";
import { isCompatible, isExcluded, vote } from "./categories";
import { GREY, harmony, toHsl, type Rgb } from "./colour";
import type { Compatibility } from "./compatibility";
import { genderOfCategory, genderScore, isAllowed, type GenderGuess } from "./gender";

/** Stygig V4: what the query is, by its nearest items and its colour, and which items go with it. */
export interface Recommendations {
  readonly colour: Rgb;
  readonly category: string | undefined;
  readonly gender: GenderGuess;
  /** The best first. */
  readonly items: readonly Scored[];
}

export interface Scored {
  readonly item: Item;
  /** Up to 1.15, four decimals. */
  readonly score: number;
  /** 1, 0.9, 0.8, 0.7 or 0.2. */
  readonly colourScore: number;
  /** 1 or 0.75. */
  readonly genderScore: number;
}

export interface ScoringOptions {
  /** At most so many are returned. */
  readonly maxRecommendations: number;
  /** At most so many as this caller wants; default all that there are. */
  readonly count?: number;
  /** None that scores lower is returned; default any. */
  readonly minScore?: number;
  /** Faults of the seed to repeat. */
  readonly compatibility: ReadonlySet<Compatibility>;
}

/** Items that vote on the query's category. */
const VOTERS = 5;
const WEIGHTS = Object.freeze({ similarity: 0.4, colour: 0.4, gender: 0.2 });
const COMPATIBLE_BOOST = 1.15;
/** For a query to which nothing goes: similarity has no part in it. */
const FALLBACK = Object.freeze({ colour: 0.45, category: 0.25, gender: 0.3 });
const GREY_HSL = Object.freeze(toHsl(GREY));

/**
 * @param catalogue every item, at its place in the index.
 * @param colour the query's dominant colour.
 * @param neighbours what the search found by cosine, the nearest first.
 */
export function recommend(catalogue: readonly Item[], colour: Rgb, neighbours: Neighbours, options: ScoringOptions): Recommendations {
  const { compatibility } = options;
  const found = neighbours.ids.map((id) => catalogue[id]!);
  const category = vote(found.slice(0, VOTERS).map((item) => item.category));
  const gender = queryGender(category, compatibility);
  const hsl = toHsl(colour);

  const fits: Scored[] = [];
  const allowed: Scored[] = [];
  found.forEach((item, place) => {
    if (!isAllowed(gender.gender, item.gender)) return;
    const colourScore = harmony(hsl, compatibility.has("itemColoursGrey") ? GREY_HSL : item.hsl);
    const suits = genderScore(gender.gender, item.gender);
    const parts = { item, colourScore, genderScore: suits };
    allowed.push({ ...parts, score: FALLBACK.colour * colourScore + FALLBACK.category + FALLBACK.gender * suits });
    if (category === undefined || isExcluded(category, item.category)) return;
    const base = WEIGHTS.similarity * neighbours.scores[place]! + WEIGHTS.colour * colourScore + WEIGHTS.gender * suits;
    fits.push({ ...parts, score: round4(isCompatible(category, item.category) ? base * COMPATIBLE_BOOST : base) });
  });

  const ranked = fits.length > 0 ? byScore(bestBy(fits, ({ item }) => item.category)) : firstBy(byScore(allowed), ({ item }) => item.id);
  const { count = Infinity, minScore = -Infinity } = compatibility.has("countIgnored") ? {} : options;
  const items = ranked
    .slice(0, Math.min(options.maxRecommendations, count))
    .map((scored) => ({ ...scored, score: round4(scored.score) }))
    .filter(({ score }) => score >= minScore);
  return { colour, category, gender, items };
}

function queryGender(category: string | undefined, compatibility: ReadonlySet<Compatibility>): GenderGuess {
  if (category === undefined || compatibility.has("queryUnisex")) return { gender: "unisex", confidence: 0 };
  return genderOfCategory(category);
}

/** The best of each kind; of equals the first, in the order in which the kinds are met. */
function bestBy(all: readonly Scored[], kindOf: (scored: Scored) => string): Scored[] {
  const best = new Map<string, Scored>();
  for (const scored of all) {
    const kind = kindOf(scored);
    const known = best.get(kind);
    if (known === undefined || scored.score > known.score) best.set(kind, scored);
  }
  return [...best.values()];
}

/** The first of each kind. */
function firstBy(all: readonly Scored[], kindOf: (scored: Scored) => string): Scored[] {
  const seen = new Set<string>();
  return all.filter((scored) => !seen.has(kindOf(scored)) && seen.add(kindOf(scored)));
}

/** The best first; equals stay in their order. */
const byScore = (all: readonly Scored[]): Scored[] => [...all].sort((a, b) => b.score - a.score);

/** Four decimals as Python's `round` gives them: the nearest, and of two equally near the even one. */
export function round4(value: number): number {
  const scaled = value * 1e4;
  const near = Math.round(scaled);
  // Only next to a half can the multiplication have moved the value over it.
  if (Math.abs(Math.abs(scaled - near) - 0.5) > 1e-6) return near / 1e4;
  const below = Math.floor(scaled);
  const rest = exactRest(value, below);
  const up = rest > 0 || (rest === 0 && below % 2 !== 0);
  return (up ? below + 1 : below) / 1e4;
}

/** The sign of value·10⁴ − (below + ½), without rounding: a double is a whole number over a power of two. */
function exactRest(value: number, below: number): number {
  let numerator = value;
  let shift = 0n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    shift += 1n;
  }
  const difference = BigInt(numerator) * 20_000n - (2n * BigInt(below) + 1n) * (1n << shift);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
