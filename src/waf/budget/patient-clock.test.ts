import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { createPatientClock } from './patient-clock.ts';

test('a pause between two readings counts for a quarter of the budget at most', () => {
  const clock = new ManualClock();
  const read = createPatientClock(clock, 20);
  const start = read();
  clock.advanceMs(1000);
  assert.equal(read() - start, 5);
  clock.advanceMs(2);
  assert.equal(read() - start, 7);
});

test('work that takes long is counted reading by reading', () => {
  const clock = new ManualClock();
  const read = createPatientClock(clock, 20);
  const start = read();
  for (let reading = 0; reading < 5; reading += 1) {
    clock.advanceMs(4);
    read();
  }
  assert.equal(read() - start, 20);
});
