import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OriginHealth } from './origin-health.ts';
import type { EjectionPolicy, HealthCheckPolicy } from './upstream-policy.ts';

const CHECKS: HealthCheckPolicy = {
  path: '/',
  host: 'a',
  statusMin: 200,
  statusMax: 399,
  intervalMs: 1000,
  timeoutMs: 500,
  rise: 2,
  fall: 3,
};

const EJECTION: EjectionPolicy = {
  consecutiveFailures: 3,
  failurePercent: 50,
  requestsMin: 10,
  windowMs: 10_000,
  durationMs: 1000,
  durationMaxMs: 3000,
  ejectedPercentMax: 50,
};

describe('health checks of an origin', () => {
  it('take it out with the last of so many bad ones in a row, and bring it back with good ones', () => {
    const health = new OriginHealth(0);
    for (const good of [false, false, true, false, false]) health.noteCheck(good, 0, CHECKS);
    assert.equal(health.isDown, false);
    health.noteCheck(false, 0, CHECKS);
    assert.equal(health.isDown, true);
    for (const good of [true, false, true]) health.noteCheck(good, 0, CHECKS);
    assert.equal(health.isDown, true);
    health.noteCheck(true, 0, CHECKS);
    assert.equal(health.isDown, false);
  });

  it('are forgotten with their policy', () => {
    const health = new OriginHealth(0);
    for (let check = 0; check < 3; check++) health.noteCheck(false, 0, CHECKS);
    health.forgetChecks();
    assert.equal(health.isDown, false);
  });
});

describe('ejection of an origin', () => {
  it('is asked for by failures in a row', () => {
    const health = new OriginHealth(0);
    assert.equal(health.noteFailure(0, EJECTION), false);
    health.noteSuccess(0, EJECTION);
    assert.equal(health.noteFailure(0, EJECTION), false);
    assert.equal(health.noteFailure(0, EJECTION), false);
    assert.equal(health.noteFailure(0, EJECTION), true);
  });

  it('is asked for by their share of enough requests', () => {
    const health = new OriginHealth(0);
    let asked = 0;
    for (let request = 0; request < 20; request++) {
      if (request % 2 === 0) health.noteSuccess(request, EJECTION);
      else if (health.noteFailure(request, EJECTION)) asked = asked === 0 ? request + 1 : asked;
    }
    assert.equal(asked, 10);
  });

  it('is not asked for by failures of long ago', () => {
    const health = new OriginHealth(0);
    for (let second = 0; second < 200; second++) {
      health.noteSuccess(second * 1000, EJECTION);
      health.noteSuccess(second * 1000, EJECTION);
      health.noteSuccess(second * 1000, EJECTION);
      assert.equal(health.noteFailure(second * 1000, EJECTION), false);
    }
  });

  it('lasts longer with each repeat up to its maximum, and ends in time', () => {
    const health = new OriginHealth(0);
    let now = 0;
    for (const expectedMs of [1000, 2000, 3000, 3000]) {
      health.eject(now, EJECTION);
      health.sweep(now + expectedMs - 1, EJECTION);
      assert.equal(health.isEjected, true);
      now += expectedMs;
      health.sweep(now, EJECTION);
      assert.equal(health.isEjected, false);
    }
    now += 60_000;
    health.eject(now, EJECTION);
    health.sweep(now + 1000, EJECTION);
    assert.equal(health.isEjected, false, 'after a long good time it is the first again');
  });

  it('ends where nobody ejects any longer', () => {
    const health = new OriginHealth(0);
    health.eject(0, EJECTION);
    health.sweep(1, null);
    assert.equal(health.isEjected, false);
  });
});

describe('slow start', () => {
  it('begins with a tenth of the share after a return, never shrinks, and ends whole', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 20 }), (times) => {
        const health = new OriginHealth(0);
        assert.equal(health.warmth(0, 10_000), 1, 'an origin that was never away has all');
        health.eject(0, EJECTION);
        health.sweep(1000, EJECTION);
        let before = 0;
        for (const time of times.sort((one, other) => one - other)) {
          const warmth = health.warmth(1000 + time, 10_000);
          assert.ok(warmth >= Math.max(0.1, before) && warmth <= 1);
          before = warmth;
        }
        assert.equal(health.warmth(11_000, 10_000), 1);
        assert.equal(health.warmth(1000, 0), 1);
      }),
    );
  });
});
