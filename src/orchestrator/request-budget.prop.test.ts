import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { RequestBudget } from './request-budget.ts';

it('never lets more pass than burst and refill allow, in any window', () => {
  const arbitraryRule = fc.record({
    perSecond: fc.integer({ min: 1, max: 50 }),
    burst: fc.integer({ min: 1, max: 20 }),
  });
  const arbitraryPauses = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 100 });
  fc.assert(
    fc.property(arbitraryRule, arbitraryPauses, (rule, pauses) => {
      const budget = new RequestBudget(rule, 0);
      const passed: number[] = [];
      let nowMs = 0;
      for (const pauseMs of pauses) {
        nowMs += pauseMs;
        if (budget.take(nowMs)) passed.push(nowMs);
      }
      for (const [first, fromMs] of passed.entries()) {
        for (const [count, toMs] of passed.slice(first).entries()) {
          assert.ok(count + 1 <= rule.burst + ((toMs - fromMs) / 1000) * rule.perSecond + 1e-6);
        }
      }
    }),
  );
});

it('lets a request pass after the pause that it names', () => {
  const budget = new RequestBudget({ perSecond: 2, burst: 1 }, 0);
  assert.equal(budget.take(0), true);
  assert.equal(budget.take(0), false);
  assert.equal(budget.take(budget.retryAfterSeconds() * 1000), true);
});
