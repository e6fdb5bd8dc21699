/** A variant as the router sees it. */
export interface Weighted {
  readonly name: string;
  /** Relative weight, ≥ 0; its share is weight / sum of weights. */
  readonly weight: number;
}

/** What the router remembers between two requests: the credit of each variant. */
export type Credits = ReadonlyMap<string, number>;

/**
 * Smooth weighted round robin: deterministic, and as evenly interleaved as the
 * weights allow (90/10 gives nine and one in every ten, never ninety in a row).
 * Each variant earns its weight, the richest one is chosen and pays the sum.
 * After `n` requests a variant with share `s` has had `n·s` of them, give or
 * take less than the number of variants.
 *
 * A weight of 0 never gets a request. Undefined where every weight is 0.
 * Source of the method: https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1
 */
export function chooseWeighted(variants: readonly Weighted[], credits: Credits): { readonly name: string | undefined; readonly credits: Credits } {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) return { name: undefined, credits };
  const next = new Map<string, number>();
  let chosen: Weighted | undefined;
  for (const variant of variants) {
    if (!(variant.weight > 0)) continue;
    const credit = (credits.get(variant.name) ?? 0) + variant.weight;
    next.set(variant.name, credit);
    if (chosen === undefined || credit > next.get(chosen.name)!) chosen = variant;
  }
  next.set(chosen!.name, next.get(chosen!.name)! - total);
  return { name: chosen!.name, credits: next };
}

/** Version → share of the traffic, 0–1. All 0 where every weight is 0. */
export function shares(variants: readonly Weighted[]): { [name: string]: number } {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  return Object.fromEntries(variants.map(({ name, weight }) => [name, total > 0 ? weight / total : 0]));
}
