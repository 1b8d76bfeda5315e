import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renewalTimeMs } from './renewal-time.ts';

const DAY_MS = 86_400_000;

describe('renewalTimeMs', () => {
  for (const [lifetimeDays, beforeDays, expectedDay] of [
    [90, null, 60],
    [6, null, 4],
    [90, 30, 60],
    [90, 10, 80],
    [90, 60, 45],
    [6, 30, 3],
  ] as const) {
    it(`renews ${lifetimeDays} days at day ${expectedDay} with ${beforeDays ?? 'no'} days before the end`, () => {
      const validity = { validFromMs: 5 * DAY_MS, validUntilMs: (5 + lifetimeDays) * DAY_MS };
      assert.equal(renewalTimeMs(validity, beforeDays), (5 + expectedDay) * DAY_MS);
    });
  }
});
