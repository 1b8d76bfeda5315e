import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './balance.ts';
import { RoundRobin } from './round-robin.ts';

function candidates(shares: readonly number[]): readonly Candidate[] {
  return shares.map((share, place) => ({ id: String(place), share, load: 0, latencyMs: 0 }));
}

const sharesOf = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 });

describe('round robin', () => {
  it('gives every origin exactly its share of each whole round', () => {
    fc.assert(
      fc.property(sharesOf, fc.integer({ min: 1, max: 3 }), (shares, rounds) => {
        const total = shares.reduce((sum, share) => sum + share, 0);
        const counts = shares.map(() => 0);
        const balance = new RoundRobin();
        const group = candidates(shares);
        for (let turn = 0; turn < total * rounds; turn++) counts[balance.pick(group)]!++;
        assert.deepEqual(
          counts,
          shares.map((share) => share * rounds),
        );
      }),
    );
  });

  it('picks nobody where all shares are 0', () => {
    assert.equal(new RoundRobin().pick(candidates([0, 0])), -1);
    assert.equal(new RoundRobin().pick([]), -1);
  });

  it('spreads a heavy origin over the round', () => {
    const balance = new RoundRobin();
    const group = candidates([5, 1, 1]);
    assert.equal(Array.from({ length: 7 }, () => balance.pick(group)).join(''), '0010200');
  });

  it('does not make up for the time that an origin was away', () => {
    const balance = new RoundRobin();
    for (let turn = 0; turn < 100; turn++) balance.pick(candidates([1, 0]));
    const back = Array.from({ length: 4 }, () => balance.pick(candidates([1, 1])));
    assert.equal(back.filter((place) => place === 1).length, 2);
  });
});
