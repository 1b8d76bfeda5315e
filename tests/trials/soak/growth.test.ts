import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureGrowth } from './growth.ts';

const minutes = (value: (minute: number) => number) =>
  Array.from({ length: 60 }, (_, minute) => ({ seconds: 60 * minute, value: value(minute) }));

describe('measureGrowth', () => {
  it('finds none in a sawtooth behind a steep beginning', () => {
    const { firstHalf, secondHalf } = measureGrowth(
      minutes((minute) => (minute < 10 ? 10 * minute : 100 + (minute % 5))),
    );
    assert.equal(firstHalf, 102);
    assert.equal(secondHalf, 102);
  });

  it('tells the growth by hour of a straight line', () => {
    const { firstHalf, secondHalf, perHour } = measureGrowth(minutes((minute) => 100 + minute));
    assert.ok(Math.abs(perHour - 60) < 1e-6);
    assert.ok(secondHalf - firstHalf > 20);
  });
});
