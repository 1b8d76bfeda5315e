import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASON_NAMES, REASONS } from '../../core/reasons.ts';
import type { TrafficMetricName } from './metric-definitions.ts';
import { createTestRecord, createTestTraffic, type TestTraffic } from './telemetry-fixtures.ts';
import { cellOf } from './traffic-layout.ts';
import { TrafficMeter } from './traffic-meter.ts';

/** The series of a metric that are not zero, as `label,label` with their counts. */
function counted({ layout, sums }: TestTraffic, name: TrafficMetricName): Record<string, number> {
  const { offset, stride, series } = layout.spans[name];
  const cells = sums();
  const counts: Record<string, number> = {};
  for (const [place, values] of series.entries()) {
    const first = offset + place * stride;
    const count = cells.subarray(first, first + Math.max(1, stride - 1)).reduce((sum, cell) => sum + cell, 0);
    if (count !== 0) counts[values.join(',')] = count;
  }
  return counts;
}

describe('traffic meter', () => {
  it('counts an answered request in every metric that it concerns', () => {
    const traffic = createTestTraffic();
    traffic.meter.requestEnded(createTestRecord());
    assert.deepEqual(counted(traffic, 'secbeat_requests_total'), { 'GET,200': 1 });
    assert.deepEqual(counted(traffic, 'secbeat_verdicts_total'), { 'pass,none': 1 });
    assert.deepEqual(counted(traffic, 'secbeat_client_bytes_total'), { received: 100, sent: 5000 });
    for (const name of [
      'secbeat_request_duration_seconds',
      'secbeat_upstream_duration_seconds',
      'secbeat_proxy_overhead_seconds',
    ] as const) {
      assert.deepEqual(counted(traffic, name), { '': 1 }, name);
    }
    const { layout, sums } = traffic;
    const span = layout.spans.secbeat_proxy_overhead_seconds;
    assert.ok(Math.abs(sums()[span.offset + span.stride - 1]! - 0.0005) < 1e-12);
  });

  it('counts a request without an origin as overhead alone', () => {
    const traffic = createTestTraffic();
    traffic.meter.requestEnded(createTestRecord({ status: 429, reason: 'rate_limit', originMs: null }));
    assert.deepEqual(counted(traffic, 'secbeat_upstream_duration_seconds'), {});
    assert.deepEqual(counted(traffic, 'secbeat_proxy_overhead_seconds'), { '': 1 });
    assert.deepEqual(counted(traffic, 'secbeat_verdicts_total'), { 'refuse,rate_limit': 1 });
  });

  it('ends every request in exactly one verdict', () => {
    for (const reason of [null, ...REASON_NAMES]) {
      const traffic = createTestTraffic();
      traffic.meter.requestEnded(createTestRecord({ reason, status: 0 }));
      const verdicts = counted(traffic, 'secbeat_verdicts_total');
      assert.deepEqual(Object.values(verdicts), [1], String(reason));
      const expected =
        reason === null
          ? 'abandon,none'
          : { request: `refuse,${reason}`, upstream: `fail,${reason}`, connection: 'refuse,internal_error' }[
              REASONS[reason].kind
            ];
      assert.deepEqual(Object.keys(verdicts), [expected]);
    }
  });

  it('counts matches by rule and a block by the family of the first one', () => {
    const traffic = createTestTraffic();
    const ruleIds = ['sqli-union', 'xss-script-tag', 'sqli-union', 'from-a-reload'];
    traffic.meter.requestEnded(createTestRecord({ status: 403, reason: 'waf', ruleIds }));
    traffic.meter.requestEnded(createTestRecord({ ruleIds: ['xss-script-tag'] }));
    traffic.meter.requestEnded(createTestRecord({ status: 403, reason: 'waf' }));
    assert.deepEqual(counted(traffic, 'secbeat_waf_rule_matches_total'), {
      'xss-script-tag': 2,
      'sqli-union': 1,
      other: 1,
    });
    assert.deepEqual(counted(traffic, 'secbeat_waf_blocks_total'), { sql_injection: 1, other: 1 });
  });

  it('keeps methods and statuses of strangers in closed sets', () => {
    const traffic = createTestTraffic();
    traffic.meter.requestEnded(createTestRecord({ method: 'X'.repeat(30), status: 799 }));
    assert.deepEqual(counted(traffic, 'secbeat_requests_total'), { 'OTHER,other': 1 });
  });

  it('follows connections, handshakes, inspections, origins, bans and drops', () => {
    const traffic = createTestTraffic();
    const { meter } = traffic;
    meter.connectionOpened();
    meter.connectionOpened();
    meter.connectionClosed();
    meter.connectionRefused('connection_limit');
    meter.connectionRefused('waf');
    meter.handshakeEnded('completed', 'TLSv1.3');
    meter.handshakeEnded('failed', null);
    meter.inspected(0.001, null);
    meter.inspected(0.001, 'xss-script-tag');
    meter.upstreamFailed('origin_timeout');
    meter.banAdded('automatic');
    meter.eventsDropped('access_log', 3);
    assert.deepEqual(counted(traffic, 'secbeat_connections_total'), { '': 2 });
    assert.deepEqual(counted(traffic, 'secbeat_connections_active'), { '': 1 });
    assert.deepEqual(counted(traffic, 'secbeat_connections_refused_total'), { connection_limit: 1 });
    assert.deepEqual(counted(traffic, 'secbeat_tls_handshakes_total'), {
      'completed,1.3': 1,
      'failed,none': 1,
    });
    assert.deepEqual(counted(traffic, 'secbeat_waf_inspection_duration_seconds'), {
      'allow,none': 1,
      'block,xss': 1,
    });
    assert.deepEqual(counted(traffic, 'secbeat_upstream_errors_total'), { timeout: 1 });
    assert.deepEqual(counted(traffic, 'secbeat_bans_added_total'), { automatic: 1 });
    assert.deepEqual(counted(traffic, 'secbeat_events_dropped_total'), { access_log: 3 });
  });

  it('starts without open connections when a worker is replaced, and keeps its totals', () => {
    const traffic = createTestTraffic();
    const { layout, memory, meter, sums } = traffic;
    meter.connectionOpened();
    meter.requestEnded(createTestRecord());
    const successor = new TrafficMeter(layout, memory, 0);
    successor.requestEnded(createTestRecord());
    assert.equal(sums()[cellOf(layout, 'secbeat_connections_active', [])], 0);
    assert.deepEqual(counted(traffic, 'secbeat_requests_total'), { 'GET,200': 2 });
  });
});
