/**
 * Where each traffic metric lies inside a writer's region of shared memory.
 *
 *   region 0 (worker 0)              region 1 ...            last region (main thread, if it wants one)
 *   | requests | verdicts | ... | padding |
 *   span = offset + place of the label set x stride; stride 1, for histograms the cells and the sum
 *
 * The layout follows from the metric table and the rule names alone, so every thread computes the same one.
 * It is fixed for the life of the process: a rule that a reload adds counts under the rule `other`.
 */
import { PRIORITY_LABELS } from '../pipeline/priority.ts';
import { LATENCY_CELLS } from './latency-buckets.ts';
import { METRICS, TRAFFIC_METRIC_NAMES, type TrafficMetricName } from './metric-definitions.ts';
import {
  BAN_SOURCES,
  CONNECTION_REASONS,
  EVENT_SINKS,
  HANDSHAKE_RESULTS,
  INSPECTION_SERIES,
  METHOD_LABELS,
  STATUS_LABELS,
  TLS_VERSION_LABELS,
  TRAFFIC_DIRECTIONS,
  UPSTREAM_REASONS,
  upstreamErrorKind,
  VERDICT_SERIES,
  WAF_FAMILIES,
  wafFamily,
} from './traffic-labels.ts';

export interface TrafficLayout {
  /** Cells of one region in use. */
  readonly cells: number;
  /** Cells from one region to the next. */
  readonly regionCells: number;
  readonly spans: Readonly<Record<TrafficMetricName, MetricSpan>>;
  /** Places of a rule's counters; an unknown rule shares those of `other`. */
  ruleCells(ruleId: string): RuleCells;
}

export interface MetricSpan {
  readonly offset: number;
  readonly stride: number;
  /** Label values of each series, in the order of the cells. */
  readonly series: readonly (readonly string[])[];
}

export interface RuleCells {
  readonly matches: number;
  /** The family's block counter. */
  readonly blocks: number;
  /** The family's histogram of inspections that ended in a block. */
  readonly inspection: number;
}

/** A rule as the metrics know it: its stable id and the event label of its family. */
export interface RuleName {
  readonly id: string;
  readonly label: string;
}

/** Rules that get a series of their own; what is beyond counts as `other`. */
export const RULE_SERIES_MAX = 2048;

/** Regions begin this many cells apart or a multiple: two cache lines, so that writers never share one. */
const REGION_ALIGNMENT_CELLS = 16;

const OTHER_RULE: RuleName = { id: 'other', label: '' };

/** Computes the layout; `rules` are those in force when the process starts. */
export function createTrafficLayout(rules: readonly RuleName[]): TrafficLayout {
  const named = new Map(rules.slice(0, RULE_SERIES_MAX - 1).map((rule) => [rule.id, rule]));
  named.set(OTHER_RULE.id, OTHER_RULE);
  const series = createSeries([...named.keys()]);
  const spans: Partial<Record<TrafficMetricName, MetricSpan>> = {};
  let cells = 0;
  for (const name of TRAFFIC_METRIC_NAMES) {
    const stride = METRICS[name].type === 'histogram' ? LATENCY_CELLS + 1 : 1;
    spans[name] = { offset: cells, stride, series: series[name] };
    cells += stride * series[name].length;
  }
  const complete = spans as Record<TrafficMetricName, MetricSpan>;
  const ruleCells = createRuleCells([...named.values()], complete);
  return {
    cells,
    regionCells: Math.ceil(cells / REGION_ALIGNMENT_CELLS) * REGION_ALIGNMENT_CELLS,
    spans: complete,
    ruleCells: (ruleId) => ruleCells.get(ruleId) ?? ruleCells.get(OTHER_RULE.id)!,
  };
}

/** The cell of the series with these label values, or the first cell of its histogram. */
export function cellOf(layout: TrafficLayout, name: TrafficMetricName, values: readonly string[]): number {
  const span = layout.spans[name];
  const place = span.series.findIndex((series) => series.every((value, index) => value === values[index]));
  if (place === -1) throw new RangeError(`${name} has no series ${values.join(', ')}`);
  return span.offset + place * span.stride;
}

function createSeries(ruleIds: readonly string[]): Record<TrafficMetricName, readonly (readonly string[])[]> {
  const unlabelled: readonly (readonly string[])[] = [[]];
  return {
    secbeat_requests_total: pairs(METHOD_LABELS, STATUS_LABELS),
    secbeat_verdicts_total: VERDICT_SERIES,
    secbeat_waf_rule_matches_total: single(ruleIds),
    secbeat_waf_blocks_total: single(WAF_FAMILIES),
    secbeat_waf_inspection_duration_seconds: INSPECTION_SERIES,
    secbeat_connections_total: unlabelled,
    secbeat_connections_active: unlabelled,
    secbeat_connections_refused_total: single(CONNECTION_REASONS),
    secbeat_tls_handshakes_total: pairs(HANDSHAKE_RESULTS, TLS_VERSION_LABELS),
    secbeat_client_bytes_total: single(TRAFFIC_DIRECTIONS),
    secbeat_request_duration_seconds: unlabelled,
    secbeat_proxy_overhead_seconds: unlabelled,
    secbeat_upstream_duration_seconds: unlabelled,
    secbeat_upstream_errors_total: single(UPSTREAM_REASONS.map(upstreamErrorKind)),
    secbeat_upstream_retries_total: unlabelled,
    secbeat_upstream_ejections_total: unlabelled,
    secbeat_upstream_origins_out: unlabelled,
    secbeat_requests_shed_total: single(PRIORITY_LABELS),
    secbeat_bans_added_total: single(BAN_SOURCES),
    secbeat_events_dropped_total: single(EVENT_SINKS),
  };
}

function createRuleCells(
  rules: readonly RuleName[],
  spans: Readonly<Record<TrafficMetricName, MetricSpan>>,
): ReadonlyMap<string, RuleCells> {
  const inspection = spans.secbeat_waf_inspection_duration_seconds;
  const cells = new Map<string, RuleCells>();
  for (const [place, rule] of rules.entries()) {
    const family = WAF_FAMILIES.indexOf(wafFamily(rule.label));
    cells.set(rule.id, {
      matches: spans.secbeat_waf_rule_matches_total.offset + place,
      blocks: spans.secbeat_waf_blocks_total.offset + family,
      inspection: inspection.offset + (family + 1) * inspection.stride,
    });
  }
  return cells;
}

function single(values: readonly string[]): readonly (readonly string[])[] {
  return values.map((value) => [value]);
}

function pairs(first: readonly string[], second: readonly string[]): readonly (readonly string[])[] {
  return first.flatMap((left) => second.map((right) => [left, right]));
}
