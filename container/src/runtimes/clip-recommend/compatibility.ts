/**
 * What the seed's endpoint does wrong and a live client may have come to depend on. All of it is
 * mended unless `compatibility` names it. What else is wrong with the seed happens while its index
 * is built (items shifted against their vectors, folders in no order), where no server can repeat it.
 */
export const compatibilityNames = ["countIgnored", "itemColoursGrey", "queryUnisex"] as const;

/**
 * - `itemColoursGrey`: the trainer writes an item's colour as `color` and the endpoint reads
 *   `color_rgb`, so every item counts as grey, and grey goes with everything: the harmony is always 1.
 * - `queryUnisex`: the gender of the query is asked for without a category and fails, so it is
 *   always `unisex` with confidence 0, and items for women alone are never recommended.
 *   With both of these the score is (0.4·similarity + 0.6) × (1.15 if compatible).
 * - `countIgnored`: `n_recommendations`, `top_k` and `min_score` are taken and not applied.
 */
export type Compatibility = (typeof compatibilityNames)[number];
