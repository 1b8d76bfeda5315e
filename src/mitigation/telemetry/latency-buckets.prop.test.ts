import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  LATENCY_BOUNDS,
  LATENCY_CELLS,
  latencyCell,
  latencyQuantile,
  PUBLISHED_BOUNDS,
} from './latency-buckets.ts';

const seconds = fc.oneof(
  fc.double({ min: 0, max: 200, noNaN: true }),
  fc.double({ min: 0, max: 0.001, noNaN: true }),
  fc.constantFrom(...LATENCY_BOUNDS),
);

describe('latency buckets', () => {
  it('put a duration into the first cell whose bound it does not exceed', () => {
    fc.assert(
      fc.property(seconds, (duration) => {
        const expected = LATENCY_BOUNDS.findIndex((bound) => duration <= bound);
        assert.equal(latencyCell(duration), expected === -1 ? LATENCY_BOUNDS.length : expected);
      }),
    );
  });

  it('are exact at every bound and right behind it', () => {
    for (const [cell, bound] of LATENCY_BOUNDS.entries()) {
      assert.equal(latencyCell(bound), cell);
      assert.equal(latencyCell(bound * (1 + 2 * Number.EPSILON)), cell + 1);
    }
  });

  it('take anything that is not a duration into the first cell', () => {
    for (const odd of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) assert.equal(latencyCell(odd), 0);
    assert.equal(latencyCell(Number.POSITIVE_INFINITY), LATENCY_CELLS - 1);
  });

  it('publish the powers of two, ends included', () => {
    const published = PUBLISHED_BOUNDS.map((index) => Math.log2(LATENCY_BOUNDS[index]!));
    assert.deepEqual(
      published,
      Array.from({ length: 24 }, (_, step) => step - 17),
    );
  });

  it('estimate a quantile within a fifth of the true one', () => {
    const inRange = fc.double({ min: 1e-5, max: 60, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(inRange, { minLength: 1 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (durations, share) => {
          const cells = new Float64Array(LATENCY_CELLS);
          for (const duration of durations) cells[latencyCell(duration)]! += 1;
          const sorted = durations.toSorted((left, right) => left - right);
          const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
          const ratio = latencyQuantile(cells, share) / exact;
          assert.ok(ratio > 0.8 && ratio < 1.2, `${latencyQuantile(cells, share)} for ${exact}`);
        },
      ),
    );
  });

  it('estimate zero without observations and the last bound beyond it', () => {
    const cells = new Float64Array(LATENCY_CELLS);
    assert.equal(latencyQuantile(cells, 0.5), 0);
    cells[LATENCY_CELLS - 1] = 1;
    assert.equal(latencyQuantile(cells, 0.5), 64);
  });
});
