import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PRIORITIES } from '../pipeline/priority.ts';
import { Overload } from './overload.ts';

function afterLooks(lateMs: readonly number[], buffered = 0): Overload {
  const overload = new Overload(250, 0);
  let now = 0;
  for (const late of lateMs) {
    now += 250 + late;
    overload.look(now, buffered, 1000);
  }
  return overload;
}

describe('overload of a worker', () => {
  it('is none while it looks in time, and sheds nobody', () => {
    const overload = afterLooks([0, 20, 100, 0]);
    assert.equal(overload.level, 0);
    assert.ok(PRIORITIES.every((priority) => overload.admits(priority)));
  });

  it('takes no single late look for a load', () => {
    assert.equal(afterLooks([0, 5000]).level, 0);
    assert.equal(afterLooks([5000, 0]).level, 0);
  });

  it('rises with lasting lateness, so that the lowest class goes first and health checks never', () => {
    const levels = [300, 1500, 4000].map((late) => afterLooks([late, late]));
    assert.deepEqual(
      levels.map(({ level }) => level),
      [1, 2, 3],
    );
    assert.deepEqual(
      levels.map((overload) => PRIORITIES.filter((priority) => overload.admits(priority))),
      [[3, 2, 1], [3, 2], [3]],
    );
  });

  it('falls with the first look in time', () => {
    assert.equal(afterLooks([4000, 4000, 0]).level, 0);
  });

  it('rises with the memory for bodies', () => {
    assert.equal(afterLooks([0], 700).level, 0);
    assert.equal(afterLooks([0], 800).level, 1);
    assert.equal(afterLooks([0], 960).level, 2);
  });

  it('does not rise where no body may be held at all', () => {
    const overload = new Overload(250, 0);
    overload.look(250, 0, 0);
    assert.equal(overload.level, 0);
  });
});
