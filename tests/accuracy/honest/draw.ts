/** Reproducible choices: the same seed draws the same values on every runtime. */
export interface Draw {
  /** A whole number from 0 up to, not including, `limit`. */
  number(limit: number): number;
  of<T>(choices: readonly T[]): T;
}

/** @param seed any whole number */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  // Mulberry32 by Tommy Ettinger.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (limit: number): number => Math.floor(next() * limit);
  return { number, of: (choices) => choices[number(choices.length)]! };
}
