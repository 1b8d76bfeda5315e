/**
 * The limits of each client, exact over all threads of the node: connections, new connections a second, requests
 * a second, violations.
 *
 * One table in shared memory of fixed size. Every call locks one group of eight clients for well under a
 * microsecond, allocates nothing and does not throw. How clients find room is told in client-groups.ts, what is
 * kept of each in client-entry.ts. Limits come with each call, so a reload changes them for everybody at once,
 * while levels, being numbers of requests, keep their meaning.
 */
import {
  CONNECTION_LEVEL,
  CONNECTIONS,
  countViolation,
  hasKey,
  isPenalisedEntry,
  LAST_US,
  REQUEST_LEVEL,
} from './client-entry.ts';
import { ClientGroups } from './client-groups.ts';
import type { ClientLimits } from './client-limits.ts';
import type { AddressWords } from './ip.ts';
import { drainedLevel, hasRoom, REQUEST_UNITS, retryAfterSeconds, toMicroseconds } from './rate-meter.ts';

/** Refusals of `admitConnection`; slots are not negative. */
export const CONNECTION_LIMIT = -1;
export const CONNECTION_RATE = -2;

export class ClientTable {
  readonly #groups: ClientGroups;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;

  /** Joins a table; the memory comes from `createClientTableMemory` and is shared by all threads. */
  constructor(memory: SharedArrayBuffer) {
    this.#groups = new ClientGroups(memory);
    this.#ints = this.#groups.memory.ints;
    this.#floats = this.#groups.memory.floats;
  }

  /** Admits one connection and returns the slot to release it with, or a refusal, which consumes nothing. */
  admitConnection(words: AddressWords, nowMs: number, limits: ClientLimits): number {
    const groups = this.#groups;
    const hash = groups.hash(words);
    const group = groups.enter(hash);
    const entry = groups.claim(group, hash, words, toMicroseconds(nowMs), limits);
    const levelAt = (entry >> 1) + CONNECTION_LEVEL;
    const level = this.#floats[levelAt]!;
    let outcome = entry;
    if (groups.connections(group, entry) >= limits.connectionsMax) outcome = CONNECTION_LIMIT;
    else if (!hasRoom(level, limits.newConnectionsPerSecond)) outcome = CONNECTION_RATE;
    else {
      this.#ints[entry + CONNECTIONS] = this.#ints[entry + CONNECTIONS]! + 1;
      this.#floats[levelAt] = level + REQUEST_UNITS;
    }
    groups.leave(group);
    return outcome;
  }

  /** Gives a connection back, once for each slot that was returned; false where the client has none there. */
  releaseConnection(slot: number, words: AddressWords): boolean {
    const groups = this.#groups;
    const group = groups.enterAt(slot);
    if (group < 0) return false;
    const own = groups.isPool(group, slot) || hasKey(this.#ints, slot, words);
    const released = own && groups.removeConnection(group, slot);
    groups.leave(group);
    return released;
  }

  /** Whether the client may send one more request now; a refused one consumes nothing. */
  admitRequest(words: AddressWords, nowMs: number, limits: ClientLimits): boolean {
    const groups = this.#groups;
    const hash = groups.hash(words);
    const group = groups.enter(hash);
    const entry = groups.claim(group, hash, words, toMicroseconds(nowMs), limits);
    const levelAt = (entry >> 1) + REQUEST_LEVEL;
    const level = this.#floats[levelAt]!;
    const admitted = hasRoom(level, limits.requestCapacity);
    if (admitted) this.#floats[levelAt] = level + REQUEST_UNITS;
    groups.leave(group);
    return admitted;
  }

  /** Whole seconds, from 1, until the client may send a request again. */
  retryAfterSeconds(words: AddressWords, nowMs: number, limits: ClientLimits): number {
    const groups = this.#groups;
    const hash = groups.hash(words);
    const group = groups.enter(hash);
    const own = groups.find(group, hash, words);
    const at = (own < 0 ? groups.poolOf(group) : own) >> 1;
    const elapsedUs = toMicroseconds(nowMs) - this.#floats[at + LAST_US]!;
    const level = drainedLevel(this.#floats[at + REQUEST_LEVEL]!, elapsedUs, limits.requestsPerSecond);
    groups.leave(group);
    return retryAfterSeconds(level, limits.requestCapacity, limits.requestsPerSecond);
  }

  /**
   * Counts a violation; true exactly once when `violationsMax` fell into one window, and then the count starts
   * anew. Always false for a client of a full group, which shares an entry with others.
   */
  addViolation(words: AddressWords, nowMs: number, limits: ClientLimits): boolean {
    const groups = this.#groups;
    const hash = groups.hash(words);
    const group = groups.enter(hash);
    const entry = groups.claim(group, hash, words, toMicroseconds(nowMs), limits);
    const reached = !groups.isPool(group, entry) && countViolation(groups.memory, entry, nowMs, limits);
    groups.leave(group);
    return reached;
  }

  /** Whether the client's last violation is less than `penaltyMs` ago. */
  isPenalised(words: AddressWords, nowMs: number): boolean {
    const groups = this.#groups;
    const hash = groups.hash(words);
    const group = groups.enter(hash);
    const entry = groups.find(group, hash, words);
    const penalised = entry >= 0 && isPenalisedEntry(groups.memory, entry, nowMs);
    groups.leave(group);
    return penalised;
  }

  /** Entries in use, also by clients that have gone and could be evicted. */
  trackedClients(): number {
    return this.#groups.tracked();
  }

  /** About how many clients were seen within the last `withinMs`; reads the whole table, for gauges only. */
  activeClients(nowMs: number, withinMs: number): number {
    return this.#groups.countUsedSince(toMicroseconds(nowMs - withinMs));
  }

  /** How often an entry went to another client; wraps at 2^32. */
  evictions(): number {
    return this.#groups.evictions();
  }

  /** How often a client had to share an entry because its group was full; wraps at 2^32. */
  overflows(): number {
    return this.#groups.overflows();
  }
}
