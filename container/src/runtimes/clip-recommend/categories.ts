/**
 * What goes with what, by category (`<group>_<kind>`): the tables of the seed's rules. Frozen data:
 * a category that no row names excludes itself and is compatible with nothing.
 */

const upperwear = ["shirt", "tshirt", "top", "blouse", "jacket"].map((kind) => `upperwear_${kind}`);
const onePiece = ["one-piece_dress", "one-piece_jumpsuit"];
const bottomwear = (...kinds: string[]): string[] => kinds.map((kind) => `bottomwear_${kind}`);
const footwear = (...kinds: string[]): string[] => kinds.map((kind) => `footwear_${kind}`);
const worn = ["upperwear_shirt", "upperwear_tshirt", "upperwear_jacket"];
const lower = bottomwear("pants", "shorts", "skirt");
const carried = ["accessories_bag", "accessories_hat"];
const dress = "one-piece_dress";

const overOnePiece = [...onePiece, ...upperwear, ...bottomwear("pants", "shorts", "skirt")];

/** Categories that stand in for the query's own: nobody wears two of them. */
const excludedWith: { readonly [category: string]: readonly string[] } = {
  ...Object.fromEntries(upperwear.map((category) => [category, [...upperwear, ...onePiece]])),
  ...Object.fromEntries(onePiece.map((category) => [category, overOnePiece])),
  bottomwear_pants: bottomwear("pants", "shorts", "jeans", "trousers", "skirt"),
  bottomwear_shorts: bottomwear("pants", "shorts", "jeans", "skirt"),
  // Shorts are not among them in the seed.
  bottomwear_jeans: bottomwear("pants", "jeans", "trousers", "skirt"),
  bottomwear_skirt: bottomwear("pants", "shorts", "jeans", "skirt"),
};

const underUpperwear = [...lower, ...footwear("shoes", "sneakers", "flats"), ...carried];
const overBottomwear = [...worn, ...footwear("shoes", "sneakers", "flats"), ...carried];
const aroundShoes = [...worn, ...lower, dress, ...carried];
const aroundCarried = [...worn, ...lower, dress, ...footwear("shoes", "sneakers", "heels", "flats")];

/** Categories whose items complete an outfit with the query: they score more. */
const compatibleWith: { readonly [category: string]: readonly string[] } = {
  upperwear_shirt: underUpperwear,
  // The jacket is excluded beside a t-shirt, so that it is compatible has no effect; likewise beside a dress.
  upperwear_tshirt: [...underUpperwear, "upperwear_jacket"],
  upperwear_jacket: underUpperwear,
  bottomwear_pants: overBottomwear,
  bottomwear_shorts: overBottomwear,
  bottomwear_skirt: [...worn, ...footwear("shoes", "heels", "flats"), ...carried],
  "one-piece_dress": ["upperwear_jacket", ...footwear("heels", "flats", "shoes"), ...carried],
  footwear_shoes: aroundShoes,
  footwear_flats: aroundShoes,
  footwear_sneakers: [...worn, ...bottomwear("pants", "shorts"), ...carried],
  footwear_heels: [...worn, "bottomwear_skirt", dress, ...carried],
  accessories_bag: aroundCarried,
  accessories_hat: aroundCarried,
};

const asSets = (table: { readonly [category: string]: readonly string[] }): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(table).map(([category, others]) => [category, new Set(others)]));
const excluded = asSets(excludedWith);
const compatible = asSets(compatibleWith);

/** Whether an item of `category` must not be recommended for a query of `query`. */
export const isExcluded = (query: string, category: string): boolean => query === category || (excluded.get(query)?.has(category) ?? false);

/** Whether an item of `category` completes an outfit with a query of `query`. */
export const isCompatible = (query: string, category: string): boolean => compatible.get(query)?.has(category) ?? false;

/**
 * The category of the query: that of most of its nearest items; of equals, the one that is met first.
 *
 * @param nearest categories of the nearest items, the nearest first.
 */
export function vote(nearest: readonly string[]): string | undefined {
  const votes = new Map<string, number>();
  for (const category of nearest) votes.set(category, (votes.get(category) ?? 0) + 1);
  let winner: string | undefined;
  for (const [category, count] of votes) if (winner === undefined || count > votes.get(winner)!) winner = category;
  return winner;
}
