import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBanTableMemory } from './ban-slots.ts';
import { ALREADY_BANNED, BAN_REFUSED, BanTable } from './ban-table.ts';
import { TEST_SEED, testClient } from './testing/client.ts';

const START_MS = 1_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function createTable(bansMax = 64): BanTable {
  return new BanTable(createBanTableMemory(bansMax, TEST_SEED));
}

describe('a ban', () => {
  it('is in force until it ends, for its client only', () => {
    const table = createTable();
    assert.equal(table.isBanned(testClient(1), START_MS), false);
    assert.equal(table.ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS), HOUR_MS);
    assert.equal(table.isBanned(testClient(1), START_MS), true);
    assert.equal(table.isBanned(testClient(2), START_MS), false);
    assert.equal(table.isBanned(testClient(1), START_MS + HOUR_MS - 1), true);
    assert.equal(table.isBanned(testClient(1), START_MS + HOUR_MS), false);
  });

  it('grows with each repeat up to the maximum', () => {
    const table = createTable();
    const durations: number[] = [];
    let nowMs = START_MS;
    for (let repeat = 0; repeat < 8; repeat++) {
      durations.push(table.ban(testClient(1), nowMs, HOUR_MS, 2, DAY_MS) / HOUR_MS);
      nowMs = table.endMs(testClient(1)) + 1;
    }
    assert.deepEqual(durations, [1, 2, 4, 8, 16, 24, 24, 24]);
  });

  it('is short again once its end is longer ago than the maximum', () => {
    const table = createTable();
    table.ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS);
    assert.equal(table.ban(testClient(1), START_MS + HOUR_MS + DAY_MS - 1, HOUR_MS, 2, DAY_MS), 2 * HOUR_MS);
    const endMs = table.endMs(testClient(1));
    assert.equal(table.ban(testClient(1), endMs + DAY_MS, HOUR_MS, 2, DAY_MS), HOUR_MS);
  });

  it('does not repeat while it is in force, but ends with the later of two', () => {
    const table = createTable();
    table.set(testClient(1), START_MS, START_MS + 60_000, 0);
    assert.equal(table.ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS), ALREADY_BANNED);
    assert.equal(table.endMs(testClient(1)), START_MS + HOUR_MS);
    assert.equal(table.ban(testClient(2), START_MS, HOUR_MS, 2, DAY_MS), HOUR_MS);
    assert.equal(table.ban(testClient(2), START_MS, HOUR_MS, 2, DAY_MS), ALREADY_BANNED);
    assert.equal(table.endMs(testClient(2)), START_MS + HOUR_MS);
    assert.equal(table.ban(testClient(2), START_MS + HOUR_MS, HOUR_MS, 2, DAY_MS), 2 * HOUR_MS);
  });

  it('can be lifted, and nothing of it is kept', () => {
    const table = createTable();
    table.ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS);
    assert.equal(table.lift(testClient(1)), true);
    assert.equal(table.lift(testClient(1)), false);
    assert.equal(table.isBanned(testClient(1), START_MS), false);
    assert.equal(table.ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS), HOUR_MS);
  });

  it('can be set, listed and counted', () => {
    const table = createTable();
    table.set(testClient(1), START_MS, START_MS + 10.5, 3);
    table.set(testClient(2), START_MS, START_MS - 10, 1);
    const listed: unknown[] = [];
    table.forEach((words, endMs, repeats) => {
      listed.push([[...words], endMs - START_MS, repeats]);
    });
    assert.deepEqual(
      listed.sort(),
      [
        [[...testClient(1)], 11, 3],
        [[...testClient(2)], -10, 1],
      ].sort(),
    );
    assert.equal(table.size(), 2);
    assert.equal(table.inForce(START_MS), 1);
    table.set(testClient(1), START_MS, START_MS + 5, 3);
    assert.equal(table.isBanned(testClient(1), START_MS + 5), false);
  });

  it('keeps an end that is many years away', () => {
    const table = createTable();
    table.set(testClient(1), START_MS, 2 ** 45, 0);
    assert.equal(table.isBanned(testClient(1), 2 ** 45 - 1), true);
    assert.equal(table.isBanned(testClient(1), 2 ** 45), false);
  });
});

describe('a full ban table', () => {
  it('refuses and counts a new ban while all others are in force', () => {
    const table = createTable(4);
    for (let client = 0; client < 4; client++)
      table.ban(testClient(client), START_MS + client, HOUR_MS, 2, DAY_MS);
    assert.equal(table.ban(testClient(9), START_MS + 10, HOUR_MS, 2, DAY_MS), BAN_REFUSED);
    assert.equal(table.set(testClient(9), START_MS + 10, START_MS + HOUR_MS, 0), false);
    assert.equal(table.refused(), 2);
    assert.equal(table.isBanned(testClient(9), START_MS + 10), false);
    for (let client = 0; client < 4; client++)
      assert.equal(table.isBanned(testClient(client), START_MS + 10), true);
    assert.equal(table.ban(testClient(2), START_MS + 10, HOUR_MS, 2, DAY_MS), ALREADY_BANNED);
  });

  it('replaces a ban that has ended', () => {
    const table = createTable(4);
    for (let client = 0; client < 4; client++)
      table.ban(testClient(client), START_MS + client, HOUR_MS, 2, DAY_MS);
    assert.equal(table.ban(testClient(8), START_MS + 10, HOUR_MS, 2, DAY_MS), BAN_REFUSED);
    assert.equal(table.ban(testClient(9), START_MS + HOUR_MS, HOUR_MS, 2, DAY_MS), HOUR_MS);
    assert.equal(table.endMs(testClient(0)), 0);
    assert.equal(table.size(), 4);
  });

  it('has room again after one is lifted, shortened or swept', () => {
    const table = createTable(2);
    const ban = (client: number, nowMs: number) => table.ban(testClient(client), nowMs, HOUR_MS, 2, DAY_MS);
    ban(0, START_MS);
    ban(1, START_MS);
    assert.equal(ban(2, START_MS), BAN_REFUSED);
    table.lift(testClient(0));
    assert.equal(ban(2, START_MS), HOUR_MS);
    assert.equal(ban(3, START_MS), BAN_REFUSED);
    table.set(testClient(1), START_MS, START_MS + 1, 1);
    assert.equal(ban(3, START_MS + 1), HOUR_MS);
    table.sweep(START_MS + HOUR_MS + DAY_MS + 2, DAY_MS);
    assert.equal(table.size(), 0);
  });

  it('has no entries at all where its size is 0', () => {
    assert.equal(createTable(0).ban(testClient(1), START_MS, HOUR_MS, 2, DAY_MS), BAN_REFUSED);
  });
});
