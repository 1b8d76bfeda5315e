import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COUNTED_LIMITS_MAX, createLimitCountsMemory, LimitCounts } from './limit-counts.ts';

describe('the counters of limits', () => {
  it('count refused and observed requests of each limit, for all who share the memory', () => {
    const memory = createLimitCountsMemory();
    const [one, other] = [new LimitCounts(memory), new LimitCounts(memory)];
    one.count(5, 1, false);
    other.count(5, 1, false);
    other.count(5, 1, true);
    one.count(5, 2, true);
    assert.deepEqual(other.read(5, 1), { refused: 2, observed: 1 });
    assert.deepEqual(one.read(5, 2), { refused: 0, observed: 1 });
    assert.deepEqual(one.read(6, 1), { refused: 0, observed: 0 });
    assert.deepEqual(one.readOthers(), { refused: 0, observed: 0 });
  });

  it('count together what comes after the last place', () => {
    const counts = new LimitCounts(createLimitCountsMemory());
    for (let limit = 1; limit <= COUNTED_LIMITS_MAX + 3; limit++) counts.count(limit, -limit, false);
    assert.deepEqual(counts.read(COUNTED_LIMITS_MAX, -COUNTED_LIMITS_MAX), { refused: 1, observed: 0 });
    assert.deepEqual(counts.read(COUNTED_LIMITS_MAX + 1, -COUNTED_LIMITS_MAX - 1), {
      refused: 0,
      observed: 0,
    });
    assert.deepEqual(counts.readOthers(), { refused: 3, observed: 0 });
  });
});
