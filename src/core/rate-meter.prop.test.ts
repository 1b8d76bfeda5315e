import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { drainedLevel, hasRoom, REQUEST_UNITS, retryAfterSeconds, toMicroseconds } from './rate-meter.ts';

/** The meter with its state, driven by absolute times. */
function createMeter(capacity: number, perSecond: number) {
  let level = 0;
  let lastUs = 0;
  return {
    admit(nowMs: number): boolean {
      const nowUs = toMicroseconds(nowMs);
      level = drainedLevel(level, nowUs - lastUs, perSecond);
      lastUs = Math.max(lastUs, nowUs);
      if (!hasRoom(level, capacity)) return false;
      level += REQUEST_UNITS;
      return true;
    },
    retryAfterSeconds: () => retryAfterSeconds(level, capacity, perSecond),
  };
}

const arbitraryCapacity = fc.integer({ min: 1, max: 1000 });
const arbitraryRate = fc.integer({ min: 1, max: 10_000 });
const arbitrarySteps = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 2000, noNaN: true }),
  ),
  { minLength: 1, maxLength: 200, size: 'max' },
);

describe('a rate meter', () => {
  it('admits exactly its capacity at once', () => {
    fc.assert(
      fc.property(
        arbitraryCapacity,
        arbitraryRate,
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (capacity, rate, nowMs) => {
          const meter = createMeter(capacity, rate);
          let admitted = 0;
          for (let attempt = 0; attempt < capacity + 10; attempt++) if (meter.admit(nowMs)) admitted++;
          assert.equal(admitted, capacity);
        },
      ),
    );
  });

  it('never admits more than capacity + rate * t in any t seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), arbitraryRate, arbitrarySteps, (capacity, rate, steps) => {
        const meter = createMeter(capacity, rate);
        const admittedUs: number[] = [];
        let nowMs = 1e9;
        for (const step of steps) {
          nowMs += step;
          for (let attempt = 0; attempt < 3; attempt++)
            if (meter.admit(nowMs)) admittedUs.push(toMicroseconds(nowMs));
        }
        for (let first = 0; first < admittedUs.length; first++) {
          for (let last = first; last < admittedUs.length; last++) {
            const boundUnits = capacity * REQUEST_UNITS + rate * (admittedUs[last]! - admittedUs[first]!);
            assert.ok((last - first + 1) * REQUEST_UNITS <= boundUnits);
          }
        }
      }),
    );
  });

  it('loses nothing to rounding: a client at exactly the rate is never refused, however odd the pace', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 4, 5, 8, 10, 100, 1000, 8000), (rate) => {
        const meter = createMeter(1, rate);
        for (let request = 0; request < 2000; request++)
          assert.equal(meter.admit(5000 + (request * 1000) / rate), true);
      }),
    );
  });

  it('has room after the seconds it names, and not a second before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(1500),
        (capacity, rate, extra) => {
          const meter = createMeter(capacity, rate);
          const startMs = 1e6;
          while (meter.admit(startMs));
          const seconds = meter.retryAfterSeconds();
          assert.ok(seconds >= 1);
          assert.equal(meter.admit(startMs + seconds * 1000 + extra), true);
          if (seconds > 1) {
            const other = createMeter(capacity, rate);
            while (other.admit(startMs));
            assert.equal(other.admit(startMs + (seconds - 1) * 1000), false);
          }
        },
      ),
    );
  });

  it('does not drain while a clock is behind', () => {
    assert.equal(drainedLevel(5, -1000, 100), 5);
    assert.equal(drainedLevel(5, 0, 100), 5);
  });

  it('names at most an hour, also where nothing will ever drain', () => {
    assert.equal(retryAfterSeconds(REQUEST_UNITS, 1, 0), 3600);
    assert.equal(retryAfterSeconds(0, 0, 0), 3600);
    assert.equal(retryAfterSeconds(0, 5, 1), 1);
  });
});
