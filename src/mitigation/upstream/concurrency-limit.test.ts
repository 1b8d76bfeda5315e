/** The limit against a simulated origin: some requests at once are served in their time, all others queue there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConcurrencyLimit } from './concurrency-limit.ts';

const BOUNDS = { min: 4, max: 200, adaptive: true };

interface SimulatedOrigin {
  /** Requests that it works on at once. */
  places: number;
  serviceMs: number;
}

/** Offers so many requests at a time that the limit is always used up; returns the limit after each second. */
function run(
  limit: ConcurrencyLimit,
  origin: SimulatedOrigin,
  seconds: number,
  startMs: number,
  offered = 1000,
): readonly number[] {
  const limits: number[] = [];
  for (let now = startMs; now < startMs + seconds * 1000; now += 50) {
    const active = Math.min(limit.value, offered);
    // Little's law for a saturated origin: what does not fit into its places waits for its turn.
    const latency = origin.serviceMs * Math.max(1, active / origin.places);
    const answers = Math.max(1, Math.round((active / latency) * 50));
    for (let answer = 0; answer < Math.min(answers, 64); answer++) limit.observe(latency, active);
    limit.sweep(now);
    if ((now - startMs) % 1000 === 950) limits.push(limit.value);
  }
  return limits;
}

describe('concurrency limit', () => {
  it('stays at its maximum while latency stays at its floor', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    const limits = run(limit, { places: 500, serviceMs: 20 }, 30, 0);
    assert.ok(limits.every((value) => value === BOUNDS.max));
  });

  it('shrinks to what an origin serves in its time once it becomes smaller, and grows back', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    const origin = { places: 400, serviceMs: 40 };
    run(limit, origin, 10, 0);
    origin.places = 20;
    const shrunk = run(limit, origin, 20, 10_000);
    assert.ok(shrunk.at(-1)! <= 60 && shrunk.at(-1)! >= 15, String(shrunk));
    origin.places = 400;
    const grown = run(limit, origin, 30, 30_000);
    assert.equal(grown.at(-1), BOUNDS.max, String(grown));
  });

  it('never leaves its bounds, whatever the origin does', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    let now = 0;
    for (const serviceMs of [1, 60_000, 5, 30_000, 1]) {
      for (const value of run(limit, { places: 1, serviceMs }, 20, now)) {
        assert.ok(value >= BOUNDS.min && value <= BOUNDS.max);
      }
      now += 20_000;
    }
  });

  it('takes an origin that became slower for good as it is, after some minutes', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    run(limit, { places: 500, serviceMs: 20 }, 10, 0);
    const limits = run(limit, { places: 500, serviceMs: 200 }, 240, 10_000);
    assert.ok(Math.min(...limits) < 50);
    assert.equal(limits.at(-1), BOUNDS.max);
  });

  it('does not take a few slow pages for a queue', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    for (let now = 0; now < 30_000; now += 50) {
      for (let answer = 0; answer < 10; answer++) limit.observe(answer < 4 ? 3000 : 10, 150);
      limit.sweep(now);
    }
    assert.equal(limit.value, BOUNDS.max);
  });

  it('does not grow beyond what is used', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    run(limit, { places: 500, serviceMs: 20 }, 5, 0);
    run(limit, { places: 10, serviceMs: 20 }, 20, 5000);
    // The window in which the load changes still saw the one before.
    run(limit, { places: 500, serviceMs: 20 }, 1, 25_000, 2);
    const before = limit.value;
    assert.ok(before < 100);
    run(limit, { places: 500, serviceMs: 20 }, 30, 26_000, 2);
    assert.equal(limit.value, before);
  });

  it('is its maximum where it is not to adapt', () => {
    const limit = new ConcurrencyLimit({ ...BOUNDS, adaptive: false }, 0);
    run(limit, { places: 1, serviceMs: 20_000 }, 10, 0);
    assert.equal(limit.value, BOUNDS.max);
  });

  it('keeps what it has learnt over a reload, as far as it fits', () => {
    const limit = new ConcurrencyLimit(BOUNDS, 0);
    run(limit, { places: 500, serviceMs: 20 }, 5, 0);
    run(limit, { places: 10, serviceMs: 20 }, 20, 5000);
    const learnt = limit.value;
    assert.ok(learnt < BOUNDS.max);
    limit.configure({ ...BOUNDS, max: 300 });
    assert.equal(limit.value, learnt);
    limit.configure({ ...BOUNDS, max: 8 });
    assert.equal(limit.value, 8);
    const fresh = new ConcurrencyLimit(BOUNDS, 0);
    fresh.configure({ ...BOUNDS, max: 300 });
    assert.equal(fresh.value, 300, 'a limit that was never reached follows its maximum');
  });
});
