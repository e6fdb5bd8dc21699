export type Gender = "female" | "male" | "unisex";

export interface GenderGuess {
  readonly gender: Gender;
  /** 0–1. */
  readonly confidence: number;
}

/** Words in a category's name, and whom they say it is for; the first row that has one of its words decides. */
const rules: readonly (GenderGuess & { readonly words: readonly string[] })[] = Object.freeze([
  { words: ["dress", "skirt", "heels"], gender: "female", confidence: 0.85 },
  // "jumpsuit" has "suit" in it and lands here, as in the seed.
  { words: ["suit", "tie"], gender: "male", confidence: 0.75 },
  { words: ["jacket", "coat", "sweater", "jeans", "shorts", "sneakers", "bag", "hat", "watch"], gender: "unisex", confidence: 0.7 },
  { words: ["shirt", "tshirt"], gender: "unisex", confidence: 0.65 },
  { words: ["pants", "trouser"], gender: "unisex", confidence: 0.7 },
]);

/** Whom a category is for, by its name. */
export function genderOfCategory(category: string): GenderGuess {
  if (category === "") return { gender: "unisex", confidence: 0.5 };
  const name = category.toLowerCase();
  const { gender, confidence } = rules.find(({ words }) => words.some((word) => name.includes(word))) ?? { gender: "unisex", confidence: 0.6 };
  return { gender, confidence };
}

/** Whether an item may be recommended to a query at all. Unisex leaves out what is for women alone, as in the seed. */
export function isAllowed(query: Gender, item: string): boolean {
  return item === "unisex" || item === (query === "unisex" ? "male" : query);
}

/** How well an item's gender suits: 1 if it is the query's, else 0.75. */
export const genderScore = (query: Gender, item: string): number => (query === item ? 1 : 0.75);
