import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as cost from './abuse-budget.ts';
import { AbuseBudget } from './abuse-budget.ts';

function createBudget(): AbuseBudget {
  return new AbuseBudget({ capacity: 1000, refillPerSecond: 20 }, 0);
}

/** How often something may happen before the client is cut off. */
function timesUntilExceeded(act: (budget: AbuseBudget) => void): number {
  const budget = createBudget();
  let times = 0;
  while (!budget.exceeded && times < 100_000) {
    act(budget);
    times++;
  }
  return times;
}

describe('abuse budget', () => {
  it('keeps the bounds that its head promises', () => {
    assert.equal(
      timesUntilExceeded((budget) => budget.spend(cost.CANCELLED)),
      200,
    );
    assert.equal(
      timesUntilExceeded((budget) => budget.spend(cost.PROVOKED_RESET)),
      100,
    );
    assert.equal(
      timesUntilExceeded((budget) => budget.spendContinuation(0, false)),
      40,
    );
    assert.equal(
      timesUntilExceeded((budget) => budget.spend(cost.IDLE_FRAME)),
      834,
    );
    assert.ok(timesUntilExceeded((budget) => budget.spendData(1)) < 1000);
    assert.ok(timesUntilExceeded((budget) => budget.spendAnswering()) < 1000);
  });

  it('charges nothing for data in pieces of five octets and more, the least that gRPC sends', () => {
    assert.equal(
      timesUntilExceeded((budget) => budget.spendData(5)),
      100_000,
    );
  });

  it('charges nothing for small messages both ways, each answered by two windows and a ping', () => {
    const exchanged = (budget: AbuseBudget): void => {
      budget.spendData(5);
      budget.sent(5, true);
      for (let frames = 0; frames < 3; frames++) budget.spendAnswering();
    };
    assert.equal(timesUntilExceeded(exchanged), 100_000);
  });

  it('charges answers to data that the client lets through octet by octet', () => {
    const dribbled = (budget: AbuseBudget): void => {
      budget.spendAnswering();
      budget.sent(1, false);
    };
    assert.ok(timesUntilExceeded(dribbled) < 1000);
  });

  it('charges field blocks that stand for far more than they are', () => {
    assert.equal(
      timesUntilExceeded((budget) => budget.spendBlock(150, 8000)),
      100_000,
    );
    assert.ok(timesUntilExceeded((budget) => budget.spendBlock(20, 32_000)) < 100);
  });

  it('pays back with time, and no further than to nothing', () => {
    const budget = createBudget();
    budget.spend(900);
    budget.refill(10_000);
    budget.spend(299);
    assert.equal(budget.exceeded, false);
    budget.spend(1);
    assert.equal(budget.exceeded, true);
    budget.refill(1_000_000);
    budget.spend(999);
    assert.equal(budget.exceeded, false);
  });

  it('lets the client answer what was sent, and hoard only so much of that', () => {
    const budget = createBudget();
    budget.sent(1 << 30, true);
    const free = 2048;
    for (let i = 0; i < free; i++) budget.spendAnswering();
    budget.spend(999);
    assert.equal(budget.exceeded, false);
    budget.spendAnswering();
    assert.equal(budget.exceeded, true);
  });

  it('charges many streams that stand still, by the time they do', () => {
    const quiet = createBudget();
    for (let seconds = 0; seconds < 1000; seconds++) quiet.spendStalled(4, 1000);
    assert.equal(quiet.exceeded, false);
    const held = createBudget();
    for (let seconds = 0; seconds < 6; seconds++) held.spendStalled(100, 1000);
    assert.equal(held.exceeded, true);
  });
});
