/** What fuzzers draw: a choice, damage, and places to cut an input at. */
import { MUTATIONS, type Mutation } from '../../src/http/testing/mutation.ts';
import type { Random } from './loop.ts';

/** Positions of places are fractions; this many different ones. */
const PLACES = 1e6;

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)]!;
}

/** Fewer than `countMax` mutations; `drawText` makes what they put in. */
export function drawMutations(random: Random, countMax: number, drawText: () => string): readonly Mutation[] {
  return Array.from({ length: random(countMax) }, () => ({
    kind: random(MUTATIONS.length),
    at: random(PLACES) / PLACES,
    to: random(PLACES) / PLACES,
    text: drawText(),
  }));
}

/** Fewer than `countMax` positions below `below`. */
export function drawCuts(random: Random, countMax: number, below: number): number[] {
  return Array.from({ length: random(countMax) }, () => random(below));
}

/** Any octets, fewer than `lengthMax`. */
export function drawOctets(random: Random, lengthMax: number): string {
  return String.fromCharCode(...Array.from({ length: random(lengthMax) }, () => random(256)));
}
