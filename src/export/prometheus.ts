/**
 * The Prometheus text exposition format 0.0.4: metric families in, one page of text out.
 *
 * Pure and without memory: who calls it holds the numbers and has checked the names against its own closed
 * table. Everything that could break a line (backslash, quote, line feed) is escaped here, so a label value
 * can never forge a sample.
 */

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type MetricFamily = ScalarFamily | HistogramFamily;

export interface ScalarFamily {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly samples: readonly ScalarSample[];
}

export interface HistogramFamily {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  readonly samples: readonly HistogramSample[];
}

/** Label names with their values, in the order in which they are printed. */
export type Labels = readonly (readonly [name: string, value: string])[];

export interface ScalarSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds in rising order without infinity, and how many observations lie at or below each. */
  readonly buckets: readonly HistogramBucket[];
  readonly count: number;
  /** Sum of all observations, in the unit of the family's name. */
  readonly sum: number;
}

export interface HistogramBucket {
  readonly upperBound: number;
  readonly cumulativeCount: number;
}

/** Writes the families in the given order; HELP and TYPE stand once, before the family's samples. */
export function formatPrometheus(families: readonly MetricFamily[]): string {
  let page = '';
  for (const family of families) {
    page += `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n`;
    page += family.type === 'histogram' ? formatHistogram(family) : formatScalars(family);
  }
  return page;
}

function formatScalars(family: ScalarFamily): string {
  let text = '';
  for (const sample of family.samples) text += formatSample(family.name, sample.labels, sample.value);
  return text;
}

function formatHistogram(family: HistogramFamily): string {
  let text = '';
  for (const { labels, buckets, count, sum } of family.samples) {
    for (const { upperBound, cumulativeCount } of buckets) {
      text += formatBucket(family.name, labels, formatNumber(upperBound), cumulativeCount);
    }
    text += formatBucket(family.name, labels, '+Inf', count);
    text += formatSample(`${family.name}_sum`, labels, sum);
    text += formatSample(`${family.name}_count`, labels, count);
  }
  return text;
}

function formatBucket(name: string, labels: Labels, bound: string, value: number): string {
  return formatSample(`${name}_bucket`, [...labels, ['le', bound]], value);
}

function formatSample(name: string, labels: Labels, value: number): string {
  const pairs = labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',');
  return `${name}${pairs === '' ? '' : `{${pairs}}`} ${formatNumber(value)}\n`;
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
