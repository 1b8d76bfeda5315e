import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTEMPT_INTERVAL_MS, ATTEMPTS_AT_ONCE, AttemptLimiter, CLIENTS_MAX } from './attempt-limiter.ts';

function failTimes(limiter: AttemptLimiter, address: string, times: number, nowMs: number): void {
  for (let count = 0; count < times; count += 1) limiter.recordFailure(address, nowMs);
}

describe('attempt limiter', () => {
  it('allows a number of failures at once, then one per interval', () => {
    const limiter = new AttemptLimiter();
    for (let count = 0; count < ATTEMPTS_AT_ONCE; count += 1) {
      assert.equal(limiter.waitMs('192.0.2.1', 0), 0);
      limiter.recordFailure('192.0.2.1', 0);
    }
    assert.equal(limiter.waitMs('192.0.2.1', 0), ATTEMPT_INTERVAL_MS);
    assert.equal(limiter.waitMs('192.0.2.1', ATTEMPT_INTERVAL_MS), 0);
    limiter.recordFailure('192.0.2.1', ATTEMPT_INTERVAL_MS);
    assert.equal(limiter.waitMs('192.0.2.1', ATTEMPT_INTERVAL_MS), ATTEMPT_INTERVAL_MS);
  });

  it('holds nobody back for the failures of others', () => {
    const limiter = new AttemptLimiter();
    failTimes(limiter, '192.0.2.1', 50, 0);
    assert.equal(limiter.waitMs('192.0.2.2', 0), 0);
    assert.equal(limiter.waitMs('2001:db8::1', 0), 0);
  });

  it('knows a client by all its spellings, and an IPv6 network as one client', () => {
    const limiter = new AttemptLimiter();
    failTimes(limiter, '::ffff:192.0.2.1', ATTEMPTS_AT_ONCE, 0);
    assert.ok(limiter.waitMs('192.0.2.1', 0) > 0);
    failTimes(limiter, '2001:db8::1', ATTEMPTS_AT_ONCE, 0);
    assert.ok(limiter.waitMs('2001:db8::ffff:2', 0) > 0);
    assert.equal(limiter.waitMs('2001:db8:0:1::2', 0), 0);
  });

  it('stays within its bound and gives nobody a fresh start when it is full', () => {
    const limiter = new AttemptLimiter();
    failTimes(limiter, '198.51.100.1', ATTEMPTS_AT_ONCE, 0);
    for (let index = 0; index < 3 * CLIENTS_MAX; index += 1) {
      limiter.recordFailure(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, 0);
    }
    assert.ok(limiter.size <= CLIENTS_MAX + 1);
    assert.ok(limiter.waitMs('198.51.100.1', 0) > 0);
    assert.ok(limiter.waitMs('203.0.113.9', 0) > 0, 'a stranger shares what is left');
  });

  it('forgets clients that owe nothing any more', () => {
    const limiter = new AttemptLimiter();
    for (let index = 0; index < CLIENTS_MAX; index += 1)
      limiter.recordFailure(`10.0.${index >> 8}.${index & 255}`, 0);
    assert.equal(limiter.waitMs('203.0.113.9', ATTEMPT_INTERVAL_MS), 0);
    limiter.recordFailure('203.0.113.9', ATTEMPT_INTERVAL_MS);
    assert.equal(limiter.size, 1);
  });
});
