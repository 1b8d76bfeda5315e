import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ReportBudgets } from './report-budgets.ts';

it('lets a flood of bans pass, but no endless one, and no node pays for another', () => {
  const budgets = new ReportBudgets();
  let passed = 0;
  while (passed < 1_000_000 && budgets.take('mad', 200, 0) === null) passed += 200;
  assert.ok(passed >= 20_000 && passed <= 20_200, String(passed));
  assert.ok((budgets.take('mad', 1, 0) ?? 0) >= 1);
  assert.equal(budgets.take('other', 200, 0), null);
  assert.equal(budgets.take('mad', 1, 5000), null);
});
