import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLimitTableMemory } from './limit-groups.ts';
import { type LimitRate, slidingWindow, tokenBucket } from './limit-rate.ts';
import { LimitTable } from './limit-table.ts';
import { TEST_SEED } from './testing/client.ts';

/** Keys of a table with sixteen entries. */
const CROWD = 24;

/** A limit with the bound that it promises: the requests that may pass between two times, both included. */
interface Promised {
  readonly rate: LimitRate;
  readonly bound: (elapsedUs: number) => number;
}

function bucket(identity: number, perSecond: number, burst: number): Promised {
  return {
    rate: tokenBucket(identity, identity, perSecond, burst),
    bound: (elapsedUs) => burst + (elapsedUs * perSecond) / 1e6,
  };
}

function window(identity: number, count: number, windowMs: number): Promised {
  return {
    rate: slidingWindow(identity, identity, count, windowMs),
    bound: (elapsedUs) => (elapsedUs < windowMs * 1000 ? count : Number.POSITIVE_INFINITY),
  };
}

/** Of very different speeds, so that void and busy entries lie side by side. */
const LIMITS: readonly Promised[] = [
  bucket(1, 4, 6),
  bucket(2, 0.125, 2),
  bucket(3, 100, 3),
  window(4, 5, 700),
  window(5, 3, 7000),
  window(6, 4, 100),
];

interface Step {
  readonly limit: number;
  readonly key: number;
  readonly elapsedMs: number;
  readonly times: number;
}

function arbitrarySteps(keys: number): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.record({
      limit: fc.nat(LIMITS.length - 1),
      key: fc.nat(keys - 1),
      times: fc.constantFrom(1, 1, 3, 8),
      elapsedMs: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(0, 0, 0, 0.125, 1, 66, 125) },
        { weight: 1, arbitrary: fc.constantFrom(999, 1000) },
        { weight: 1, arbitrary: fc.nat(4000) },
      ),
    }),
    { maxLength: 300, size: 'max' },
  );
}

/** The last request that passed against all windows that end with it. */
function checkBound(passedUs: readonly number[], { bound }: Promised): void {
  const lastUs = passedUs.at(-1) ?? 0;
  for (const [index, timeUs] of passedUs.entries()) {
    assert.ok(passedUs.length - index <= bound(lastUs - timeUs), 'too many in a window');
  }
}

describe('limits', () => {
  it('let no key have more than was promised in any window, however crowded the table is', () => {
    fc.assert(
      fc.property(arbitrarySteps(CROWD), (steps) => {
        const table = new LimitTable(createLimitTableMemory(12, TEST_SEED));
        const passedUs = new Map<string, number[]>();
        let nowMs = 100_000;
        for (const { limit, key, elapsedMs, times } of steps) {
          nowMs += elapsedMs;
          const promised = LIMITS[limit]!;
          const name = `${limit} ${key}`;
          const passed = passedUs.get(name) ?? [];
          passedUs.set(name, passed);
          for (let time = 0; time < times; time++) {
            const seconds = table.charge(limit * 1000 + key + 1, key, nowMs, promised.rate);
            assert.ok(Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400);
            if (seconds === 0) passed.push(Math.floor(nowMs * 1000));
          }
          checkBound(passed, promised);
          assert.ok(table.trackedKeys() <= 16);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuse nothing that they promised while there is room: a bucket exactly, a window after 8/7 of its length', () => {
    fc.assert(
      fc.property(arbitrarySteps(2), (steps) => {
        const table = new LimitTable(createLimitTableMemory(1024, TEST_SEED));
        const passedUs = new Map<string, number[]>();
        let nowMs = 100_000;
        for (const { limit, key, elapsedMs, times } of steps) {
          nowMs += elapsedMs;
          const { rate } = LIMITS[limit]!;
          const name = `${limit} ${key}`;
          const passed = passedUs.get(name) ?? [];
          passedUs.set(name, passed);
          for (let time = 0; time < times; time++) {
            const nowUs = Math.floor(nowMs * 1000);
            const room = rate.windowed
              ? windowHasRoom(passed, nowUs, rate)
              : bucketHasRoom(passed, nowUs, rate);
            const seconds = table.charge(limit * 1_000_003 + key * 7919 + 1, key, nowMs, rate);
            if (room) assert.equal(seconds, 0, 'refused what fits');
            if (seconds === 0) passed.push(nowUs);
          }
        }
        assert.equal(table.overflows(), 0);
      }),
      { numRuns: 300 },
    );
  });

  it('let one pass after the seconds that they name', () => {
    fc.assert(
      fc.property(fc.nat(LIMITS.length - 1), fc.array(fc.nat(400), { maxLength: 40 }), (limit, gapsMs) => {
        const table = new LimitTable(createLimitTableMemory(1024, TEST_SEED));
        const { rate } = LIMITS[limit]!;
        let nowMs = 100_000;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const seconds = table.charge(9, 9, nowMs, rate);
          if (seconds > 0) {
            nowMs += seconds * 1000;
            assert.equal(table.charge(9, 9, nowMs, rate), 0);
          }
        }
      }),
    );
  });
});

/** By the history alone: the level is the largest that any stretch up to now has left behind. */
function bucketHasRoom(passedUs: readonly number[], nowUs: number, rate: LimitRate): boolean {
  let level = 0;
  let lastUs = 0;
  for (const timeUs of [...passedUs, nowUs]) {
    level = Math.max(0, level - (timeUs - lastUs) * rate.unitsPerMicrosecond) + 1e9;
    lastUs = timeUs;
  }
  return level <= rate.unitsMax;
}

function windowHasRoom(
  passedUs: readonly number[],
  nowUs: number,
  { countMax, sliceUs }: LimitRate,
): boolean {
  return passedUs.filter((timeUs) => timeUs > nowUs - 8 * sliceUs).length < countMax;
}
