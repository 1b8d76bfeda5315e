import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { UsageAnswer } from '../../messages/usage-report.ts';
import { OrchestratorStand } from '../testing/orchestrator-stand.ts';

const LIMIT = '0123456789abcdef';
const KEY = 'fedcba9876543210';

describe('what nodes use of fleet-wide limits', () => {
  let stand: OrchestratorStand;
  let sequence = 0;
  before(async () => {
    stand = await OrchestratorStand.open();
  });
  after(() => stand.close());

  function reportOf(change: object = {}, keyChange: object = {}): object {
    sequence += 1;
    const keys = [{ key: KEY, used: 12, allowance: 15, ...keyChange }];
    const limits = [{ limit: LIMIT, count: 60, window_ms: 10_000, keys }];
    return { epoch: 1, sequence, limits, ...change };
  }

  it('is answered with what they may use, and for how long', async () => {
    const id = await stand.register();
    const { status, json } = await stand.call<UsageAnswer>(`/nodes/${id}/usage`, { body: reportOf() });
    assert.equal(status, 200);
    assert.equal(json.lease_ms, 5000);
    // It has only just started, so nobody gets more than he has.
    assert.deepEqual(json.limits, [{ limit: LIMIT, keys: [{ key: KEY, allowance: 15 }] }]);
    const page = await (await fetch(stand.metricsUrl)).text();
    assert.match(page, /^secbeat_usage_reports_total 1$/m);
    assert.match(page, /^secbeat_usage_keys 1$/m);
  });

  it('is refused where something newer is known, and of nodes that nobody knows', async () => {
    const id = await stand.register();
    const report = reportOf();
    assert.equal((await stand.call(`/nodes/${id}/usage`, { body: report })).status, 200);
    const again = await stand.call(`/nodes/${id}/usage`, { body: report });
    assert.equal(again.status, 409);
    assert.equal(again.json.code, 'late_report');
    const unknown = await stand.call(`/nodes/${randomUUID()}/usage`, { body: reportOf() });
    assert.equal(unknown.status, 404);
    assert.equal(unknown.json.code, 'unknown_node');
  });

  it('must have the right shape', async () => {
    const id = await stand.register();
    for (const report of [
      reportOf({}, { key: '192.0.2.1' }),
      reportOf({}, { key: `${KEY}0` }),
      reportOf({}, { used: -1 }),
      reportOf({}, { allowance: 65_536 }),
      reportOf({ sequence: null }),
      reportOf({ limits: [{ limit: LIMIT, count: 0, window_ms: 10_000, keys: [] }] }),
      reportOf({ limits: [{ limit: LIMIT, count: 60, window_ms: 1e12, keys: [] }] }),
    ]) {
      const { status, json } = await stand.call(`/nodes/${id}/usage`, { body: report });
      assert.equal(status, 422);
      assert.equal(json.code, 'invalid_body');
    }
  });
});
