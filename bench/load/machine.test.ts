import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findFamily, parseCoreList, parseStat, readResidentKib, readTicks } from './machine.ts';

it('reads processor lists', () => {
  assert.deepEqual(parseCoreList('0-2,5\n'), [0, 1, 2, 5]);
  assert.deepEqual(parseCoreList('3'), [3]);
});

it('reads times behind a process name with spaces and parentheses', () => {
  const stat = '42 (odd ) name) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 9 9 20 0 1 0 100 0 0';
  assert.deepEqual(parseStat(stat), { parent: 7, ticks: 200 });
});

it('counts time and memory of living processes and nothing of ended ones', () => {
  const family = findFamily(process.pid);
  assert.equal(family[0], process.pid);
  assert.ok(readResidentKib([process.pid]) > 1000);
  assert.ok(readTicks([process.pid]) > 0);
  assert.equal(readTicks([2 ** 30]), 0);
});
