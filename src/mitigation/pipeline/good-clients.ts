/**
 * Clients that have behaved well for a while, as one worker knows them: who sent a number of requests over at least a
 * minute, none of them refused.
 *
 * A fixed table with one place for each hash. A newcomer takes the place of whoever is not known there, or has not been
 * seen for ten minutes, but never that of a known client who comes regularly: a flood from many addresses cannot make
 * the node forget its users. The hash is keyed, so nobody can choose addresses that fall on one place.
 */
import type { AddressWords } from '../../core/ip.ts';
import { type HashSeed, hashWords } from '../../core/keyed-hash.ts';

/** A power of two; about 20 bytes each. */
const PLACES = 16_384;
const REQUESTS_GOOD = 32;
const REQUESTS_MAX = 65_535;
const PROBATION_MS = 60_000;
const FORGOTTEN_MS = 600_000;

export class GoodClients {
  readonly #seed: HashSeed;
  readonly #tags: Int32Array = new Int32Array(PLACES);
  readonly #counts: Uint16Array = new Uint16Array(PLACES);
  readonly #firstMs: Float64Array = new Float64Array(PLACES);
  readonly #lastMs: Float64Array = new Float64Array(PLACES);

  constructor(seed: HashSeed) {
    this.#seed = seed;
  }

  /** The client sent a request that nothing speaks against; true where it is known as good. */
  note(key: AddressWords, nowMs: number): boolean {
    const tag = hashWords(key, this.#seed.low, this.#seed.high);
    const place = tag & (PLACES - 1);
    if (this.#tags[place] !== tag || nowMs - this.#lastMs[place]! > FORGOTTEN_MS) {
      if (this.#isKnown(place, nowMs)) return false;
      this.#tags[place] = tag;
      this.#counts[place] = 0;
      this.#firstMs[place] = nowMs;
    }
    this.#lastMs[place] = nowMs;
    const count = this.#counts[place]!;
    if (count < REQUESTS_MAX) this.#counts[place] = count + 1;
    return this.#isKnown(place, nowMs);
  }

  /** Whether the client is known as good. */
  isKnown(key: AddressWords, nowMs: number): boolean {
    const tag = hashWords(key, this.#seed.low, this.#seed.high);
    const place = tag & (PLACES - 1);
    return this.#tags[place] === tag && this.#isKnown(place, nowMs);
  }

  /** The client did something that speaks against it: it begins anew. */
  forget(key: AddressWords): void {
    const tag = hashWords(key, this.#seed.low, this.#seed.high);
    const place = tag & (PLACES - 1);
    if (this.#tags[place] === tag) this.#tags[place] = 0;
  }

  #isKnown(place: number, nowMs: number): boolean {
    if (this.#tags[place] === 0 || nowMs - this.#lastMs[place]! > FORGOTTEN_MS) return false;
    return this.#counts[place]! >= REQUESTS_GOOD && nowMs - this.#firstMs[place]! >= PROBATION_MS;
  }
}
