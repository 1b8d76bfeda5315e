/**
 * Purpose: text that changes the SQL statement in which a careless origin puts it; the rules of the SQL detector.
 * Input: any decoded text; in prose and program text a hint is no evidence, since they hold statements.
 * Result: what detect-sql.ts tells, from a hint to proof.
 */
import { gradeSql } from '../../sql/detect-sql.ts';
import { detectNoSql, detectNoSqlName } from '../../sql/nosql.ts';
import type { SqlFinding, SqlRule } from '../../sql/sql-finding.ts';
import {
  CRITICAL,
  type Family,
  type Findings,
  isArgument,
  NOTICE,
  type Place,
  type Rule,
  WARNING,
} from '../family.ts';
import {
  AMPERSAND,
  BACKTICK,
  BLANK,
  BRACE,
  COMMENT,
  CONTROL,
  DOLLAR,
  HASH,
  HIGH,
  LOGIC_END,
  LOGIC_START,
  LOGIC_WORD,
  PAREN,
  PIPE,
  PLUS,
  QUOTE,
  SEMICOLON,
  SQL_WORD,
  STATEMENT_WORD,
} from '../marks.ts';
import type { Reading } from '../reading.ts';

const MESSAGES: Readonly<Record<SqlRule, string>> = {
  'sql-tautology': 'a condition joined to a statement that is always the same',
  'sql-condition': 'a condition joined to a statement',
  'sql-comment': 'a quotation mark and a comment that cut a statement off',
  'sql-stacked': 'a second statement',
  'sql-union': 'a joined selection',
  'sql-probe': 'a call or clause that injection tools try',
  'sql-statement': 'a whole statement',
  'nosql-operator': 'an operator of a document database',
  'nosql-script': 'script for a document database',
};

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries(MESSAGES).map(([id, message]) => [
    id,
    { id, label: 'SQL_INJECTION', message, score: CRITICAL },
  ]),
);

/** Findings that need an operand of the origin's statement before them. */
const JOINED: ReadonlySet<SqlRule> = new Set(['sql-union', 'sql-condition', 'sql-tautology', 'sql-stacked']);
/** What stands between the words of a statement, ends strings or calls; the detector looks again for itself. */
const SEPARATING =
  BLANK | CONTROL | PAREN | BRACE | QUOTE | BACKTICK | PLUS | HASH | SEMICOLON | PIPE | AMPERSAND | HIGH;
const SHORT_CHARACTERS_MAX = 256;

export const sqlInjection: Family = {
  rules: [...RULES.values()],
  readsWhole: true,

  mayMatch(classes: number, words: number, place: Place): boolean {
    if ((classes & SEPARATING) !== 0 || (words & COMMENT) !== 0) return true;
    if ((words & (LOGIC_WORD | SQL_WORD | STATEMENT_WORD)) !== 0) return true;
    if ((words & LOGIC_START) !== 0 && (words & LOGIC_END) !== 0) return true;
    return place === 'name' && (classes & DOLLAR) !== 0;
  },

  find({ text }: Reading, place: Place, findings: Findings): void {
    const finding = heavier(gradeSql(text, findings), gradeDocument(text, place));
    const rule = finding === null ? undefined : RULES.get(finding.rule);
    if (finding === null || rule === undefined) return;
    if (finding.score < NOTICE || (place === 'text' && finding.score < CRITICAL)) return;
    const score = scoreAt(place, finding, text.length);
    findings.add(rule, finding.start, finding.end, score);
  },
};

/** Operators and script for document databases; in prose and program text they are what people write about. */
function gradeDocument(text: string, place: Place): SqlFinding | null {
  if (place === 'name') return detectNoSqlName(text);
  return isArgument(place) ? detectNoSql(text) : null;
}

function heavier(one: SqlFinding | null, other: SqlFinding | null): SqlFinding | null {
  return (other?.score ?? 0) > (one?.score ?? 0) ? other : one;
}

/** What weighs less in prose is proof where a parameter's value stands alone, and in a short one all the more. */
function scoreAt(place: Place, { rule, score }: SqlFinding, length: number): number {
  if (place === 'text' || place === 'xml') return score;
  if (score > WARNING) return CRITICAL;
  if (!isArgument(place)) return score;
  const isJoined = score === WARNING && length <= SHORT_CHARACTERS_MAX && JOINED.has(rule);
  return isJoined ? CRITICAL : score;
}
