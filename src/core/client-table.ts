/**
 * The limits of each client, exact over all threads of the node: connections, new connections a second, requests
 * a second, violations.
 *
 * One table in shared memory of fixed size. Every call locks one group of 24 clients for well under a
 * microsecond, allocates nothing and does not throw. How clients find room is told in client-groups.ts, what is
 * kept of each in client-entry.ts. Limits come with each call, so a reload changes them for everybody at once,
 * while levels, being numbers of requests, keep their meaning.
 */
import { CONNECTIONS, countViolation, isPenalisedEntry } from './client-entry.ts';
import { ClientGroups } from './client-groups.ts';
import type { ClientLimits } from './client-limits.ts';
import {
  type ClientMemory,
  CONNECTION_LEVEL,
  elapsedSince,
  LAST_US,
  REQUEST_LEVEL,
  readLevel,
  writeNumber,
} from './client-numbers.ts';
import type { AddressWords } from './ip.ts';
import { drainedLevel, hasRoom, REQUEST_UNITS, retryAfterSeconds, toMicroseconds } from './rate-meter.ts';

/** Refusals of `admitConnection`; slots are not negative. */
export const CONNECTION_LIMIT = -1;
export const CONNECTION_RATE = -2;

export class ClientTable {
  readonly #groups: ClientGroups;
  readonly #memory: ClientMemory;

  /** Joins a table; the memory comes from `createClientTableMemory` and is shared by all threads. */
  constructor(memory: SharedArrayBuffer) {
    this.#groups = new ClientGroups(memory);
    this.#memory = this.#groups.memory;
  }

  /** Admits one connection and returns the slot to release it with, or a refusal, which consumes nothing. */
  admitConnection(words: AddressWords, nowMs: number, limits: ClientLimits): number {
    const groups = this.#groups;
    const memory = this.#memory;
    const group = groups.enter(words);
    const entry = groups.claim(group, toMicroseconds(nowMs), limits);
    const level = readLevel(memory, entry, CONNECTION_LEVEL);
    let outcome = entry;
    if (groups.connections(group, entry) >= limits.connectionsMax) outcome = CONNECTION_LIMIT;
    else if (!hasRoom(level, limits.newConnectionsPerSecond)) outcome = CONNECTION_RATE;
    else {
      memory.ints[entry + CONNECTIONS] = memory.ints[entry + CONNECTIONS]! + 1;
      writeNumber(memory, entry, CONNECTION_LEVEL, level + REQUEST_UNITS);
    }
    groups.leave(group);
    return outcome;
  }

  /** Gives a connection back, once for each slot that was returned; false where the client has none there. */
  releaseConnection(slot: number, words: AddressWords): boolean {
    const groups = this.#groups;
    const group = groups.enter(words);
    const own = groups.isPool(group, slot) || (slot >= 0 && groups.find(group) === slot);
    const released = own && groups.removeConnection(group, slot);
    groups.leave(group);
    return released;
  }

  /** Whether the client may send one more request now; a refused one consumes nothing. */
  admitRequest(words: AddressWords, nowMs: number, limits: ClientLimits): boolean {
    const groups = this.#groups;
    const memory = this.#memory;
    const group = groups.enter(words);
    const entry = groups.claim(group, toMicroseconds(nowMs), limits);
    const level = readLevel(memory, entry, REQUEST_LEVEL);
    const admitted = hasRoom(level, limits.requestCapacity);
    if (admitted) writeNumber(memory, entry, REQUEST_LEVEL, level + REQUEST_UNITS);
    groups.leave(group);
    return admitted;
  }

  /** Whole seconds, from 1, until the client may send a request again. */
  retryAfterSeconds(words: AddressWords, nowMs: number, limits: ClientLimits): number {
    const groups = this.#groups;
    const memory = this.#memory;
    const group = groups.enter(words);
    const own = groups.find(group);
    const entry = own < 0 ? groups.poolOf(group) : own;
    const elapsedUs = elapsedSince(memory, entry, LAST_US, toMicroseconds(nowMs));
    const before = readLevel(memory, entry, REQUEST_LEVEL);
    const level = drainedLevel(before, elapsedUs, limits.requestsPerSecond);
    groups.leave(group);
    return retryAfterSeconds(level, limits.requestCapacity, limits.requestsPerSecond);
  }

  /**
   * Counts a violation; true exactly once when `violationsMax` fell into one window, and then the count starts
   * anew. Always false for a client of a full group, which shares an entry with others.
   */
  addViolation(words: AddressWords, nowMs: number, limits: ClientLimits): boolean {
    const groups = this.#groups;
    const group = groups.enter(words);
    const nowUs = toMicroseconds(nowMs);
    const entry = groups.claim(group, nowUs, limits);
    const reached = !groups.isPool(group, entry) && countViolation(this.#memory, entry, nowUs, limits);
    groups.leave(group);
    return reached;
  }

  /** Whether the client's last violation is less than `penaltyMs` ago. */
  isPenalised(words: AddressWords, nowMs: number): boolean {
    const groups = this.#groups;
    const group = groups.enter(words);
    const entry = groups.find(group);
    const penalised = entry >= 0 && isPenalisedEntry(this.#memory, entry, toMicroseconds(nowMs));
    groups.leave(group);
    return penalised;
  }

  /** Entries in use, also by clients that have gone and could be evicted. */
  trackedClients(): number {
    return this.#groups.table.tracked();
  }

  /** About how many clients were seen within the last `withinMs`; reads the whole table, for gauges only. */
  activeClients(nowMs: number, withinMs: number): number {
    return this.#groups.countUsedWithin(toMicroseconds(nowMs), withinMs * 1000);
  }

  /** How often an entry went to another client; wraps at 2^32. */
  evictions(): number {
    return this.#groups.table.evictions();
  }

  /** How often a client had to share an entry because its group was full; wraps at 2^32. */
  overflows(): number {
    return this.#groups.table.overflows();
  }
}
