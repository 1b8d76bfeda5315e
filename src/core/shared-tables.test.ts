/** The shared tables under four real threads. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createBanTableMemory } from './ban-slots.ts';
import { BanTable } from './ban-table.ts';
import { createClientTableMemory } from './client-groups.ts';
import { ClientTable } from './client-table.ts';
import { ConnectionCounts, createConnectionCountsMemory } from './connection-count.ts';
import { ConnectionLedger, createLedgerMemory } from './connection-ledger.ts';
import { ConnectionUnits } from './connection-units.ts';
import { acquireLock, releaseLock } from './spin-lock.ts';
import { TEST_SEED, testClient, testLimits } from './testing/client.ts';
import type { HammerMemory, HammerTask } from './testing/hammer.ts';

const THREADS = 4;
const NOW_MS = 1_000_000;

function createMemory(): HammerMemory {
  return {
    gate: new SharedArrayBuffer(4),
    lock: new SharedArrayBuffer(8),
    clients: createClientTableMemory(8, TEST_SEED),
    counts: createConnectionCountsMemory(),
    bans: createBanTableMemory(8, TEST_SEED),
    ledgers: Array.from({ length: THREADS }, () => createLedgerMemory(64)),
  };
}

/** Runs one task in four threads that start together; returns what each reported. */
async function hammer(
  memory: HammerMemory,
  kind: HammerTask['kind'],
  rounds: number,
  limit = 0,
): Promise<number[][]> {
  const workers = Array.from({ length: THREADS }, (_, thread) => {
    const workerData: HammerTask = { kind, thread, rounds, limit, memory };
    return new Worker(new URL('./testing/hammer.ts', import.meta.url), { workerData });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const reports = workers.map(async (worker) => {
    const [[report]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return report as number[];
  });
  const gate = new Int32Array(memory.gate);
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  return Promise.all(reports);
}

function sum(reports: readonly number[][], column: number): number {
  return reports.reduce((total, report) => total + report[column]!, 0);
}

describe('four threads', () => {
  it('exclude each other by the lock', async () => {
    const memory = createMemory();
    await hammer(memory, 'lock', 50_000);
    assert.deepEqual([...new Int32Array(memory.lock)], [0, THREADS * 50_000]);
  });

  it('admit together exactly what each client may send, and find each maximum once', async () => {
    const reports = await hammer(createMemory(), 'requests', 10_000, 1500);
    assert.equal(sum(reports, 0), 4 * 1500);
    assert.equal(sum(reports, 1), 4 * Math.floor((THREADS * 10_000) / 1500));
  });

  it('never hold more connections than allowed, and leave none behind', async () => {
    const memory = createMemory();
    const limit = 12;
    const reports = await hammer(memory, 'units', 20_000, limit);
    const counts = new ConnectionCounts(memory.counts);
    assert.ok(reports.every(([highest]) => highest! <= 2 * limit));
    assert.equal(counts.connections.value(), sum(reports, 1));
    const clients = new ClientTable(memory.clients);
    for (const ledger of memory.ledgers)
      new ConnectionUnits(counts, clients, new ConnectionLedger(ledger)).closeAll();
    assert.deepEqual([counts.connections.value(), counts.handshakes.value()], [0, 0]);
    for (let client = 0; client < 4; client++) {
      const open = () =>
        clients.admitConnection(testClient(client), NOW_MS, testLimits({ connectionsMax: limit }));
      assert.equal(Array.from({ length: 100 }, open).filter((slot) => slot >= 0).length, limit);
    }
  });

  it('read bans rightly while two of them write', async () => {
    const memory = createMemory();
    const table = new BanTable(memory.bans);
    for (let client = 0; client < 4; client++) table.set(testClient(client), NOW_MS, 2 ** 30 + 5, 0);
    const reports = await hammer(memory, 'bans', 60_000);
    assert.equal(sum(reports, 0), 0);
    for (let client = 1000; client < 3000; client++) table.lift(testClient(client));
    assert.equal(table.size(), 4);
  });
});

describe('a lock whose owner is gone', () => {
  it('is taken over by whoever waits for it, and the late release of the owner is ignored', () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    acquireLock(shared, 0, 1);
    acquireLock(shared, 0, 2);
    assert.equal(shared[0], 2);
    releaseLock(shared, 0, 1);
    assert.equal(shared[0], 2);
    releaseLock(shared, 0, 2);
    assert.equal(shared[0], 0);
  });
});
