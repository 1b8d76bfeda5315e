/**
 * Purpose: text that changes the SQL statement in which a careless origin puts it.
 * Input: any decoded text, bytes as latin-1.
 * Result: the weightiest finding with its score, rule, context and folded form, or null.
 * Example: `' or 1=1--`, `1 and sleep(5)`, `x'; drop table users`, `-1 union all select null,@@version`.
 * Known misses: conditions of names alone (`' or a`), what needs the origin's schema to be told from prose.
 *
 * Method: the text is read as if it stood in a statement in place of a number, inside '…', inside "…" and inside
 * `…`; tokens of all dialects, then a grammar of what an injection consists of (plain.ts, quoted.ts, statements.ts), no
 * table of known shapes. What begins none of these is looked for inside the text (anywhere.ts). Linear: a bounded
 * number of readings, at most 512 tokens each, and one pass over the text for the last.
 */
import type { WorkMeter } from '../budget/work-meter.ts';
import { findAnywhere } from './anywhere.ts';
import { foldedForm } from './folded-form.ts';
import { isEscaped } from './literals.ts';
import { judgePlain } from './plain.ts';
import { judgeQuoted } from './quoted.ts';
import { isRange } from './ranges.ts';
import {
  CRITICAL,
  type Judgement,
  NOTHING,
  type SqlContext,
  type SqlFinding,
  WARNING,
} from './sql-finding.ts';
import { MARK_CALL, MARK_LOGIC, MARK_QUOTE, MARK_WORD, markSql, marksAllowSql } from './sql-marks.ts';
import { type Dialect, TokenStream } from './token-stream.ts';

const ANSI: Dialect = { dashesNeedBlank: false, plusIsBlank: false };
const PLUS_AS_BLANK: Dialect = { dashesNeedBlank: false, plusIsBlank: true };
const MYSQL_DASHES: Dialect = { dashesNeedBlank: true, plusIsBlank: false };

/** One of these is in every place from which an injection inside other text is read. */
const ANYWHERE = MARK_CALL | MARK_LOGIC | MARK_WORD;

/** Only what stands before the closing mark of this many characters is looked at. */
const CLOSED_CHARACTERS_MAX = 256;

/**
 * The detector as an operator of rules: a finding with a score of 3 or more, or null. Never throws.
 *
 * @param text bytes as latin-1 text, decoded
 */
export function detectSql(text: string): SqlFinding | null {
  const finding = gradeSql(text);
  return finding !== null && finding.score >= WARNING ? finding : null;
}

/**
 * The weightiest finding of any score, or null. Never throws; linear in the text's length.
 *
 * @param budget null for as much time as it takes; where it ends, what was found until then counts
 */
export function gradeSql(text: string, budget: WorkMeter | null = null): SqlFinding | null {
  const marks = markSql(text);
  return marksAllowSql(marks) ? gradeMarked(text, marks, budget) : null;
}

/**
 * The same for a text whose marks are known and allow a finding.
 *
 * @param marks those of exactly this text
 */
export function gradeMarked(text: string, marks: number, budget: WorkMeter | null = null): SqlFinding | null {
  if (isRange(text)) return null;
  const stream = new TokenStream(text, ANSI);
  let best = readContexts(stream, marks, null);
  for (const dialect of [PLUS_AS_BLANK, MYSQL_DASHES]) {
    if (best?.score === CRITICAL || !needsDialect(text, dialect)) continue;
    stream.setDialect(dialect);
    best = readContexts(stream, marks, best);
  }
  if (best?.score === CRITICAL || (marks & ANYWHERE) === 0) return best;
  stream.setDialect(ANSI);
  return readAnywhere(stream, best, budget);
}

/** Whether a text reads otherwise in that dialect: `1+or+1=1`, `1'--1`. */
function needsDialect(text: string, dialect: Dialect): boolean {
  if (dialect === MYSQL_DASHES) return /--[^\s+-]/.test(text);
  return text.includes('+') && !text.trim().includes(' ');
}

function readContexts(stream: TokenStream, marks: number, known: SqlFinding | null): SqlFinding | null {
  stream.begin(0);
  let best = heavier(stream, known, judgePlain(stream), 'plain', 0);
  if ((marks & MARK_QUOTE) === 0) return best;
  for (const [mark, context] of QUOTES) {
    for (const at of closingMarks(stream, mark)) {
      if (best?.score === CRITICAL) return best;
      stream.begin(at + 1);
      const closed = stream.text.slice(Math.max(0, at - CLOSED_CHARACTERS_MAX), at);
      best = heavier(stream, best, judgeQuoted(stream, { mark, closed }), context, at);
    }
  }
  return best;
}

const QUOTES = [
  ["'", 'single-quoted'],
  ['"', 'double-quoted'],
  ['`', 'back-quoted'],
] as const satisfies readonly (readonly [string, SqlContext])[];

/**
 * Where the mark may be that ends the origin's string: the first one that is not doubled, and, where that stands
 * behind a backslash, which some databases and origins take for a part of the string, the first one that does not.
 */
function closingMarks({ text, landmarks }: TokenStream, quote: "'" | '"' | '`'): number[] {
  const marks: number[] = [];
  for (let from = 0; ; ) {
    const at = landmarks.next(quote, from);
    if (at >= text.length) return marks;
    if (text.charAt(at + 1) === quote) {
      from = at + 2;
      continue;
    }
    const escaped = isEscaped(text, at, from);
    if (marks.length === 0 || !escaped) marks.push(at);
    if (!escaped) return marks;
    from = at + 1;
  }
}

function heavier(
  stream: TokenStream,
  best: SqlFinding | null,
  judgement: Judgement | null,
  context: SqlContext,
  start: number,
): SqlFinding | null {
  if (judgement === null || judgement.score === NOTHING || judgement.score <= (best?.score ?? 0)) return best;
  const { rule, score, index } = judgement;
  return { start, end: stream.end(index - 1), score, form: foldedForm(stream, index), context, rule };
}

function readAnywhere(
  stream: TokenStream,
  best: SqlFinding | null,
  budget: WorkMeter | null,
): SqlFinding | null {
  const placed = findAnywhere(stream, budget);
  if (placed === null || placed.judgement.score <= (best?.score ?? NOTHING)) return best;
  const { rule, score, index } = placed.judgement;
  stream.begin(placed.start);
  const form = foldedForm(stream, index);
  return { start: placed.start, end: placed.end, score, form, context: 'anywhere', rule };
}
