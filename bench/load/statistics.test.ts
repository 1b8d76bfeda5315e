import assert from 'node:assert/strict';
import { it } from 'node:test';
import { median, pairedRatios, spread } from './statistics.ts';

it('takes the middle of odd and even counts', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

it('gives the range beside the median', () => {
  assert.deepEqual(spread([2, 9, 4]), { median: 4, min: 2, max: 9 });
});

it('compares round by round, as far as both series go', () => {
  assert.deepEqual(pairedRatios([2, 6, 9], [1, 2]), [2, 3]);
});
