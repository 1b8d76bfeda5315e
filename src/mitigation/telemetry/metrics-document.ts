/** The reference page of all metrics, made from their tables; docs/metrics.md is this text. */
import { PRIORITY_LABELS } from '../pipeline/priority.ts';
import { LATENCY_BOUNDS, PUBLISHED_BOUNDS } from './latency-buckets.ts';
import { LEGACY_METRICS, type LegacyMetric, type LegacySource } from './legacy-metrics.ts';
import { METRIC_NAMES, METRICS, type MetricName } from './metric-definitions.ts';
import {
  BAN_SOURCES,
  CONNECTION_REASONS,
  EVENT_SINKS,
  HANDSHAKE_RESULTS,
  METHOD_LABELS,
  TLS_VERSION_LABELS,
  TRAFFIC_DIRECTIONS,
  UPSTREAM_REASONS,
  upstreamErrorKind,
  VERDICT_SERIES,
  WAF_FAMILIES,
} from './traffic-labels.ts';

/** Writes the page, Markdown. */
export function formatMetricsDocument(): string {
  return [
    '# Metrics of a node',
    '',
    '<!-- Made from the metric tables in src/mitigation/telemetry; a test keeps it equal to them. -->',
    '',
    'A node serves its metrics at `GET /metrics` on `metrics.listen_addr`, in the Prometheus text format 0.0.4.',
    'All label sets are closed: no text of a client ever becomes a label value.',
    '',
    '## Own names',
    '',
    '| Name | Type | Labels | Meaning |',
    '|---|---|---|---|',
    ...METRIC_NAMES.map(metricRow),
    '',
    histogramNote(),
    '',
    'A series that was never counted is printed as 0 where the label set is small, and left out of ' +
      `${hiddenNames()}.`,
    '',
    '## Label values',
    '',
    '| Metric | Label | Values |',
    '|---|---|---|',
    ...labelRows(),
    '',
    '## Older names',
    '',
    'Published beside the own names while `metrics.legacy_names` is on; each is a sum over own series.',
    '',
    '| Name | Type | Sum of | Meaning |',
    '|---|---|---|---|',
    ...Object.entries(LEGACY_METRICS).map(([name, metric]) => legacyRow(name, metric)),
    '',
  ].join('\n');
}

function metricRow(name: MetricName): string {
  const { type, labels, help } = METRICS[name];
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
}

function legacyRow(name: string, { help, sum }: LegacyMetric): string {
  return `| \`${name}\` | ${METRICS[sum[0]!.metric].type} | ${sum.map(sourceText).join(' + ')} | ${help} |`;
}

function sourceText({ metric, where }: LegacySource): string {
  if (where === undefined) return `\`${metric}\``;
  const conditions = Object.entries(where).map(([label, values]) => `${label}: ${values.join(', ')}`);
  return `\`${metric}\` (${conditions.join('; ')})`;
}

function histogramNote(): string {
  const published = PUBLISHED_BOUNDS.map((index) => LATENCY_BOUNDS[index]!);
  const smallest = (published[0]! * 1e6).toFixed(1);
  return (
    `Histograms have ${published.length} bounds, each twice the one before, from ${smallest} microseconds to ` +
    `${published[published.length - 1]} seconds. The node keeps four times as many cells and estimates the ` +
    'quantiles of its management API from those.'
  );
}

function hiddenNames(): string {
  return METRIC_NAMES.filter((name) => METRICS[name].zeros === 'hidden')
    .map((name) => `\`${name}\``)
    .join(', ');
}

function labelRows(): string[] {
  const refusals = VERDICT_SERIES.filter(([verdict]) => verdict === 'refuse').map(([, reason]) => reason);
  const failures = VERDICT_SERIES.filter(([verdict]) => verdict === 'fail').map(([, reason]) => reason);
  return [
    labelRow('secbeat_requests_total', 'method', METHOD_LABELS),
    '| `secbeat_requests_total` | `status` | a registered HTTP status, or `other`; `other` also where the client was gone before an answer |',
    labelRow('secbeat_verdicts_total', 'verdict', ['pass', 'refuse', 'fail', 'abandon']),
    `| \`secbeat_verdicts_total\` | \`reason\` | pass and abandon: \`none\`; refuse: ${codes(refusals)}; fail: ${codes(failures)} |`,
    '| `secbeat_waf_rule_matches_total` | `rule` | id of a rule in force when the process started, or `other` |',
    labelRow('secbeat_waf_blocks_total', 'family', WAF_FAMILIES),
    labelRow('secbeat_waf_inspection_duration_seconds', 'result', ['allow', 'block']),
    '| `secbeat_waf_inspection_duration_seconds` | `category` | `none` for allow, else a family as above |',
    labelRow('secbeat_connections_refused_total', 'reason', CONNECTION_REASONS),
    labelRow('secbeat_tls_handshakes_total', 'result', HANDSHAKE_RESULTS),
    labelRow('secbeat_tls_handshakes_total', 'version', TLS_VERSION_LABELS),
    labelRow('secbeat_client_bytes_total', 'direction', TRAFFIC_DIRECTIONS),
    labelRow('secbeat_upstream_errors_total', 'kind', UPSTREAM_REASONS.map(upstreamErrorKind)),
    labelRow('secbeat_requests_shed_total', 'class', PRIORITY_LABELS),
    labelRow('secbeat_bans_added_total', 'source', BAN_SOURCES),
    ...METRIC_NAMES.filter((name) => name.startsWith('secbeat_list_')).map(
      (name) => `| \`${name}\` | \`list\` | name of a large list of the configuration |`,
    ),
    '| `secbeat_limited_requests_total` | `limit` | name of a limit of the configuration, or `other` |',
    '| `secbeat_limited_requests_total` | `site` | the site it belongs to; empty for limits of all |',
    labelRow('secbeat_limited_requests_total', 'result', ['refused', 'observed']),
    labelRow('secbeat_fleet_limit_reports_total', 'result', ['answered', 'failed']),
    '| `secbeat_table_overflows_total` | `table` | a shared table of the node |',
    '| `secbeat_table_evictions_total` | `table` | a shared table of the node |',
    labelRow('secbeat_events_dropped_total', 'sink', EVENT_SINKS),
    '| `secbeat_build_info` | `version` | version of the program |',
  ];
}

function labelRow(name: MetricName, label: string, values: readonly string[]): string {
  return `| \`${name}\` | \`${label}\` | ${codes(values)} |`;
}

function codes(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}
