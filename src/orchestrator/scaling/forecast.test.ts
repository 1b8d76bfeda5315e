import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { confidenceOf, type ForecastState, forecastAt, isSeasoned, observe } from './forecast.ts';

const STEP_MS = 60_000;
const AHEAD_MS = 600_000;

/** Observes a series, one value a step; null is a missing one. */
function follow(values: readonly (number | null)[]): ForecastState {
  let state: ForecastState | null = null;
  for (const [index, value] of values.entries()) {
    if (value !== null) state = observe(state, { atMs: index * STEP_MS, value }, STEP_MS);
  }
  assert.ok(state !== null);
  return state;
}

function series(length: number, at: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => at(index));
}

/** Between -1 and 1, without a pattern, the same at every run. */
function noise(index: number): number {
  return (Math.sin((index + 1) * 12.9898) * 43_758.5453) % 1;
}

describe('a forecast', () => {
  it('of what never changes is that, without doubt', () => {
    const forecast = forecastAt(follow(series(20, () => 0.4)), AHEAD_MS, STEP_MS);
    assert.deepEqual(forecast, { expected: 0.4, lower: 0.4, upper: 0.4 });
    assert.equal(confidenceOf(forecast), 1);
  });

  it('of a steady rise goes on rising, for a while', () => {
    const state = follow(series(30, (index) => 0.1 + 0.02 * index));
    const last = 0.1 + 0.02 * 29;
    const { expected } = forecastAt(state, AHEAD_MS, STEP_MS);
    assert.ok(expected > last + 0.05, `${expected} after ${last}`);
    assert.ok(expected < last + 0.2, 'not beyond the rise itself');
    const far = forecastAt(state, 50 * AHEAD_MS, STEP_MS).expected;
    assert.ok(far < last + 0.3, 'the trend fades');
  });

  it('of noise stays at its mean, with an interval that holds most of it', () => {
    const state = follow(series(200, (index) => 0.5 + 0.05 * noise(index)));
    const { expected, lower, upper } = forecastAt(state, AHEAD_MS, STEP_MS);
    assert.ok(Math.abs(expected - 0.5) < 0.1, String(expected));
    assert.ok(lower < 0.46 && upper > 0.54, `${lower} to ${upper}`);
    assert.ok(confidenceOf({ expected, lower, upper }) < 0.95);
  });

  it('of a leap is at the new height soon, and unsure at first', () => {
    const leap = [...series(30, () => 0.2), ...series(2, () => 0.7)];
    const unsure = forecastAt(follow(leap), AHEAD_MS, STEP_MS);
    const sure = forecastAt(follow([...leap, ...series(40, () => 0.7)]), AHEAD_MS, STEP_MS);
    assert.ok(Math.abs(sure.expected - 0.7) < 0.02, String(sure.expected));
    assert.ok(confidenceOf(unsure) < confidenceOf(sure));
  });

  it('bears missing observations', () => {
    const whole = series(40, (index) => 0.1 + 0.01 * index);
    const holed = whole.map((value, index) => (index % 3 === 1 ? null : value));
    const [one, other] = [whole, holed].map((values) => forecastAt(follow(values), AHEAD_MS, STEP_MS));
    assert.ok(Math.abs(one!.expected - other!.expected) < 0.05, `${one!.expected}, ${other!.expected}`);
  });

  it('begins anew after a long gap', () => {
    const state = follow([...series(10, () => 0.9), ...series(60, () => 0).map(() => null), 0.1]);
    assert.equal(state.observations, 1);
    assert.equal(isSeasoned(state), false);
  });

  it('says nothing of a few observations', () => {
    assert.equal(isSeasoned(follow(series(4, () => 0.5))), false);
    assert.equal(isSeasoned(follow(series(5, () => 0.5))), true);
  });
});

it('whatever is observed, the forecast is finite and lies in its interval', () => {
  const observation = fc.record({
    gapMs: fc.integer({ min: 0, max: 40 * STEP_MS }),
    value: fc.oneof(fc.double({ min: 0, max: 1000 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  });
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 80 }), (observations) => {
      let state: ForecastState | null = null;
      let atMs = 0;
      for (const { gapMs, value } of observations) {
        atMs += gapMs;
        state = observe(state, { atMs, value }, STEP_MS);
        if (state === null) continue;
        const { expected, lower, upper } = forecastAt(state, AHEAD_MS, STEP_MS);
        for (const number of [expected, lower, upper]) assert.ok(Number.isFinite(number));
        assert.ok(lower <= expected && expected <= upper);
      }
    }),
  );
});
