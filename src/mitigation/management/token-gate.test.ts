import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { ATTEMPTS_AT_ONCE } from './attempt-limiter.ts';
import { TokenGate } from './token-gate.ts';

const TOKEN = 'correct-horse-battery-staple';
const CLIENT = '192.0.2.1';

describe('token gate', () => {
  it('opens for the right bearer token only', () => {
    const gate = new TokenGate(TOKEN, new ManualClock());
    for (const right of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER  ${TOKEN}`]) {
      assert.equal(gate.check(right, CLIENT).kind, 'granted', right);
    }
    const wrong = [TOKEN, `Basic ${TOKEN}`, 'Bearer', 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN} x`, ''];
    for (const header of wrong) assert.equal(gate.check(header, CLIENT).kind, 'denied', header);
  });

  it('holds back a client that guesses, even when it then guesses right', () => {
    const clock = new ManualClock();
    const gate = new TokenGate(TOKEN, clock);
    for (let count = 0; count < ATTEMPTS_AT_ONCE; count += 1) {
      assert.equal(gate.check(`Bearer guess-${count}`, CLIENT).kind, 'denied');
    }
    assert.deepEqual(gate.check(`Bearer ${TOKEN}`, CLIENT), { kind: 'throttled', retryAfterSeconds: 6 });
    assert.equal(gate.check(`Bearer ${TOKEN}`, '192.0.2.2').kind, 'granted');
    clock.advanceMs(6000);
    assert.equal(gate.check(`Bearer ${TOKEN}`, CLIENT).kind, 'granted');
  });

  it('does not count requests without a token', () => {
    const gate = new TokenGate(TOKEN, new ManualClock());
    for (let count = 0; count < 100; count += 1) assert.equal(gate.check(undefined, CLIENT).kind, 'denied');
    assert.equal(gate.check(`Bearer ${TOKEN}`, CLIENT).kind, 'granted');
  });

  it('takes a new token at once', () => {
    const gate = new TokenGate(TOKEN, new ManualClock());
    gate.replaceToken('another-token-of-some-length');
    assert.equal(gate.check(`Bearer ${TOKEN}`, CLIENT).kind, 'denied');
    assert.equal(gate.check('Bearer another-token-of-some-length', CLIENT).kind, 'granted');
  });
});
