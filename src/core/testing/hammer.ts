/** A thread of the thread tests: waits for the common start, then hammers one shared table and reports counts. */
import { parentPort, workerData } from 'node:worker_threads';
import { BanTable } from '../ban-table.ts';
import { ClientTable } from '../client-table.ts';
import { ConnectionCounts } from '../connection-count.ts';
import { ConnectionLedger } from '../connection-ledger.ts';
import { ConnectionUnits } from '../connection-units.ts';
import { acquireLock, releaseLock } from '../spin-lock.ts';
import { testClient, testLimits } from './client.ts';

/** All that four threads share, whatever their task. */
export interface HammerMemory {
  /** Turns to 1 when all threads shall start. */
  readonly gate: SharedArrayBuffer;
  readonly lock: SharedArrayBuffer;
  readonly clients: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  readonly bans: SharedArrayBuffer;
  /** One for each thread. */
  readonly ledgers: readonly SharedArrayBuffer[];
}

export interface HammerTask {
  readonly kind: 'lock' | 'requests' | 'units' | 'bans';
  /** Position of this thread among the others. */
  readonly thread: number;
  readonly rounds: number;
  /** Requests, violations or connections of one client that fit. */
  readonly limit: number;
  readonly memory: HammerMemory;
}

const NOW_MS = 1_000_000;
const CLIENTS = 4;
const BAN_WRITERS = 2;
/** Two times that differ in all their parts. */
const BAN_ENDS_MS: readonly number[] = [2 ** 30 + 5, 3 * 2 ** 30 + 9];

function hammerRequests(task: HammerTask): number[] {
  const table = new ClientTable(task.memory.clients);
  const limits = testLimits({ requestCapacity: task.limit, requestsPerSecond: 1, violationsMax: task.limit });
  let admitted = 0;
  let reached = 0;
  for (let round = 0; round < task.rounds; round++) {
    for (let client = 0; client < CLIENTS; client++) {
      if (table.admitRequest(testClient(client), NOW_MS, limits)) admitted++;
      if (table.addViolation(testClient(client), NOW_MS, limits)) reached++;
    }
  }
  return [admitted, reached];
}

/** Holds up to ten connections at a time; the last ones are left to the main thread, as a crash would leave them. */
function hammerUnits(task: HammerTask): number[] {
  const counts = new ConnectionCounts(task.memory.counts);
  const ledger = new ConnectionLedger(task.memory.ledgers[task.thread]!);
  const units = new ConnectionUnits(counts, new ClientTable(task.memory.clients), ledger);
  const limits = testLimits({ connectionsMax: task.limit });
  const held: number[] = [];
  let highest = 0;
  for (let round = 0; round < task.rounds; round++) {
    const handle = units.open(testClient(round % CLIENTS), NOW_MS, limits, task.limit * 2);
    highest = Math.max(highest, counts.connections.value());
    if (handle >= 0) {
      held.push(handle);
      units.beginHandshake(handle, task.limit);
      if (round % 3 === 0) units.endHandshake(handle);
    }
    if (held.length > 10 || handle < 0) for (const old of held.splice(0, 5)) units.close(old);
  }
  return [highest, held.length];
}

/**
 * Two threads ban, lift and sweep, and change the ends of bans that are always in force; the others must see one
 * of the two ends, never half of each, and no ban of a client that has none.
 */
function hammerBans(task: HammerTask): number[] {
  const table = new BanTable(task.memory.bans);
  const finished = new Int32Array(task.memory.lock);
  let wrong = 0;
  if (task.thread < BAN_WRITERS) {
    for (let round = 0; round < task.rounds; round++) writeBans(table, task.thread, round);
    Atomics.add(finished, 0, 1);
  } else {
    for (let round = 0; Atomics.load(finished, 0) < BAN_WRITERS; round++) {
      const client = testClient(round % CLIENTS);
      if (!BAN_ENDS_MS.includes(table.endMs(client)) || !table.isBanned(client, NOW_MS)) wrong++;
      if (table.isBanned(testClient(5000 + (round % 1000)), NOW_MS)) wrong++;
    }
  }
  return [wrong];
}

function writeBans(table: BanTable, thread: number, round: number): void {
  const other = testClient(1000 + thread * 1000 + (round % 3));
  table.ban(other, NOW_MS, 1000, 2, 60_000);
  if (round % 2 === 0) table.lift(other);
  if (round % 100 === 0) table.sweep(NOW_MS + 1e9, 60_000 + 1e9);
  table.set(testClient(round % CLIENTS), NOW_MS, BAN_ENDS_MS[(round >> 2) & 1]!, 0);
}

/** Adds to a plain word under the lock, which loses nothing only if the lock excludes. */
function hammerLock(task: HammerTask): number[] {
  const words = new Int32Array(task.memory.lock);
  for (let round = 0; round < task.rounds; round++) {
    acquireLock(words, 0, task.thread + 1);
    words[1] = words[1]! + 1;
    releaseLock(words, 0, task.thread + 1);
  }
  return [];
}

const HAMMERS = { requests: hammerRequests, units: hammerUnits, bans: hammerBans, lock: hammerLock } as const;

const task: HammerTask = workerData;
parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(task.memory.gate), 0, 0);
parentPort?.postMessage(HAMMERS[task.kind](task));
