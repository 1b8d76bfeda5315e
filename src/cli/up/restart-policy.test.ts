import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RestartBudget } from './restart-policy.ts';

const POLICY = { firstDelayMs: 500, delayMsMax: 4000, windowMs: 60_000, restartsMax: 5 };

it('doubles the pause up to its maximum, then gives up', () => {
  const budget = new RestartBudget(POLICY);
  const delays = [0, 1, 2, 3, 4, 5].map((nowMs) => budget.nextDelayMs(nowMs));
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 4000, null]);
});

it('forgets deaths that lie outside the window', () => {
  const budget = new RestartBudget(POLICY);
  for (let nowMs = 0; nowMs < 5; nowMs += 1) budget.nextDelayMs(nowMs);
  assert.equal(budget.nextDelayMs(60_002), 2000);
  assert.equal(budget.nextDelayMs(600_000), 500);
});
