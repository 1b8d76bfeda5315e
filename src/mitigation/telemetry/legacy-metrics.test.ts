import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASON_NAMES, REASONS } from '../../core/reasons.ts';
import { LEGACY_METRICS } from './legacy-metrics.ts';
import { METRICS } from './metric-definitions.ts';
import { metricFamilies } from './metric-families.ts';
import { createTestRecord, createTestTraffic, TEST_READING, type TestTraffic } from './telemetry-fixtures.ts';

function legacyValue({ layout, sums }: TestTraffic, name: string): number {
  const family = metricFamilies(layout, sums(), TEST_READING, true).find((each) => each.name === name);
  assert.ok(family !== undefined && family.type !== 'histogram', name);
  return family.samples[0]!.value;
}

describe('older metric names', () => {
  it('are all derived from metrics of one type with labels that exist', () => {
    for (const [name, { sum }] of Object.entries(LEGACY_METRICS)) {
      assert.equal(new Set(sum.map(({ metric }) => METRICS[metric].type)).size, 1, name);
      for (const { metric, where } of sum) {
        const labels: readonly string[] = METRICS[metric].labels;
        for (const label of Object.keys(where ?? {})) assert.ok(labels.includes(label), `${name}: ${label}`);
      }
    }
  });

  it('follow a blocked attack', () => {
    const traffic = createTestTraffic();
    traffic.meter.requestEnded(createTestRecord({ status: 403, reason: 'waf', ruleIds: ['sqli-union'] }));
    for (const name of [
      'https_requests_received',
      'waf_requests_blocked',
      'waf_events_blocked_total',
      'waf_blocked_sql_injection',
      'blocked_requests_total',
    ]) {
      assert.equal(legacyValue(traffic, name), 1, name);
    }
    for (const name of ['requests_proxied', 'http_errors', 'waf_blocked_xss', 'ddos_events_detected_total']) {
      assert.equal(legacyValue(traffic, name), 0, name);
    }
  });

  it('follow connections and bans', () => {
    const traffic = createTestTraffic();
    const { meter } = traffic;
    meter.connectionOpened();
    meter.connectionRefused('banned');
    meter.connectionRefused('manual_blacklist');
    meter.connectionRefused('global_limit');
    meter.connectionRefused('connection_rate');
    meter.handshakeEnded('resumed', 'TLSv1.3');
    meter.handshakeEnded('timeout', null);
    meter.banAdded('automatic');
    meter.banAdded('management');
    const expected = {
      active_connections: 1,
      ddos_total_connections: 1,
      dynamic_blocks_total: 1,
      ddos_blocked_blacklist: 1,
      ddos_blocked_manual_blacklist: 1,
      l7_proxy_blocked_blacklist: 2,
      ddos_blocked_global_limit: 1,
      ddos_blocked_rate_limit: 1,
      ddos_events_detected_total: 4,
      tls_handshakes_completed: 1,
      tls_handshake_errors: 1,
      ddos_blacklist_additions: 1,
      ddos_blacklist_size: TEST_READING.bansActive,
      ddos_active_ips: TEST_READING.clientsActive,
    };
    for (const [name, value] of Object.entries(expected))
      assert.equal(legacyValue(traffic, name), value, name);
  });

  it('put every request into exactly one of proxied, blocked and errors', () => {
    for (const reason of [null, ...REASON_NAMES]) {
      if (reason !== null && REASONS[reason].kind === 'connection') continue;
      const traffic = createTestTraffic();
      traffic.meter.requestEnded(createTestRecord({ reason }));
      const parts = ['requests_proxied', 'blocked_requests_total', 'http_errors'];
      assert.equal(
        parts.reduce((sum, name) => sum + legacyValue(traffic, name), 0),
        1,
        String(reason),
      );
    }
  });
});
