/**
 * The shared memory of the client table: groups of eight entries, each group with its own lock.
 *
 *     header | group | group | ...          group = lock, sharing, 8 tags | entry 0 | ... | entry 7 | pool
 *
 * The keyed hash of a client chooses its group and is its tag there, so a lookup reads one cache line of tags and
 * one entry. A newcomer takes a free entry, or the least recently used one whose loss changes nothing: no
 * connection, nothing left to drain, no violation or penalty to remember. Where there is none, newcomers share
 * the entry of the pool and with it the limits of a single client, until an entry is free again.
 *
 * So that leaving the pool gives nobody a fresh allowance, a client that gets an entry of its own starts with the
 * levels of the pool, which are at least its own; and while the pool has connections, of which some may be its
 * own, they count against it too (the "sharing" bit of its entry). Blame is not shared: the pool counts no
 * violations, so nobody is banned for his neighbours.
 *
 * An attacker with many addresses can therefore fill the table, but gains nothing by it, and strangers who meet
 * him there are slowed down, not refused for good. A thread that is terminated within a lock leaves its group
 * usable (see spin-lock.ts); one count in it may then be off by one.
 */
import {
  type ClientMemory,
  CONNECTIONS,
  ENTRY_WORDS,
  hasKey,
  isVoidEntry,
  LAST_US,
  resetEntry,
  settleEntry,
} from './client-entry.ts';
import type { ClientLimits } from './client-limits.ts';
import type { AddressWords } from './ip.ts';
import { type HashSeed, hashWords } from './keyed-hash.ts';
import { acquireLock, releaseLock } from './spin-lock.ts';

const WAYS = 8;
const GROUPS_MAX = 2 ** 20;

/** Offsets in 32-bit words: of the table's header, of a group's header. */
const GROUP_MASK = 0;
const SEED_LOW = 1;
const SEED_HIGH = 2;
const THREADS = 3;
const TRACKED = 4;
const EVICTIONS = 5;
const OVERFLOWS = 6;
const HEADER_WORDS = 16;
const SHARING = 1;
const TAGS = 8;
const GROUP_HEADER_WORDS = 16;
const POOL = GROUP_HEADER_WORDS + WAYS * ENTRY_WORDS;
const GROUP_WORDS = POOL + ENTRY_WORDS;

/** Memory for at least `clientsMax` clients (up to eight million), about 80 bytes each. */
export function createClientTableMemory(clientsMax: number, seed: HashSeed): SharedArrayBuffer {
  let groups = 1;
  while (groups * WAYS < clientsMax && groups < GROUPS_MAX) groups *= 2;
  const memory = new SharedArrayBuffer((HEADER_WORDS + groups * GROUP_WORDS) * 4);
  const ints = new Int32Array(memory);
  ints[GROUP_MASK] = groups - 1;
  ints[SEED_LOW] = seed.low;
  ints[SEED_HIGH] = seed.high;
  return memory;
}

export class ClientGroups {
  readonly memory: ClientMemory;
  readonly #ints: Int32Array;
  readonly #groupMask: number;
  readonly #seedLow: number;
  readonly #seedHigh: number;
  /** Names this thread as the owner of a lock. */
  readonly #token: number;

  constructor(memory: SharedArrayBuffer) {
    this.#ints = new Int32Array(memory);
    this.memory = { ints: this.#ints, floats: new Float64Array(memory), bytes: new Uint8Array(memory) };
    this.#groupMask = this.#ints[GROUP_MASK]!;
    this.#seedLow = this.#ints[SEED_LOW]!;
    this.#seedHigh = this.#ints[SEED_HIGH]!;
    this.#token = Atomics.add(this.#ints, THREADS, 1) + 1;
  }

  hash(words: AddressWords): number {
    return hashWords(words, this.#seedLow, this.#seedHigh);
  }

  /** Locks the group of a hash and returns its position; `leave` must follow. */
  enter(hash: number): number {
    const group = HEADER_WORDS + (hash & this.#groupMask) * GROUP_WORDS;
    acquireLock(this.#ints, group, this.#token);
    return group;
  }

  /** Locks the group of an entry that the caller holds a connection in; -1 where there is no such entry. */
  enterAt(entry: number): number {
    if (entry < HEADER_WORDS || entry >= this.#ints.length) return -1;
    const group = entry - ((entry - HEADER_WORDS) % GROUP_WORDS);
    acquireLock(this.#ints, group, this.#token);
    return group;
  }

  leave(group: number): void {
    releaseLock(this.#ints, group, this.#token);
  }

  /** The client's own entry, or -1. */
  find(group: number, hash: number, words: AddressWords): number {
    const ints = this.#ints;
    for (let way = 0; way < WAYS; way++) {
      if (ints[group + TAGS + way] !== hash) continue;
      const entry = group + GROUP_HEADER_WORDS + way * ENTRY_WORDS;
      if (hasKey(ints, entry, words)) return entry;
    }
    return -1;
  }

  /** The entry that a client is judged by, brought up to now: its own, made if need be, or that of the pool. */
  claim(group: number, hash: number, words: AddressWords, nowUs: number, limits: ClientLimits): number {
    let entry = this.find(group, hash, words);
    if (entry < 0) {
      settleEntry(this.memory, group + POOL, nowUs, limits);
      entry = this.#place(group, hash, words, nowUs, limits);
    } else settleEntry(this.memory, entry, nowUs, limits);
    return entry;
  }

  isPool(group: number, entry: number): boolean {
    return entry === group + POOL;
  }

  poolOf(group: number): number {
    return group + POOL;
  }

  /** Connections that count against the client of an entry. */
  connections(group: number, entry: number): number {
    const ints = this.#ints;
    const own = ints[entry + CONNECTIONS]!;
    const sharing = ints[group + SHARING]!;
    if (sharing === 0 || (sharing & wayBit(group, entry)) === 0) return own;
    return own + ints[group + POOL + CONNECTIONS]!;
  }

  /** Takes one connection off an entry; false where it has none. */
  removeConnection(group: number, entry: number): boolean {
    const ints = this.#ints;
    const remaining = ints[entry + CONNECTIONS]! - 1;
    if (remaining < 0) return false;
    ints[entry + CONNECTIONS] = remaining;
    if (remaining === 0 && this.isPool(group, entry)) ints[group + SHARING] = 0;
    return true;
  }

  tracked(): number {
    return Atomics.load(this.#ints, TRACKED);
  }

  evictions(): number {
    return Atomics.load(this.#ints, EVICTIONS) >>> 0;
  }

  overflows(): number {
    return Atomics.load(this.#ints, OVERFLOWS) >>> 0;
  }

  /** Entries used since a time; read without locks, so an approximation. */
  countUsedSince(sinceUs: number): number {
    const { ints, floats } = this.memory;
    let count = 0;
    for (let group = HEADER_WORDS; group < ints.length; group += GROUP_WORDS) {
      for (let way = 0; way < WAYS; way++) {
        const entry = group + GROUP_HEADER_WORDS + way * ENTRY_WORDS;
        if (ints[group + TAGS + way] !== 0 && floats[(entry >> 1) + LAST_US]! >= sinceUs) count++;
      }
    }
    return count;
  }

  /** Gives a newcomer an entry of its own if one is to be had, else that of the pool. */
  #place(group: number, hash: number, words: AddressWords, nowUs: number, limits: ClientLimits): number {
    const ints = this.#ints;
    const pool = group + POOL;
    const entry = this.#vacancy(group, nowUs, limits);
    if (entry < 0) {
      Atomics.add(ints, OVERFLOWS, 1);
      return pool;
    }
    const tagAt = group + TAGS + wayOf(group, entry);
    Atomics.add(ints, ints[tagAt] === 0 ? TRACKED : EVICTIONS, 1);
    resetEntry(this.memory, entry, words, pool);
    ints[tagAt] = hash;
    const bit = wayBit(group, entry);
    const others = ints[group + SHARING]! & ~bit;
    ints[group + SHARING] = ints[pool + CONNECTIONS]! > 0 ? others | bit : others;
    return entry;
  }

  /** A free entry, else the least recently used one that may go, else -1. */
  #vacancy(group: number, nowUs: number, limits: ClientLimits): number {
    const { ints, floats } = this.memory;
    let vacancy = -1;
    let oldestUs = Number.POSITIVE_INFINITY;
    for (let way = 0; way < WAYS; way++) {
      const entry = group + GROUP_HEADER_WORDS + way * ENTRY_WORDS;
      if (ints[group + TAGS + way] === 0) return entry;
      const lastUs = floats[(entry >> 1) + LAST_US]!;
      if (lastUs < oldestUs && isVoidEntry(this.memory, entry, nowUs, limits)) {
        vacancy = entry;
        oldestUs = lastUs;
      }
    }
    return vacancy;
  }
}

function wayOf(group: number, entry: number): number {
  return ((entry - group - GROUP_HEADER_WORDS) / ENTRY_WORDS) | 0;
}

function wayBit(group: number, entry: number): number {
  return 1 << wayOf(group, entry);
}
