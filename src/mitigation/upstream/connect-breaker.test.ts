import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectBreaker } from './connect-breaker.ts';

const POLICY = { connectFailures: 3, openMs: 1000 };

function openAt(nowMs: number): ConnectBreaker {
  const breaker = new ConnectBreaker();
  for (let failure = 0; failure < 3; failure++) breaker.noteFailure(nowMs, POLICY);
  return breaker;
}

describe('connect breaker', () => {
  it('opens with the last of so many failures in a row, and not before', () => {
    const breaker = new ConnectBreaker();
    breaker.noteFailure(0, POLICY);
    breaker.noteFailure(0, POLICY);
    breaker.noteSuccess();
    breaker.noteFailure(0, POLICY);
    breaker.noteFailure(0, POLICY);
    assert.equal(breaker.isOpen, false);
    breaker.noteFailure(0, POLICY);
    assert.equal(breaker.isOpen, true);
  });

  it('lets one trial through when its time is over, and no second one meanwhile', () => {
    const breaker = openAt(0);
    assert.equal(breaker.allowsTrial(999), false);
    assert.equal(breaker.allowsTrial(1000), true);
    breaker.beginTrial(5000);
    assert.equal(breaker.allowsTrial(1001), false);
    assert.equal(breaker.allowsTrial(5000), true, 'a trial that never ended does not block for ever');
  });

  it('closes with a trial that succeeds', () => {
    const breaker = openAt(0);
    breaker.beginTrial(5000);
    breaker.noteSuccess();
    assert.equal(breaker.isOpen, false);
  });

  it('stays open twice as long with each trial that fails, up to sixteen times', () => {
    const breaker = openAt(0);
    let now = 1000;
    for (const factor of [2, 4, 8, 16, 16]) {
      breaker.beginTrial(now + 5000);
      breaker.noteFailure(now, POLICY);
      assert.equal(breaker.allowsTrial(now + factor * 1000 - 1), false);
      now += factor * 1000;
      assert.equal(breaker.allowsTrial(now), true);
    }
  });

  it('is not made worse by attempts that had begun before it opened', () => {
    const breaker = openAt(0);
    for (let late = 1; late < 50; late++) breaker.noteFailure(late, POLICY);
    assert.equal(breaker.allowsTrial(1000), true);
  });
});
