/**
 * HalfSipHash-1-3 of one address key: the hash of the shared tables.
 *
 * Addresses are chosen by clients (anyone may hold 2^64 IPv6 prefixes), so the hash must be keyed by a secret, and
 * its collisions must not be the same for every key, as they are for murmur or FNV with a seed. This is the
 * variant that the Linux kernel uses for its own tables; about 16 ns for four words.
 */
import type { AddressWords } from './ip.ts';

/** A secret of two random 32-bit words. */
export interface HashSeed {
  readonly low: number;
  readonly high: number;
}

/** The message of 16 bytes is four words; the fifth holds its length, the last three rounds hold nothing. */
const ROUNDS = 8;
const LENGTH_ROUND = 4;
const LENGTH_WORD = 16 << 24;

/** A 32-bit hash, never 0, so that 0 can mark an empty place. */
export function hashWords(words: AddressWords, seedLow: number, seedHigh: number): number {
  let v0 = seedLow;
  let v1 = seedHigh;
  let v2 = seedLow ^ 0x6c796765;
  let v3 = seedHigh ^ 0x74656462;
  for (let round = 0; round < ROUNDS; round++) {
    const word = round < LENGTH_ROUND ? words[round]! : round === LENGTH_ROUND ? LENGTH_WORD : 0;
    if (round === LENGTH_ROUND + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3 || 1;
}
