/**
 * What the screen found for values that keep coming back: user agents, cookies, names of arguments.
 *
 * Two generations: what is found again moves to the younger one, and when that is full the older one is forgotten as
 * a whole. A value gets in at its second sight only, so that values made up by an attacker push nothing out; sights
 * are kept as one hash each. Keys are copies: a piece of a text would keep the whole text in memory. Bounds: entries
 * and bytes of keys per generation, 1 KiB a key: longer than nearly all header fields.
 */
import type { Candidates } from './value-rule.ts';

export const KEY_BYTES_MAX = 1024;
/** Bytes of keys per generation and entry, on average. */
const BYTES_PER_ENTRY = 64;
/** Bytes of each end of a value that go into its hash. */
const SIGHT_BYTES = 12;

export class ValueCache {
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  #young = new Map<string, Candidates>();
  #old = new Map<string, Candidates>();
  #youngBytes = 0;
  readonly #sights: Int32Array;

  /** @param entries how many values to keep, at least 2 */
  constructor(entries: number) {
    this.#entriesMax = Math.max(1, Math.ceil(entries / 2));
    this.#bytesMax = this.#entriesMax * BYTES_PER_ENTRY;
    this.#sights = new Int32Array(2 ** Math.ceil(Math.log2(this.#entriesMax * 2)));
  }

  get(value: string): Candidates | undefined {
    const found = this.#young.get(value);
    if (found !== undefined) return found;
    const older = this.#old.get(value);
    if (older !== undefined) this.#keep(value, older);
    return older;
  }

  set(value: string, candidates: Candidates): void {
    const hash = sightOf(value);
    const place = (hash ^ (hash >>> 16)) & (this.#sights.length - 1);
    if (this.#sights[place] !== hash) {
      this.#sights[place] = hash;
      return;
    }
    this.#keep(Buffer.from(value, 'latin1').toString('latin1'), candidates);
  }

  #keep(value: string, candidates: Candidates): void {
    if (this.#young.size >= this.#entriesMax || this.#youngBytes + value.length > this.#bytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(value, candidates);
    this.#youngBytes += value.length;
  }

  /** How many values are kept. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}

/** Of both ends: enough to tell apart what comes once from what comes again, and it may err. */
function sightOf(value: string): number {
  let hash = value.length;
  const end = Math.min(value.length, SIGHT_BYTES);
  for (let at = 0; at < end; at += 1) hash = (Math.imul(hash, 31) + value.charCodeAt(at)) | 0;
  for (let at = Math.max(end, value.length - SIGHT_BYTES); at < value.length; at += 1) {
    hash = (Math.imul(hash, 31) + value.charCodeAt(at)) | 0;
  }
  return hash;
}
