import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RetryBudget } from './retry-budget.ts';

const steps = fc.array(
  fc.record({ afterMs: fc.integer({ min: 0, max: 3000 }), requests: fc.nat(30), retries: fc.nat(30) }),
  { maxLength: 60 },
);

function countSince(times: readonly number[], sinceMs: number): number {
  return times.filter((time) => time > sinceMs).length;
}

describe('retry budget', () => {
  it('never allows more than its share of the last ten seconds and what is free', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 100 }), fc.nat(5), (plan, percent, perSecond) => {
        const allowance = { budgetPercent: percent, budgetPerSecondMin: perSecond };
        const budget = new RetryBudget(0);
        const requests: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const step of plan) {
          now += step.afterMs;
          budget.advance(now);
          for (let i = 0; i < step.requests; i++) {
            budget.noteRequest();
            requests.push(now);
          }
          // Slices are whole seconds: what counts is between nine and ten seconds old.
          const allowed = (countSince(requests, now - 10_000) * percent) / 100 + perSecond * 10;
          for (let i = 0; i < step.retries; i++) {
            if (!budget.take(now, allowance)) continue;
            retries.push(now);
            assert.ok(countSince(retries, now - 9000) <= allowed);
          }
        }
      }),
    );
  });

  it('allows a few where there are hardly any requests', () => {
    const budget = new RetryBudget(0);
    budget.noteRequest();
    assert.ok(budget.take(10, { budgetPercent: 20, budgetPerSecondMin: 1 }));
  });

  it('allows none where nothing is allowed', () => {
    const budget = new RetryBudget(0);
    for (let i = 0; i < 100; i++) budget.noteRequest();
    assert.equal(budget.take(10, { budgetPercent: 0, budgetPerSecondMin: 0 }), false);
  });
});
