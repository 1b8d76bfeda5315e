import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editDistance, nearestName } from './suggest.ts';

describe('editDistance', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['listen_adr', 'listen_addr', 1],
    ['kitten', 'sitting', 3],
  ];
  for (const [from, to, distance] of cases) {
    it(`counts ${distance} from "${from}" to "${to}"`, () => {
      assert.equal(editDistance(from, to), distance);
      assert.equal(editDistance(to, from), distance);
    });
  }
});

describe('nearestName', () => {
  it('finds the name that was meant', () => {
    assert.equal(nearestName('brust_size', ['window_seconds', 'burst_size']), 'burst_size');
  });

  it('does not guess where nothing is near', () => {
    assert.equal(nearestName('colour', ['burst_size', 'level']), null);
  });

  it('does not compare names of any length', () => {
    assert.equal(nearestName('a'.repeat(1_000_000), ['a']), null);
  });
});
