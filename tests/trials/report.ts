/** What trials found, as a table for people and as JSON for programs. */

export type Cell = string | number | null;

export interface TrialRow {
  readonly name: string;
  /** By column; what does not apply is null. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** The goals that were missed, in words; none where all is well. */
  readonly misses: readonly string[];
  /** Why the row was left out, or null. */
  readonly skipped: string | null;
}

export interface TrialReport {
  readonly title: string;
  /** How it was measured: where processes ran, how long, what the goals are. */
  readonly notes: readonly string[];
  readonly rows: readonly TrialRow[];
}

export function skippedRow(name: string, skipped: string): TrialRow {
  return { name, cells: {}, misses: [], skipped };
}

/** Whether all goals were met. */
export function isMet({ rows }: TrialReport): boolean {
  return rows.every(({ misses }) => misses.length === 0);
}

/** The lines of a report: title, notes, table, and what was missed. */
export function formatReport({ title, notes, rows }: TrialReport): readonly string[] {
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const head = ['trial', ...columns, 'verdict'];
  const lines = rows.map(({ name, cells, misses, skipped }) => {
    const verdict = skipped !== null ? 'left out' : misses.length === 0 ? 'met' : 'MISSED';
    return [name, ...columns.map((column) => formatCell(cells[column] ?? null)), verdict];
  });
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map((line) => line[at]!.length)));
  const toLine = (line: readonly string[]): string =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ');
  return [
    title,
    ...notes.map((note) => `  ${note}`),
    '',
    toLine(head),
    ...lines.map(toLine),
    ...rows.flatMap(({ name, skipped }) => (skipped === null ? [] : [`left out ${name}: ${skipped}`])),
    ...rows.flatMap(({ name, misses }) => misses.map((miss) => `MISSED ${name}: ${miss}`)),
  ];
}

function formatCell(cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell);
  return cell.toFixed(Math.abs(cell) < 10 ? 2 : 1);
}
