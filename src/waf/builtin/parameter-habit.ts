/**
 * Knows what kind of values each parameter usually has, from requests in which nothing was found.
 *
 * A parameter goes by the hash of host, path template (numbers in a path stand for each other) and name. It has a habit
 * once enough different values from enough different clients were seen, so that nobody teaches one alone: both are
 * counted in bit sets of 32 hashed places. Evidence only ever gets stronger by a habit, never weaker.
 *
 * Memory is fixed: 4,096 parameters in buckets of four. A new one takes the place of the one of its bucket seen least
 * often, after wearing that one's count down, so that a stream of made-up names pushes no busy parameter out.
 */
import { isNarrow, KINDS, kindOf } from './parameter-kind.ts';

const BUCKETS = 1024;
const BUCKET_SLOTS = 4;
const SLOTS = BUCKETS * BUCKET_SLOTS;

const VALUES_SEEN_MIN = 64;
/** Places of the bit sets taken: about 20 different values, about 6 different clients. */
const VALUE_PLACES_MIN = 15;
const CLIENT_PLACES_MIN = 5;
/** One value in this many may be of another kind without being a habit. */
const STRAY_SHARE = 200;
const COUNT_MAX = 0xffff;
const HASHED_CHARACTERS_MAX = 48;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export class ParameterHabits {
  readonly #keys = new Uint32Array(SLOTS);
  readonly #seen = new Uint16Array(SLOTS);
  readonly #kinds = new Uint16Array(SLOTS * KINDS);
  readonly #values = new Uint32Array(SLOTS);
  readonly #clients = new Uint32Array(SLOTS);

  /** @param value as received, not empty */
  observe(key: number, value: string, client: string): void {
    const slot = this.#slotFor(key);
    if (slot === -1) return;
    this.#seen[slot] = this.#seen[slot]! + 1;
    if (this.#seen[slot] === COUNT_MAX) this.#halve(slot);
    const kind = slot * KINDS + kindOf(value);
    this.#kinds[kind] = this.#kinds[kind]! + 1;
    this.#values[slot] = this.#values[slot]! | placeOf(value);
    this.#clients[slot] = this.#clients[slot]! | placeOf(client);
  }

  /** Whether the parameter has a habit of narrow values that this one breaks. */
  isBrokenBy(key: number, value: string): boolean {
    const slot = this.#find(key);
    if (slot === -1) return false;
    const seen = this.#seen[slot]!;
    if (seen < VALUES_SEEN_MIN) return false;
    if (placesIn(this.#values[slot]!) < VALUE_PLACES_MIN) return false;
    if (placesIn(this.#clients[slot]!) < CLIENT_PLACES_MIN) return false;
    const kind = kindOf(value);
    return this.#isNarrowHabit(slot, seen) && this.#kinds[slot * KINDS + kind]! * STRAY_SHARE < seen;
  }

  #isNarrowHabit(slot: number, seen: number): boolean {
    let wide = 0;
    for (let kind = 0; kind < KINDS; kind += 1)
      if (!isNarrow(kind)) wide += this.#kinds[slot * KINDS + kind]!;
    return wide * STRAY_SHARE < seen;
  }

  #find(key: number): number {
    const first = (key % BUCKETS) * BUCKET_SLOTS;
    for (let slot = first; slot < first + BUCKET_SLOTS; slot += 1) {
      if (this.#seen[slot] !== 0 && this.#keys[slot] === key) return slot;
    }
    return -1;
  }

  /** The slot of a key, a fresh one where there is room; -1 where the bucket's least one is still in use. */
  #slotFor(key: number): number {
    const known = this.#find(key);
    if (known !== -1) return known;
    const first = (key % BUCKETS) * BUCKET_SLOTS;
    let least = first;
    for (let slot = first + 1; slot < first + BUCKET_SLOTS; slot += 1) {
      if (this.#seen[slot]! < this.#seen[least]!) least = slot;
    }
    if (this.#seen[least] !== 0) {
      this.#seen[least] = this.#seen[least]! - 1;
      if (this.#seen[least] !== 0) return -1;
    }
    this.#keys[least] = key;
    this.#kinds.fill(0, least * KINDS, (least + 1) * KINDS);
    this.#values[least] = 0;
    this.#clients[least] = 0;
    return least;
  }

  #halve(slot: number): void {
    this.#seen[slot] = this.#seen[slot]! >>> 1;
    for (let kind = slot * KINDS; kind < (slot + 1) * KINDS; kind += 1)
      this.#kinds[kind] = this.#kinds[kind]! >>> 1;
  }
}

/** What all parameters of one page share. @param path without the query */
export function pageKey(host: string, path: string): number {
  let hash = hashText(FNV_START, host);
  let inNumber = false;
  for (let index = 0; index < path.length; index += 1) {
    const code = path.charCodeAt(index);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (isDigit && inNumber) continue;
    inNumber = isDigit;
    hash = Math.imul(hash ^ (isDigit ? 0x30 : code), FNV_PRIME);
  }
  return hash;
}

/** @param part of a request, as matches name it: `query:id` */
export function parameterKey(page: number, part: string): number {
  const hash = hashText(page, part);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function hashText(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash;
}

/** By the beginning and the length of a text. */
function placeOf(text: string): number {
  const hash = hashText(FNV_START ^ text.length, text.slice(0, HASHED_CHARACTERS_MAX));
  return 1 << ((hash ^ (hash >>> 13) ^ (hash >>> 23)) & 31);
}

function placesIn(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
