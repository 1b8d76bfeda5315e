/**
 * Differences between two texts, line by line, in the unified form that people know from patches.
 *
 * Method: the shortest edit script by the greedy search of Myers ("An O(ND) Difference Algorithm and Its Variations", 1986)
 * between what the texts do not share at their beginning and end. Texts that differ in more than EDITS_MAX lines are shown
 * as taken out and put in as a whole, so time stays linear in their length and memory bounded.
 */

export interface LineEdit {
  readonly kind: 'same' | 'removed' | 'added';
  readonly line: string;
}

const EDITS_MAX = 500;
/** Unchanged lines that are shown around a change. */
const CONTEXT = 3;

/** How one text becomes the other, line by line in their order. */
export function diffLines(before: string, after: string): readonly LineEdit[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < shorter - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  const [removed, added] = [from.slice(head, from.length - tail), to.slice(head, to.length - tail)];
  return [
    ...mark('same', from.slice(0, head)),
    ...(shortestScript(removed, added) ?? [...mark('removed', removed), ...mark('added', added)]),
    ...mark('same', from.slice(from.length - tail)),
  ];
}

/** The unified form; empty for equal texts. */
export function unifiedDiff(before: string, after: string): string {
  const edits = diffLines(before, after);
  return hunksOf(edits)
    .map(([start, end]) => formatHunk(edits, start, end))
    .join('');
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function mark(kind: LineEdit['kind'], lines: readonly string[]): readonly LineEdit[] {
  return lines.map((line) => ({ kind, line }));
}

/** Null where it would have more than EDITS_MAX edits. */
function shortestScript(from: readonly string[], to: readonly string[]): readonly LineEdit[] | null {
  const editsMax = Math.min(EDITS_MAX, from.length + to.length);
  // reach[k + offset]: how far in `from` the best path on diagonal k = x - y has come.
  const offset = editsMax + 1;
  const reach = new Int32Array(2 * offset + 1);
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= editsMax; edits++) {
    history.push(reach.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOn(reach, diagonal, edits, offset);
      while (x < from.length && x - diagonal < to.length && from[x] === to[x - diagonal]) x++;
      reach[diagonal + offset] = x;
      if (x >= from.length && x - diagonal >= to.length) return walkBack(from, to, history, offset);
    }
  }
  return null;
}

/** Down (a line put in) or right (one taken out), whichever has come further. */
function startOn(reach: Int32Array, diagonal: number, edits: number, offset: number): number {
  const [below, above] = [reach[diagonal - 1 + offset]!, reach[diagonal + 1 + offset]!];
  return isAddition(below, above, diagonal, edits) ? above : below + 1;
}

function isAddition(below: number, above: number, diagonal: number, edits: number): boolean {
  return edits === 0 || diagonal === -edits || (diagonal !== edits && below < above);
}

function walkBack(
  from: readonly string[],
  to: readonly string[],
  history: readonly Int32Array[],
  offset: number,
): readonly LineEdit[] {
  const edits: LineEdit[] = [];
  let [x, y] = [from.length, to.length];
  for (let step = history.length - 1; step >= 0; step--) {
    const reach = history[step]!;
    const diagonal = x - y;
    const [below, above] = [reach[diagonal - 1 + offset]!, reach[diagonal + 1 + offset]!];
    const addition = isAddition(below, above, diagonal, step);
    const startX = step === 0 ? 0 : addition ? above : below + 1;
    for (; x > startX; x--, y--) edits.push({ kind: 'same', line: from[x - 1]! });
    if (step === 0) break;
    if (addition) edits.push({ kind: 'added', line: to[--y]! });
    else edits.push({ kind: 'removed', line: from[--x]! });
  }
  return edits.reverse();
}

/** First and last-but-one index of each run of changes with the lines around it. */
function hunksOf(edits: readonly LineEdit[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'same') continue;
    const last = hunks.at(-1);
    const end = Math.min(edits.length, index + 1 + CONTEXT);
    if (last !== undefined && index - CONTEXT <= last[1]) last[1] = end;
    else hunks.push([Math.max(0, index - CONTEXT), end]);
  }
  return hunks;
}

const SIGNS: Readonly<Record<LineEdit['kind'], string>> = { same: ' ', removed: '-', added: '+' };

function formatHunk(edits: readonly LineEdit[], start: number, end: number): string {
  const before = edits.slice(0, start);
  const shown = edits.slice(start, end);
  const range = (other: LineEdit['kind']): string => {
    const skipped = before.filter(({ kind }) => kind !== other).length;
    const count = shown.filter(({ kind }) => kind !== other).length;
    return `${count === 0 ? skipped : skipped + 1},${count}`;
  };
  const lines = shown.map(({ kind, line }) => `${SIGNS[kind]}${line}\n`);
  return `@@ -${range('added')} +${range('removed')} @@\n${lines.join('')}`;
}
