import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ClientMemory,
  CONNECTION_LEVEL,
  elapsedSince,
  LAST_US,
  NUMBERS_WORDS,
  REQUEST_LEVEL,
  readLevel,
  SLICE_START_US,
  writeNumber,
} from './client-numbers.ts';

const ENTRY = 10;
const LEVEL_MAX = 2 ** 48 - 1;
/** Of two times apart that are told rightly: nearly 8.9 years, and 71 minutes behind. */
const APART_US = 2 ** 48 - 2 ** 33;
const BEHIND_US = 2 ** 32;

function createMemory(): ClientMemory {
  const memory = new SharedArrayBuffer((ENTRY + NUMBERS_WORDS) * 4);
  return { ints: new Int32Array(memory), halves: new Uint16Array(memory), bytes: new Uint8Array(memory) };
}

describe('the numbers of a client', () => {
  it('are kept exactly, each apart from the others and from the entry before', () => {
    const level = fc.oneof(fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, LEVEL_MAX), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(level, { minLength: 4, maxLength: 4 }), (values) => {
        const memory = createMemory();
        const levels = values.map((value) => value % (LEVEL_MAX + 1));
        const numbers = [REQUEST_LEVEL, LAST_US, SLICE_START_US, CONNECTION_LEVEL];
        for (const [index, number] of numbers.entries()) writeNumber(memory, ENTRY, number, levels[index]!);
        assert.deepEqual(
          numbers.map((number) => readLevel(memory, ENTRY, number)),
          levels,
        );
        assert.ok(memory.ints.subarray(0, ENTRY).every((word) => word === 0));
      }),
    );
  });

  it('tell the time since for nine years and a clock that is an hour behind', () => {
    const arbitraryApart = fc.oneof(
      fc.constantFrom(-BEHIND_US, -1, 0, 1, 2 ** 32, APART_US),
      fc.integer({ min: -BEHIND_US, max: APART_US }),
    );
    fc.assert(
      fc.property(fc.integer({ min: BEHIND_US, max: 2 ** 52 }), arbitraryApart, (timeUs, apartUs) => {
        const memory = createMemory();
        writeNumber(memory, ENTRY, LAST_US, timeUs);
        assert.equal(elapsedSince(memory, ENTRY, LAST_US, timeUs + apartUs), apartUs);
      }),
    );
  });
});
