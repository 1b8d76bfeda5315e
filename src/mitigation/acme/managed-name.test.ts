import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManagedName } from './managed-name.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CERTIFICATE = { validUntilMs: 90 * DAY_MS, renewAtMs: 60 * DAY_MS, id: 'key.serial' };

function inUse(random = 0.5): ManagedName {
  const managed = new ManagedName('shop.example', () => random);
  managed.use(CERTIFICATE, 0);
  return managed;
}

function windowOf(startMs: number, endMs: number) {
  return { window: { startMs, endMs }, retryAfterMs: 0 };
}

describe('ManagedName', () => {
  it('is due at once without a certificate, then at the planned time', () => {
    const managed = new ManagedName('shop.example', () => 0);
    assert.ok(managed.isDue(0, 0));
    managed.use(CERTIFICATE, 0);
    assert.ok(!managed.isDue(0, CERTIFICATE.renewAtMs - 1));
    assert.ok(managed.isDue(0, CERTIFICATE.renewAtMs));
  });

  it('asks for advice some hours after it got a certificate, then every six', () => {
    const managed = inUse();
    assert.equal(managed.question(3.5 * HOUR_MS - 1), null);
    assert.equal(managed.question(3.5 * HOUR_MS), 'key.serial');
    managed.advise(null, 4 * HOUR_MS);
    assert.equal(managed.question(10 * HOUR_MS - 1), null);
    assert.equal(managed.question(10 * HOUR_MS), 'key.serial');
  });

  it('asks when it is told to, but not more often than once an hour', () => {
    const managed = inUse();
    managed.advise({ window: null, retryAfterMs: 1000 }, 0);
    assert.equal(managed.question(HOUR_MS - 1), null);
    managed.advise({ window: null, retryAfterMs: 24 * HOUR_MS }, HOUR_MS);
    assert.equal(managed.question(25 * HOUR_MS - 1), null);
    assert.equal(managed.question(25 * HOUR_MS), 'key.serial');
  });

  it('asks nothing about a certificate of another authority', () => {
    const managed = new ManagedName('shop.example', () => 0);
    assert.equal(managed.question(Number.MAX_SAFE_INTEGER), null);
    managed.use({ ...CERTIFICATE, id: null }, 0);
    assert.equal(managed.question(Number.MAX_SAFE_INTEGER), null);
  });

  it('renews within a window that is earlier than planned', () => {
    const managed = inUse();
    managed.advise(windowOf(10 * DAY_MS, 12 * DAY_MS), 0);
    assert.ok(!managed.isDue(0, 11 * DAY_MS - 1));
    assert.ok(managed.isDue(0, 11 * DAY_MS));
  });

  it('never renews later than planned', () => {
    const managed = inUse();
    managed.advise(windowOf(80 * DAY_MS, 85 * DAY_MS), 0);
    assert.ok(managed.isDue(0, CERTIFICATE.renewAtMs));
  });

  it('draws one time from each window, and follows a window that moves', () => {
    let random = 0.9;
    const managed = new ManagedName('shop.example', () => random);
    managed.use(CERTIFICATE, 0);
    managed.advise(windowOf(10 * DAY_MS, 20 * DAY_MS), 0);
    random = 0;
    managed.advise(windowOf(10 * DAY_MS, 20 * DAY_MS), 0);
    assert.ok(!managed.isDue(0, 18 * DAY_MS));
    assert.ok(managed.isDue(0, 19 * DAY_MS));
    managed.advise(windowOf(30 * DAY_MS, 40 * DAY_MS), 0);
    assert.ok(!managed.isDue(0, 29 * DAY_MS));
  });

  it('forgets the window with the certificate that it was for', () => {
    const managed = inUse();
    managed.advise(windowOf(0, 0), 0);
    assert.ok(managed.isDue(0, 0));
    managed.use({ ...CERTIFICATE, renewAtMs: 150 * DAY_MS }, 0);
    assert.ok(!managed.isDue(0, 100 * DAY_MS));
  });
});
