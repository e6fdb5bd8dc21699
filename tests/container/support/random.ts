export interface Random {
  /** In [0, 1). */
  unit(): number;
  /** Both ends included. */
  integer(low: number, high: number): number;
}

/** Mulberry32: the same seed gives the same numbers on every machine. */
export function generator(seed: number): Random {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { unit, integer: (low, high) => low + Math.floor(unit() * (high - low + 1)) };
}
