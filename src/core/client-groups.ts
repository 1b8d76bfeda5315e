/**
 * The shared memory of the client table: groups of 24 entries, each group with its own lock, 18 cache lines long.
 *
 *     group = lock, sharing | 24 tags | 24 checks | entry 0 | ... | entry 23 | pool
 *
 * A client is known by 64 bits of a keyed hash: the upper bits of one word choose its group and its lowest sixteen
 * are the check there, the other word is the tag. In a table for a million, the chance that any two of a million clients
 * are taken for one is one in thirty million, and nobody can aim for it. The address is not kept.
 *
 * A lookup reads two or three cache lines of tags and one or two of the entry, however many clients there are. A
 * newcomer takes a free entry, or the least recently used one whose loss changes nothing: no connection, nothing
 * left to drain, no violation or penalty to remember. Where there is none, newcomers share the entry of the pool
 * and with it the limits of a single client, until an entry is free again.
 *
 * So that leaving the pool gives nobody a fresh allowance, a client that gets an entry of its own starts with the
 * levels of the pool, which are at least its own; and while the pool has connections, of which some may be its
 * own, they count against it too (the "sharing" bit of its entry). Blame is not shared: the pool counts no
 * violations, so nobody is banned for his neighbours.
 *
 * A group is made for 18 clients: with a third more entries than that, 99 of 100 have one of their own when the
 * table has as many clients as it was made for. An attacker with many addresses can fill it, but gains nothing by it,
 * and strangers who meet him there are slowed down, not refused for good. A thread that is terminated within a lock
 * leaves its group usable (see spin-lock.ts); one number in it may then be wrong.
 */
import { CLIENT_ENTRY_WORDS, CONNECTIONS, isVoidEntry, resetEntry, settleEntry } from './client-entry.ts';
import type { ClientLimits } from './client-limits.ts';
import { type ClientMemory, elapsedSince, LAST_US } from './client-numbers.ts';
import { createGroupMemory, FIRST_GROUP, GroupMemory } from './group-memory.ts';
import type { AddressWords } from './ip.ts';
import type { HashSeed } from './keyed-hash.ts';
import { KeyHasher } from './limit-key.ts';

const WAYS = 24;
/** Clients for which a group is made: 64 bytes for each. */
const CLIENTS_PER_GROUP = 18;
const GROUPS_MAX = 2 ** 20;

/** Offsets in a group, in 32-bit words; a check is half of one. */
const SHARING = 1;
const TAGS = 2;
const CHECKS = TAGS + WAYS;
const ENTRIES = CHECKS + WAYS / 2;
const POOL = ENTRIES + WAYS * CLIENT_ENTRY_WORDS;
const GROUP_WORDS = POOL + CLIENT_ENTRY_WORDS;

/** Memory for `clientsMax` clients (up to 18 million), 64 bytes each. */
export function createClientTableMemory(clientsMax: number, seed: HashSeed): SharedArrayBuffer {
  const groups = Math.min(Math.max(Math.floor(clientsMax / CLIENTS_PER_GROUP), 1), GROUPS_MAX);
  return createGroupMemory(groups, GROUP_WORDS, seed);
}

export class ClientGroups {
  readonly table: GroupMemory;
  readonly memory: ClientMemory;
  readonly #hasher: KeyHasher;

  constructor(memory: SharedArrayBuffer) {
    this.table = new GroupMemory(memory, GROUP_WORDS);
    const { ints, seed } = this.table;
    this.memory = { ints, halves: new Uint16Array(memory), bytes: new Uint8Array(memory) };
    this.#hasher = new KeyHasher(seed);
  }

  /** Locks a client's group and returns its position; until `leave`, `find` and `claim` mean this client. */
  enter(words: AddressWords): number {
    const hasher = this.#hasher;
    hasher.start();
    for (let word = 0; word < 4; word++) hasher.word(words[word]!);
    hasher.finish();
    return this.table.enter(hasher.high);
  }

  leave(group: number): void {
    this.table.leave(group);
  }

  /** The client's own entry, or -1. */
  find(group: number): number {
    const { ints, halves } = this.memory;
    const { low, high } = this.#hasher;
    const check = high & 0xffff;
    for (let way = 0; way < WAYS; way++) {
      if (ints[group + TAGS + way] !== low || halves[checkAt(group, way)] !== check) continue;
      return entryAt(group, way);
    }
    return -1;
  }

  /** The entry that the client is judged by, brought up to now: its own, made if need be, or that of the pool. */
  claim(group: number, nowUs: number, limits: ClientLimits): number {
    const entry = this.find(group);
    settleEntry(this.memory, entry < 0 ? group + POOL : entry, nowUs, limits);
    return entry < 0 ? this.#place(group, nowUs, limits) : entry;
  }

  isPool(group: number, entry: number): boolean {
    return entry === group + POOL;
  }

  poolOf(group: number): number {
    return group + POOL;
  }

  /** Connections that count against the client of an entry. */
  connections(group: number, entry: number): number {
    const { ints } = this.memory;
    const own = ints[entry + CONNECTIONS]!;
    const sharing = ints[group + SHARING]!;
    if (sharing === 0 || (sharing & wayBit(group, entry)) === 0) return own;
    return own + ints[group + POOL + CONNECTIONS]!;
  }

  /** Takes one connection off an entry; false where it has none. */
  removeConnection(group: number, entry: number): boolean {
    const { ints } = this.memory;
    const remaining = ints[entry + CONNECTIONS]! - 1;
    if (remaining < 0) return false;
    ints[entry + CONNECTIONS] = remaining;
    if (remaining === 0 && this.isPool(group, entry)) ints[group + SHARING] = 0;
    return true;
  }

  /** Entries used within some time before now; read without locks, so an approximation. */
  countUsedWithin(nowUs: number, withinUs: number): number {
    const { ints } = this.memory;
    let count = 0;
    for (let group = FIRST_GROUP; group < ints.length; group += GROUP_WORDS) {
      for (let way = 0; way < WAYS; way++) {
        if (ints[group + TAGS + way] === 0) continue;
        if (elapsedSince(this.memory, entryAt(group, way), LAST_US, nowUs) <= withinUs) count++;
      }
    }
    return count;
  }

  /** Gives the newcomer an entry of its own if one is to be had, else that of the pool. */
  #place(group: number, nowUs: number, limits: ClientLimits): number {
    const { ints, halves } = this.memory;
    const { low, high } = this.#hasher;
    const pool = group + POOL;
    const way = this.#vacancy(group, nowUs, limits);
    if (way < 0) {
      this.table.noteOverflow();
      return pool;
    }
    const entry = entryAt(group, way);
    this.table.notePlaced(ints[group + TAGS + way] === 0);
    resetEntry(this.memory, entry, pool);
    ints[group + TAGS + way] = low;
    halves[checkAt(group, way)] = high;
    const bit = 1 << way;
    const others = ints[group + SHARING]! & ~bit;
    ints[group + SHARING] = ints[pool + CONNECTIONS]! > 0 ? others | bit : others;
    return entry;
  }

  /** The place of a free entry, else of the least recently used one that may go, else -1. */
  #vacancy(group: number, nowUs: number, limits: ClientLimits): number {
    const { ints } = this.memory;
    let vacancy = -1;
    let longestUs = Number.NEGATIVE_INFINITY;
    for (let way = 0; way < WAYS; way++) {
      if (ints[group + TAGS + way] === 0) return way;
      const entry = entryAt(group, way);
      const elapsedUs = elapsedSince(this.memory, entry, LAST_US, nowUs);
      if (elapsedUs > longestUs && isVoidEntry(this.memory, entry, nowUs, limits)) {
        vacancy = way;
        longestUs = elapsedUs;
      }
    }
    return vacancy;
  }
}

function entryAt(group: number, way: number): number {
  return group + ENTRIES + way * CLIENT_ENTRY_WORDS;
}

/** Position of a check in 16-bit words. */
function checkAt(group: number, way: number): number {
  return (group + CHECKS) * 2 + way;
}

function wayBit(group: number, entry: number): number {
  return 1 << (((entry - group - ENTRIES) / CLIENT_ENTRY_WORDS) | 0);
}
