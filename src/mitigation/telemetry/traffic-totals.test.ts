import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASON_NAMES, REASONS } from '../../core/reasons.ts';
import { createTestRecord, createTestTraffic } from './telemetry-fixtures.ts';
import { DDOS_REASONS, trafficTotals } from './traffic-totals.ts';

describe('traffic totals', () => {
  it('are zero before the first connection', () => {
    const { layout, sums } = createTestTraffic();
    assert.deepEqual(trafficTotals(layout, sums()), {
      connectionsActive: 0,
      connectionsTotal: 0,
      requestsTotal: 0,
      requestsProxied: 0,
      ddosBlocks: 0,
      wafBlocks: 0,
      serverErrors: 0,
      blocksByReason: {},
      latencyMs: { p50: 0, p99: 0 },
    });
  });

  it('count requests, blocks and latency', () => {
    const { layout, meter, sums } = createTestTraffic();
    meter.connectionOpened();
    for (let count = 0; count < 98; count += 1) meter.requestEnded(createTestRecord({ durationMs: 10 }));
    meter.requestEnded(createTestRecord({ status: 429, reason: 'rate_limit', durationMs: 10 }));
    meter.requestEnded(
      createTestRecord({ status: 403, reason: 'waf', ruleIds: ['sqli-union'], durationMs: 2000 }),
    );
    meter.requestEnded(createTestRecord({ status: 502, reason: 'origin_invalid', durationMs: 2000 }));
    meter.connectionRefused('banned');
    const totals = trafficTotals(layout, sums());
    assert.equal(totals.connectionsActive, 1);
    assert.equal(totals.requestsTotal, 101);
    assert.equal(totals.requestsProxied, 98);
    assert.equal(totals.ddosBlocks, 2);
    assert.equal(totals.wafBlocks, 1);
    assert.equal(totals.serverErrors, 1);
    assert.deepEqual(totals.blocksByReason, { banned: 1, waf: 1, rate_limit: 1 });
    assert.ok(Math.abs(totals.latencyMs.p50 - 10) < 2, String(totals.latencyMs.p50));
    assert.ok(Math.abs(totals.latencyMs.p99 - 2000) < 400, String(totals.latencyMs.p99));
  });

  it('count every refusal under its own reason', () => {
    for (const reason of REASON_NAMES) {
      const { layout, meter, sums } = createTestTraffic();
      if (REASONS[reason].kind === 'connection') meter.connectionRefused(reason);
      else meter.requestEnded(createTestRecord({ reason, status: REASONS[reason].status }));
      const totals = trafficTotals(layout, sums());
      const expected = REASONS[reason].kind === 'upstream' ? {} : { [reason]: 1 };
      assert.deepEqual(totals.blocksByReason, expected);
      assert.equal(totals.ddosBlocks, DDOS_REASONS.includes(reason) ? 1 : 0);
      assert.equal(totals.wafBlocks, reason === 'waf' ? 1 : 0);
    }
  });
});
