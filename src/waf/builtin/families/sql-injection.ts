/**
 * Purpose: text that changes the SQL statement in which a careless origin puts it; the rules of the SQL detector.
 * Input: any decoded text; in prose and program text a hint is no evidence, since they hold statements.
 * Result: what detect-sql.ts tells, from a hint to proof.
 */
import { gradeSql } from '../../sql/detect-sql.ts';
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
  BACKTICK,
  BLANK,
  BRACE,
  COMMENT,
  COMPARISON,
  CONTROL,
  DOLLAR,
  HASH,
  LOGIC_END,
  LOGIC_START,
  PAREN,
  PIPE,
  PLUS,
  QUOTE,
  QUOTED_OPERATOR,
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
const SHORT_CHARACTERS_MAX = 256;

export const sqlInjection: Family = {
  rules: [...RULES.values()],

  mayMatch(classes: number, words: number, place: Place): boolean {
    if ((words & COMMENT) !== 0 || (classes & HASH) !== 0) return true;
    const separates = (classes & (BLANK | CONTROL | PAREN | QUOTE | PLUS)) !== 0;
    if ((words & (SQL_WORD | STATEMENT_WORD)) !== 0 && separates) return true;
    const joins = (words & LOGIC_START) !== 0 && (words & LOGIC_END) !== 0;
    if (joins && (separates || (classes & COMPARISON) !== 0)) return true;
    if ((classes & (DOLLAR | BRACE)) === (DOLLAR | BRACE)) return true;
    if (place === 'name' && (classes & DOLLAR) !== 0) return true;
    const quotes = (classes & (QUOTE | BACKTICK)) !== 0;
    return quotes && ((words & QUOTED_OPERATOR) !== 0 || (classes & PIPE) !== 0);
  },

  find({ text }: Reading, place: Place, findings: Findings): void {
    const finding = gradeSql(text);
    const rule = finding === null ? undefined : RULES.get(finding.rule);
    if (finding === null || rule === undefined) return;
    if (finding.score < NOTICE || (place === 'text' && finding.score < CRITICAL)) return;
    const score = isArgument(place) ? scoreInValue(finding, text.length) : finding.score;
    findings.add(rule, finding.start, finding.end, score);
  },
};

/** What weighs less in prose is proof where a parameter's value stands alone, and in a short one all the more. */
function scoreInValue({ rule, score }: SqlFinding, length: number): number {
  if (score > WARNING) return CRITICAL;
  const isJoined = score === WARNING && length <= SHORT_CHARACTERS_MAX && JOINED.has(rule);
  return isJoined ? CRITICAL : score;
}
