import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaySets } from './way-sets.ts';

function keep(sets: WaySets, members: readonly (readonly [number, number])[], context = 0): void {
  let sum = 0;
  for (const [instruction, ways] of members) {
    sets.add(instruction, ways);
    sum += ways;
  }
  sets.keep(context, sum);
}

function membersOf(sets: WaySets, set: number): readonly number[] {
  const members: number[] = [];
  sets.list(set, members);
  return members;
}

describe('sets of ways', () => {
  it('are kept once, in whatever order their members came', () => {
    const sets = new WaySets(10);
    keep(sets, [
      [3, 1],
      [7, 2],
    ]);
    keep(sets, [
      [7, 2],
      [3, 1],
    ]);
    assert.equal(sets.size, 1);
    assert.deepEqual(membersOf(sets, 0), [3, 1, 7, 2]);
  });

  it('differ by ways, by members and by what was read before', () => {
    const sets = new WaySets(10);
    keep(sets, [[3, 1]]);
    keep(sets, [[3, 2]]);
    keep(sets, [[4, 1]]);
    keep(sets, [[3, 1]], 1);
    keep(sets, []);
    assert.equal(sets.size, 5);
  });

  it('sum up the ways to one instruction', () => {
    const sets = new WaySets(10);
    keep(sets, [
      [5, 1],
      [5, 2],
    ]);
    assert.deepEqual(membersOf(sets, 0), [5, 3]);
  });

  it('come back each once, the largest first', () => {
    const sets = new WaySets(1000);
    for (let instruction = 0; instruction < 600; instruction += 1) keep(sets, [[instruction, 1]]);
    keep(sets, [[700, 9]]);
    const taken = Array.from({ length: 602 }, () => sets.next());
    assert.equal(taken[0], 600);
    assert.equal(taken[601], -1);
    assert.equal(new Set(taken).size, 602);
    assert.deepEqual(membersOf(sets, 599), [599, 1]);
  });

  it('can be taken without being kept', () => {
    const sets = new WaySets(10);
    sets.add(2, 4);
    const members = [1, 1];
    sets.take(members);
    assert.deepEqual(members, [1, 1, 2, 4]);
    keep(sets, [[2, 1]]);
    assert.deepEqual(membersOf(sets, 0), [2, 1]);
  });
});
