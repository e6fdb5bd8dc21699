/**
 * The candidate that a misspelt word most likely means; undefined where none is
 * near. Distance counts insertions, deletions, substitutions and swaps of
 * neighbours; a third of the longer word may differ.
 */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  // A word longer than any of ours by half is no misspelling of it.
  if (written.length > 48) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(written.length, candidate.length) / 3));
    if (Math.abs(written.length - candidate.length) > allowed) continue;
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Optimal string alignment distance, in rows. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (same ? 0 : 1),
        swapped ? before[j - 2]! + 1 : Infinity,
      );
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length]!;
}
