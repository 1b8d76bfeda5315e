import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrometheus, type MetricFamily } from '../../export/prometheus.ts';
import { LEGACY_METRICS } from './legacy-metrics.ts';
import { METRIC_NAMES, METRICS } from './metric-definitions.ts';
import { metricFamilies } from './metric-families.ts';
import { createTestRecord, createTestTraffic, TEST_READING, TEST_STATUS } from './telemetry-fixtures.ts';

const SAMPLE =
  /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (\d+(?:\.\d+)?(?:e-?\d+)?)$/;

/** Reads a page as strictly as a scraper: every sample belongs to the family declared above it, none comes twice. */
function readPage(page: string): Map<string, number> {
  const values = new Map<string, number>();
  const declared = new Set<string>();
  let family = '';
  let type = '';
  assert.ok(page.endsWith('\n'));
  for (const line of page.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      if (comment[1] === 'HELP') {
        family = comment[2]!;
        assert.ok(!declared.has(family), `${family} is declared twice`);
        declared.add(family);
      } else {
        assert.equal(comment[2], family);
        type = comment[3]!;
        assert.match(type, /^(counter|gauge|histogram)$/);
      }
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample !== null, `not a sample: ${line}`);
    const name = type === 'histogram' ? sample[1]!.replace(/_(bucket|sum|count)$/, '') : sample[1];
    assert.equal(name, family);
    const key = `${sample[1]}{${sample[2] ?? ''}}`;
    assert.ok(!values.has(key), `${key} comes twice`);
    values.set(key, Number(sample[3]));
  }
  return values;
}

function busyFamilies(legacyNames: boolean): MetricFamily[] {
  const { layout, meter, sums } = createTestTraffic();
  meter.connectionOpened();
  meter.handshakeEnded('completed', 'TLSv1.3');
  meter.inspected(0.0001, null);
  meter.requestEnded(createTestRecord());
  meter.requestEnded(createTestRecord({ status: 403, reason: 'waf', ruleIds: ['xss-script-tag'] }));
  meter.eventsDropped('log_writer', 1);
  return metricFamilies(layout, sums(), TEST_READING, legacyNames);
}

describe('metric families', () => {
  it('are exactly those of the tables, in their order', () => {
    assert.deepEqual(
      busyFamilies(false).map(({ name }) => name),
      METRIC_NAMES,
    );
    assert.deepEqual(
      busyFamilies(true).map(({ name }) => name),
      [...METRIC_NAMES, ...Object.keys(LEGACY_METRICS)],
    );
  });

  it('carry exactly the labels of their definition', () => {
    for (const { name, samples } of busyFamilies(false)) {
      for (const { labels } of samples) {
        assert.deepEqual(
          labels.map(([label]) => label),
          METRICS[name as keyof typeof METRICS].labels,
          name,
        );
      }
    }
  });

  it('make a page that a strict reader accepts', () => {
    const values = readPage(formatPrometheus(busyFamilies(true)));
    assert.equal(values.get('secbeat_requests_total{method="GET",status="200"}'), 1);
    assert.equal(values.get('secbeat_waf_rule_matches_total{rule="xss-script-tag"}'), 1);
    assert.equal(values.get('secbeat_request_duration_seconds_count{}'), 2);
    assert.equal(values.get('secbeat_request_duration_seconds_bucket{le="+Inf"}'), 2);
    assert.equal(values.get('secbeat_request_duration_seconds_bucket{le="0.0078125"}'), 0);
    assert.equal(values.get('secbeat_request_duration_seconds_bucket{le="0.015625"}'), 2);
    assert.equal(values.get('secbeat_table_evictions_total{table="bans"}'), 2);
    assert.equal(values.get('secbeat_build_info{version="0.1.0"}'), 1);
    assert.equal(values.get('requests_proxied{}'), 1);
  });

  it('add what the log writer of the main thread dropped', () => {
    const values = readPage(formatPrometheus(busyFamilies(false)));
    assert.equal(
      values.get('secbeat_events_dropped_total{sink="log_writer"}'),
      1 + TEST_READING.droppedLogLines,
    );
    assert.equal(values.get('secbeat_events_dropped_total{sink="nats"}'), TEST_READING.droppedEvents);
  });

  it('leave out what nobody knows', () => {
    const { layout, sums } = createTestTraffic();
    const status = { ...TEST_STATUS, controlLink: 'off' } as const;
    const reading = { ...TEST_READING, status, clientsActive: null };
    const names = metricFamilies(layout, sums(), reading, true).map(({ name }) => name);
    for (const absent of ['secbeat_control_link_up', 'secbeat_clients_active', 'ddos_active_ips']) {
      assert.ok(!names.includes(absent), absent);
    }
  });

  it('show zeros of small label sets before anything happened', () => {
    const { layout, sums } = createTestTraffic();
    const values = readPage(formatPrometheus(metricFamilies(layout, sums(), TEST_READING, false)));
    assert.equal(values.get('secbeat_verdicts_total{verdict="refuse",reason="waf"}'), 0);
    assert.equal(values.get('secbeat_connections_refused_total{reason="banned"}'), 0);
    assert.equal(values.get('secbeat_requests_total{method="GET",status="200"}'), undefined);
  });
});
