import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetLimitTable } from './fleet-limit-table.ts';
import { createFleetSlotsMemory, FLEET_SLOTS } from './fleet-slots.ts';
import { createLimitTableMemory } from './limit-groups.ts';
import { slidingWindow } from './limit-rate.ts';
import { TEST_SEED } from './testing/client.ts';

const RATE = slidingWindow(5, 6, 20, 7000);
const SHARE = { own: 4, hotAt: 2 };
const START_MS = 100_000;

/** The table as a worker has it, and as the main thread has it. */
function createTables(keysMax = 1024) {
  const limits = createLimitTableMemory(keysMax, TEST_SEED);
  const slots = createFleetSlotsMemory(TEST_SEED);
  const worker = new FleetLimitTable(limits, slots);
  const main = new FleetLimitTable(limits, slots);
  /** How many of so many requests pass. */
  const ask = (key: number, times: number, nowMs: number): number => {
    let passed = 0;
    for (let time = 0; time < times; time++) {
      if (worker.charge(key, Math.imul(key, 7), nowMs, RATE, SHARE) === 0) passed += 1;
    }
    return passed;
  };
  return { main, worker, ask };
}

describe('a limit of the fleet', () => {
  it('has the own share of the node while nobody has said otherwise', () => {
    const { ask } = createTables();
    assert.equal(ask(1, 10, START_MS), SHARE.own);
    assert.equal(ask(2, 10, START_MS), SHARE.own);
    assert.equal(ask(1, 10, START_MS + 8000), SHARE.own);
  });

  it('has what the fleet allows, more or less, until that runs out', () => {
    const { main, ask } = createTables();
    assert.equal(ask(1, 10, START_MS), SHARE.own);
    main.allow(1, 7, 15, START_MS + 1000);
    assert.equal(ask(1, 20, START_MS), 11);
    main.allow(1, 7, 1, START_MS + 20_000);
    assert.equal(ask(1, 20, START_MS + 8000), 1);
    assert.equal(ask(1, 20, START_MS + 20_000), SHARE.own);
  });

  it('tells of keys that are used enough, and of no others', () => {
    const { main, ask } = createTables();
    ask(1, 1, START_MS);
    ask(2, 3, START_MS);
    const [key, ...others] = main.hotKeys();
    assert.deepEqual(others, []);
    const standing = main.settle(key!, RATE, SHARE, START_MS);
    assert.equal(standing?.low, 2);
    assert.equal(standing?.used, 3);
    assert.equal(standing?.allowance, SHARE.own);
  });

  it('takes back what the fleet allowed for a key that is hardly used any more', () => {
    const { main, ask } = createTables();
    ask(1, 3, START_MS);
    main.allow(1, 7, 20, START_MS + 60_000);
    assert.equal(main.settle(main.hotKeys()[0]!, RATE, SHARE, START_MS + 9000), null);
    assert.deepEqual(main.hotKeys(), []);
    assert.equal(ask(1, 20, START_MS + 9000), SHARE.own);
  });

  it('keeps a key in sight that was cut below the own share for as long as it is used at all', () => {
    const { main, ask } = createTables();
    ask(1, 3, START_MS);
    main.allow(1, 7, 1, START_MS + 60_000);
    ask(1, 1, START_MS + 7900);
    ask(1, 1, START_MS + 9000);
    assert.equal(main.settle(main.hotKeys()[0]!, RATE, SHARE, START_MS + 9000)?.used, 1);
    assert.equal(main.settle(main.hotKeys()[0]!, RATE, SHARE, START_MS + 20_000), null);
  });

  it('gives keys beyond its slots their own share, and counts them', () => {
    const { main, worker, ask } = createTables(4 * FLEET_SLOTS);
    // As a hash would spread them over the table.
    for (let key = 1; key <= 2 * FLEET_SLOTS; key++) {
      assert.equal(ask(Math.imul(key, 0x9e3779b1), 6, START_MS), SHARE.own);
    }
    assert.ok(main.hotKeys().length <= FLEET_SLOTS);
    assert.ok(main.hotKeys().length > 0.9 * FLEET_SLOTS);
    assert.ok(worker.overflows > 0);
  });

  it('lets keys that share an entry of a full table have no more than one share together', () => {
    const { ask } = createTables(12);
    for (let key = 1; key <= 16; key++) ask(key, 2, START_MS);
    let passed = 0;
    for (let key = 17; key <= 40; key++) passed += ask(key, 1, START_MS);
    assert.equal(passed, SHARE.own);
  });

  it('begins anew with the secret of another fleet', () => {
    const { main, worker, ask } = createTables();
    ask(1, 3, START_MS);
    main.setSeed({ low: 8, high: 9 });
    assert.deepEqual(main.hotKeys(), []);
    assert.equal(worker.seed.low, 8);
    assert.equal(worker.seed.high, 9);
  });
});
