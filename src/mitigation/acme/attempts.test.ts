import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Attempts } from './attempts.ts';

const NO_CHANCE = () => 0;

describe('Attempts', () => {
  it('allows the first at once, then after pauses that double up to the bound', () => {
    const attempts = new Attempts({ firstMs: 100, maxMs: 500 }, NO_CHANCE);
    assert.ok(attempts.mayTry(0));
    const pauses = [1, 2, 3, 4, 5].map(() => attempts.failed(1000, 0));
    assert.deepEqual(pauses, [100, 200, 400, 500, 500]);
    assert.ok(!attempts.mayTry(1499));
    assert.ok(attempts.mayTry(1500));
  });

  it('waits as long as the other side asks, and no shorter than it would', () => {
    const attempts = new Attempts({ firstMs: 100, maxMs: 500 }, NO_CHANCE);
    assert.equal(attempts.failed(0, 9000), 9000);
    assert.ok(!attempts.mayTry(8999));
    assert.equal(attempts.failed(9000, 10), 200);
  });

  it('starts over after a success and its rest', () => {
    const attempts = new Attempts({ firstMs: 100, maxMs: 500 }, NO_CHANCE);
    attempts.failed(0, 0);
    attempts.succeeded(10, 50);
    assert.ok(!attempts.mayTry(59));
    assert.ok(attempts.mayTry(60));
    assert.equal(attempts.failed(0, 0), 100);
  });

  it('leaves a part of the pause to chance, and stays finite however often it fails', () => {
    const attempts = new Attempts({ firstMs: 100, maxMs: 500 }, () => 0.5);
    assert.equal(attempts.failed(0, 0), 90);
    for (let failure = 0; failure < 2000; failure += 1) attempts.failed(0, 0);
    assert.equal(attempts.failed(0, 0), 450);
  });
});
