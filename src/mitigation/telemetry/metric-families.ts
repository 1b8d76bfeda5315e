/**
 * One reading of all metrics: the summed cells of shared memory and what the main thread knows, as the
 * families that the exposition writer prints, in the order of the metric table.
 */
import type { HistogramSample, Labels, MetricFamily, ScalarSample } from '../../export/prometheus.ts';
import type { KernelReading } from '../kernel/ban-mirror.ts';
import type { FleetUsageReading } from '../limits/fleet-usage.ts';
import type { LimitReading } from '../limits/limit-readings.ts';
import type { ListReading } from '../lists/list-keeper.ts';
import type { NodeStatus } from '../node-control.ts';
import { LATENCY_BOUNDS, LATENCY_CELLS, PUBLISHED_BOUNDS } from './latency-buckets.ts';
import { legacyFamilies } from './legacy-metrics.ts';
import { METRIC_NAMES, METRICS, type MetricName, type TrafficMetricName } from './metric-definitions.ts';
import type { MetricSpan, TrafficLayout } from './traffic-layout.ts';

/** What the main thread reads at the moment of a scrape. */
export interface NodeReading {
  readonly status: Omit<NodeStatus, 'traffic'>;
  readonly bansActive: number;
  /** Null where nobody counts them; the metric is then left out. */
  readonly clientsActive: number | null;
  /** Evictions by table; the names are constants of the program. */
  readonly tableEvictions: Readonly<Record<string, number>>;
  readonly tableOverflows: Readonly<Record<string, number>>;
  /** Limits that were reached. */
  readonly limits: readonly LimitReading[];
  /** Null where no limit holds for the fleet. */
  readonly fleetLimits: FleetUsageReading | null;
  readonly lists: readonly ListReading[];
  /** Null where the kernel is not given bans. */
  readonly kernel: KernelReading | null;
  /** Lines that the log writer of the main thread gave up. */
  readonly droppedLogLines: number;
  /** Events that NATS did not take. */
  readonly droppedEvents: number;
}

type NodeMetricName = Exclude<MetricName, TrafficMetricName>;

/** `sums` as `sumRegions` returns them for this layout. */
export function metricFamilies(
  layout: TrafficLayout,
  sums: ArrayLike<number>,
  reading: NodeReading,
  legacyNames: boolean,
): MetricFamily[] {
  const nodeSamples = readNodeSamples(reading);
  const families: MetricFamily[] = [];
  for (const name of METRIC_NAMES) {
    const family = isNodeMetric(name)
      ? nodeFamily(name, nodeSamples[name])
      : trafficFamily(name, layout.spans[name], sums);
    if (name === 'secbeat_events_dropped_total') families.push(withMainThread(family, reading));
    else if (family.samples.length > 0 || METRICS[name].zeros === 'hidden') families.push(family);
  }
  return legacyNames ? [...families, ...legacyFamilies(families)] : families;
}

/** The cells of one histogram series, without its sum. */
export function histogramCells(sums: ArrayLike<number>, firstCell: number): number[] {
  return Array.from({ length: LATENCY_CELLS }, (_, cell) => sums[firstCell + cell] ?? 0);
}

function isNodeMetric(name: MetricName): name is NodeMetricName {
  return METRICS[name].source === 'node';
}

function nodeFamily(name: NodeMetricName, samples: readonly ScalarSample[]): MetricFamily {
  const { type, help } = METRICS[name];
  return { type, name, help, samples };
}

function trafficFamily(name: TrafficMetricName, span: MetricSpan, sums: ArrayLike<number>): MetricFamily {
  const { type, help, labels, zeros } = METRICS[name];
  if (type === 'histogram') {
    const samples = span.series
      .map((values, place) =>
        histogramSample(labelled(labels, values), sums, span.offset + place * span.stride),
      )
      .filter((sample) => zeros === 'shown' || sample.count > 0);
    return { type, name, help, samples };
  }
  const samples = span.series
    .map((values, place) => ({ labels: labelled(labels, values), value: sums[span.offset + place] ?? 0 }))
    .filter((sample) => zeros === 'shown' || sample.value > 0);
  return { type, name, help, samples };
}

function histogramSample(labels: Labels, sums: ArrayLike<number>, firstCell: number): HistogramSample {
  const cells = histogramCells(sums, firstCell);
  const cumulative: number[] = [];
  let count = 0;
  for (const cell of cells) {
    count += cell;
    cumulative.push(count);
  }
  const buckets = PUBLISHED_BOUNDS.map((index) => ({
    upperBound: LATENCY_BOUNDS[index]!,
    cumulativeCount: cumulative[index]!,
  }));
  return { labels, buckets, count, sum: sums[firstCell + LATENCY_CELLS] ?? 0 };
}

function readNodeSamples(reading: NodeReading): Record<NodeMetricName, readonly ScalarSample[]> {
  const { status, fleetLimits } = reading;
  return {
    secbeat_bans_active: scalar(reading.bansActive),
    secbeat_list_entries: perList(reading, ({ entries }) => entries),
    secbeat_list_age_seconds: perList(reading, ({ ageSeconds }) => ageSeconds),
    secbeat_list_refusals_total: perList(reading, ({ refusals }) => refusals),
    secbeat_list_failures_total: perList(reading, ({ failures }) => failures),
    secbeat_kernel_bans: reading.kernel === null ? [] : scalar(reading.kernel.bans),
    secbeat_kernel_failures_total: reading.kernel === null ? [] : scalar(reading.kernel.failures),
    secbeat_clients_active: reading.clientsActive === null ? [] : scalar(reading.clientsActive),
    secbeat_limited_requests_total: perLimit(reading),
    secbeat_fleet_limit_keys: fleetLimits === null ? [] : scalar(fleetLimits.keys),
    secbeat_fleet_limit_reports_total:
      fleetLimits === null
        ? []
        : [
            { labels: [['result', 'answered']], value: fleetLimits.answered },
            { labels: [['result', 'failed']], value: fleetLimits.failed },
          ],
    secbeat_fleet_limit_overflows_total: fleetLimits === null ? [] : scalar(fleetLimits.overflows),
    secbeat_fleet_limit_fallback: fleetLimits === null ? [] : scalar(fleetLimits.fallback ? 1 : 0),
    secbeat_table_overflows_total: perTable(reading.tableOverflows),
    secbeat_table_evictions_total: perTable(reading.tableEvictions),
    secbeat_memory_usage_bytes: scalar(status.system.residentBytes),
    secbeat_cpu_usage_percent: scalar(status.system.cpuPercent),
    secbeat_uptime_seconds: scalar(status.uptimeSeconds),
    secbeat_policy_revision: scalar(status.configRevision),
    secbeat_fleet_policy_revision: status.fleet.revision === null ? [] : scalar(status.fleet.revision),
    secbeat_under_attack: scalar(status.fleet.mode === 'under_attack' ? 1 : 0),
    secbeat_control_link_up: status.controlLink === 'off' ? [] : scalar(status.controlLink === 'up' ? 1 : 0),
    secbeat_workers_alive: scalar(status.workers.alive),
    secbeat_worker_restarts_total: scalar(status.workers.restarts),
    secbeat_build_info: [{ labels: [['version', status.version]], value: 1 }],
  };
}

function perTable(values: Readonly<Record<string, number>>): readonly ScalarSample[] {
  return Object.entries(values).map(([table, value]) => ({ labels: [['table', table]], value }));
}

/** The names are the operator's, and the counters of limits are bounded in number. */
function perLimit({ limits }: NodeReading): readonly ScalarSample[] {
  return limits.flatMap(({ limit, site, refused, observed }) =>
    Object.entries({ refused, observed })
      .filter(([, value]) => value > 0)
      .map(([result, value]) => ({
        labels: labelled(['limit', 'site', 'result'], [limit, site, result]),
        value,
      })),
  );
}

/** The names are the operator's, and bounded in number by the schema. */
function perList(
  { lists }: NodeReading,
  read: (list: ListReading) => number | null,
): readonly ScalarSample[] {
  return lists.flatMap((list) => {
    const value = read(list);
    return value === null ? [] : [{ labels: [['list', list.name]], value }];
  });
}

/** Adds what the main thread gave up to what the workers did. */
function withMainThread(family: MetricFamily, { droppedLogLines, droppedEvents }: NodeReading): MetricFamily {
  if (family.type === 'histogram') return family;
  const dropped = new Map([
    ['log_writer', droppedLogLines],
    ['nats', droppedEvents],
  ]);
  const samples = family.samples.map((sample) => {
    const sink = sample.labels[0]?.[1] ?? '';
    return { ...sample, value: sample.value + (dropped.get(sink) ?? 0) };
  });
  return { ...family, samples };
}

function scalar(value: number): readonly ScalarSample[] {
  return [{ labels: [], value }];
}

function labelled(names: readonly string[], values: readonly string[]): Labels {
  return names.map((name, index) => [name, values[index] ?? '']);
}
