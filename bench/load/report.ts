/** The table that a comparison ends with. */
import type { PeerName } from './peers.ts';
import type { Goal } from './scenarios.ts';
import { median, pairedRatios, type Spread, spread } from './statistics.ts';

export interface Row {
  readonly scenario: string;
  /** What the values count, with their unit. */
  readonly measure: string;
  /** One value per round and program. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  /** What is good enough, or null where the row is for information. */
  readonly goal: Goal | null;
  /** Digits behind the point. */
  readonly digits: number;
}

/** The programs that the node is compared with, in the order of their columns. */
const RATIOS: readonly PeerName[] = ['nginx', 'haproxy'];

export interface Comparison {
  readonly to: string;
  readonly ratio: Spread;
}

/** Ratios of the node to the others, each the median over the rounds. */
export function compareRow({ values }: Row, ours = 'node', others: readonly string[] = RATIOS): Comparison[] {
  return others.flatMap((to) => {
    const theirs = values.get(to);
    const own = values.get(ours);
    if (own === undefined || theirs === undefined) return [];
    return [{ to, ratio: spread(pairedRatios(own, theirs)) }];
  });
}

/** Renders rows as one aligned table; medians in the cells. */
export function renderTable(rows: readonly Row[], peers: readonly PeerName[]): string {
  const header = ['', 'measure', ...peers, ...RATIOS.map((to) => `node/${to}`), 'goal', ''];
  const lines = rows.map((row) => renderRow(row, peers));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  return [header, ...lines]
    .map((cells) =>
      cells
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function renderRow(row: Row, peers: readonly PeerName[]): string[] {
  const comparisons = new Map(compareRow(row).map(({ to, ratio }) => [to, ratio]));
  return [
    row.scenario,
    row.measure,
    ...peers.map((peer) => renderValue(row.values.get(peer), row.digits)),
    ...RATIOS.map((to) => renderRatio(comparisons.get(to))),
    row.goal === null ? '' : renderGoal(row.goal),
    row.goal === null ? '' : judge(row, row.goal),
  ];
}

function renderGoal({ kind, max, ...goal }: Goal): string {
  if (kind === 'value') return `<= ${max}`;
  return `<= ${max.toFixed(2)} ${'to' in goal ? goal.to : ''}`.trimEnd();
}

/** `best` is the peer whose median is the lowest. */
function judge(row: Row, goal: Goal): string {
  const own = row.values.get('node');
  if (own === undefined || own.length === 0) return '';
  if (goal.kind === 'value') return median(own) <= goal.max ? 'met' : 'missed';
  const ratios = compareRow(row)
    .filter(({ to }) => goal.to === 'best' || to === goal.to)
    .map(({ ratio }) => ratio.median);
  return ratios.length === 0 ? '' : Math.max(...ratios) <= goal.max ? 'met' : 'missed';
}

function renderValue(values: readonly number[] | undefined, digits: number): string {
  const middle = median(values ?? []);
  return Number.isNaN(middle) ? '-' : middle.toFixed(digits);
}

function renderRatio(ratio: Spread | undefined): string {
  if (ratio === undefined || !Number.isFinite(ratio.median)) return '-';
  return `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})`;
}
