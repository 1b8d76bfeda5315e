import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { FleetLimitTable } from './fleet-limit-table.ts';
import { createFleetSlotsMemory } from './fleet-slots.ts';
import { createLimitCountsMemory, LimitCounts } from './limit-counts.ts';
import { createLimitTableMemory } from './limit-groups.ts';
import { type LimitRate, slidingWindow, tokenBucket } from './limit-rate.ts';
import { LimitTable } from './limit-table.ts';
import { TEST_SEED } from './testing/client.ts';
import type { LimitHammerTask } from './testing/limit-hammer.ts';

const START_MS = 1_000_000;
/** A table of one group. */
const WAYS = 16;
const SMALL = 12;

function createTable(keysMax: number): LimitTable {
  return new LimitTable(createLimitTableMemory(keysMax, TEST_SEED));
}

/** How many of `attempts` requests pass. */
function passing(table: LimitTable, key: number, nowMs: number, rate: LimitRate, attempts = 500): number {
  let passed = 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (table.charge(key, key, nowMs, rate) === 0) passed++;
  }
  return passed;
}

describe('a token bucket', () => {
  const rate = tokenBucket(1, 1, 100, 150);

  it('lets its burst pass at once and the rate from then on', () => {
    const table = createTable(1024);
    assert.equal(passing(table, 7, START_MS, rate), 150);
    assert.equal(passing(table, 7, START_MS + 9.999, rate), 0);
    assert.equal(passing(table, 7, START_MS + 10, rate), 1);
    assert.equal(passing(table, 7, START_MS + 1010, rate), 100);
    assert.equal(passing(table, 7, START_MS + 3_600_000, rate), 150);
    assert.equal(passing(table, 8, START_MS, rate), 150);
  });

  it('may be slower than a request a second, and names the time to wait', () => {
    const table = createTable(1024);
    const slow = tokenBucket(1, 1, 0.1, 2);
    assert.equal(passing(table, 7, START_MS, slow), 2);
    assert.equal(table.charge(7, 7, START_MS, slow), 10);
    assert.equal(table.charge(7, 7, START_MS + 9999, slow), 1);
    assert.equal(table.charge(7, 7, START_MS + 10_000, slow), 0);
  });

  it('gives nothing back when a clock is behind', () => {
    const table = createTable(1024);
    passing(table, 7, START_MS, rate);
    assert.equal(passing(table, 7, START_MS - 5000, rate), 0);
    assert.equal(passing(table, 7, START_MS + 9, rate), 0);
  });

  it('keeps its level as a number of requests when rate and burst change', () => {
    const table = createTable(1024);
    passing(table, 7, START_MS, rate, 100);
    assert.equal(passing(table, 7, START_MS, tokenBucket(1, 1, 1, 120)), 20);
    assert.equal(passing(table, 7, START_MS, tokenBucket(1, 1, 1, 50)), 0);
    assert.equal(passing(table, 7, START_MS + 1000, tokenBucket(1, 1, 1000, 50)), 50);
  });
});

describe('a sliding window', () => {
  const rate = slidingWindow(2, 2, 70, 7000);

  it('lets exactly its count pass, and forgets at most a seventh of the window late', () => {
    const table = createTable(1024);
    assert.equal(passing(table, 7, START_MS, rate), 70);
    assert.equal(passing(table, 7, START_MS + 7000, rate), 0);
    assert.equal(table.charge(7, 7, START_MS, rate), 8);
    assert.equal(passing(table, 7, START_MS + 7999, rate), 0);
    assert.equal(passing(table, 7, START_MS + 8000, rate), 70);
  });

  it('forgets slice by slice', () => {
    const table = createTable(1024);
    for (let slice = 0; slice < 7; slice++) {
      assert.equal(passing(table, 7, START_MS + slice * 1000, rate, 10), 10);
    }
    assert.equal(passing(table, 7, START_MS + 7000, rate), 0);
    assert.equal(passing(table, 7, START_MS + 8000, rate), 10);
    assert.equal(passing(table, 7, START_MS + 10_500, rate), 20);
  });

  it('keeps its count when it shrinks, and names the time until enough is forgotten', () => {
    const table = createTable(1024);
    passing(table, 7, START_MS, rate, 30);
    passing(table, 7, START_MS + 3000, rate, 30);
    assert.equal(table.charge(7, 7, START_MS + 3000, slidingWindow(2, 2, 20, 7000)), 8);
    assert.equal(table.charge(7, 7, START_MS + 3000, slidingWindow(2, 2, 40, 7000)), 5);
  });

  it('counts up to its largest count', () => {
    const table = createTable(1024);
    const large = slidingWindow(2, 2, 65_535, 1000);
    assert.equal(passing(table, 7, START_MS, large, 70_000), 65_535);
  });
});

describe('a full group', () => {
  const rate = tokenBucket(1, 1, 1, 4);

  /** All sixteen entries are held by other keys. */
  function createFull(): LimitTable {
    const table = createTable(SMALL);
    for (let key = 100; key < 100 + WAYS; key++) passing(table, key, START_MS, rate);
    assert.equal(table.trackedKeys(), WAYS);
    return table;
  }

  it('makes newcomers of a limit share the allowance of one', () => {
    const table = createFull();
    assert.equal(passing(table, 1, START_MS, rate, 3), 3);
    assert.equal(passing(table, 2, START_MS, rate), 1);
    assert.equal(passing(table, 3, START_MS, rate), 0);
    assert.ok(table.overflows() > 0);
    assert.equal(table.evictions(), 0);
    assert.equal(table.trackedKeys(), WAYS);
  });

  it('gives newcomers of other limits an allowance of their own, for up to four limits', () => {
    const table = createFull();
    for (let limit = 1; limit <= 4; limit++) {
      assert.equal(passing(table, 1000 + limit, START_MS, tokenBucket(limit, limit, 1, 4)), 4);
    }
    assert.equal(table.charge(2000, 2000, START_MS, tokenBucket(5, 5, 1, 4)), 1);
  });

  it('hands out no fresh allowance to a key that comes back or leaves the shared one', () => {
    const table = createFull();
    const slow = tokenBucket(9, 9, 0.01, 4);
    assert.equal(passing(table, 1, START_MS, slow), 4);
    assert.equal(passing(table, 100, START_MS + 100, rate), 0);
    // By now the sixteen are void, and the newcomer gets an entry of its own.
    assert.equal(passing(table, 1, START_MS + 10_000, slow), 0);
    assert.equal(table.evictions(), 1);
  });

  it('keeps busy keys and lets drained ones go at every time, also where the kept ends turn over', () => {
    const turnMs = (2 ** 32 * 65_536) / 1000;
    for (const startMs of [10, 1.8e12, turnMs / 2 - 500, turnMs - 500]) {
      const table = createTable(SMALL);
      for (let key = 100; key < 100 + WAYS; key++) assert.equal(passing(table, key, startMs, rate), 4);
      assert.equal(passing(table, 1, startMs + 1000, rate), 4);
      assert.equal(passing(table, 100, startMs + 1000, rate), 1);
      assert.equal(table.evictions(), 0);
      assert.equal(passing(table, 2, startMs + 4100, rate), 3);
      assert.equal(table.evictions(), 1);
    }
  });

  it('keeps a key whose bucket takes years to drain', () => {
    const table = createTable(SMALL);
    const years = tokenBucket(7, 7, 0.001, 200_000);
    for (let key = 100; key < 100 + WAYS; key++) passing(table, key, 1.8e12, years, 200_000);
    table.charge(1, 1, 1.8e12 + 1e11, years);
    assert.deepEqual([table.evictions(), table.overflows()], [0, 1]);
  });

  it('has room again once its keys have drained', () => {
    const table = createFull();
    for (let key = 1; key <= WAYS; key++) assert.equal(passing(table, key, START_MS + 60_000, rate), 4);
    assert.equal(table.evictions(), WAYS);
  });
});

describe('the size of the table', () => {
  it('is within 64 MB for a million keys, and holds nearly all of them apart', () => {
    const memory = createLimitTableMemory(1_000_000, TEST_SEED);
    assert.ok(memory.byteLength <= 64_000_000);
    const table = new LimitTable(memory);
    const rate = tokenBucket(1, 1, 0.001, 1);
    const random = spread();
    let passed = 0;
    for (let key = 1; key <= 1_000_000; key++) {
      if (table.charge(random(), key, START_MS, rate) === 0) passed++;
    }
    assert.ok(passed > 980_000);
    assert.ok(table.trackedKeys() > 970_000 && table.trackedKeys() <= 1_000_000);
    assert.equal(table.evictions(), 0);
  });
});

/** Words that are spread as hashes are; the same in every run. */
function spread(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return (mixed ^ (mixed >>> 12)) | 1;
  };
}

describe('four threads', () => {
  it('let exactly pass what a limit allows, and lose no refusal', async () => {
    const [threads, rounds, limit, keys] = [4, 5000, 1500, 4];
    const task: LimitHammerTask = {
      gate: new SharedArrayBuffer(4),
      table: createLimitTableMemory(SMALL, TEST_SEED),
      counts: createLimitCountsMemory(),
      slots: createFleetSlotsMemory(TEST_SEED),
      share: { own: 300, hotAt: 150 },
      rounds,
      limit,
    };
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./testing/limit-hammer.ts', import.meta.url), { workerData: task }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const reports = workers.map(async (worker) => {
      const [[report]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
      return report as number[];
    });
    Atomics.store(new Int32Array(task.gate), 0, 1);
    Atomics.notify(new Int32Array(task.gate), 0);
    const passed = await Promise.all(reports);
    const counts = new LimitCounts(task.counts);
    for (const [index, identity] of [1, 2].entries()) {
      assert.equal(
        passed.reduce((sum, report) => sum + report[index]!, 0),
        keys * limit,
      );
      assert.equal(counts.read(identity, identity).refused, threads * rounds * keys - keys * limit);
    }
    assert.equal(
      passed.reduce((sum, report) => sum + report[2]!, 0),
      task.share.own,
    );
    const hot = new FleetLimitTable(task.table, task.slots).hotKeys();
    assert.deepEqual(
      hot.map(({ low }) => low),
      [13],
    );
  });
});
