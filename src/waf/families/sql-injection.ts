/**
 * Purpose: text that changes the SQL statement in which a careless origin puts it.
 * Input: any decoded text, read as the letters of sql-tokens.ts.
 * Result: `sql-tautology` for a condition joined to the statement, `sql-comment` for a quotation mark that cuts
 *   its rest off, `sql-stacked` for a second statement, `sql-union` for a joined selection, `sql-probe` for the
 *   calls and clauses that injection tools try.
 * Example: `' or 1=1--`, `1 and sleep(5)`, `x'; drop table users`, `-1 union all select null,@@version`.
 * Known misses: conditions without a comparison of literals (`' or a`), a comment with prose behind it, statements
 *   that begin the value (`select * from users`: that is also what people search for), dialects' rarer functions.
 *
 * Method: some patterns may match anywhere. The others match where an injection has to begin: behind the first
 * quotation mark of a kind, which closes the origin's string, or behind the number or word that begins the value.
 * So `O'Brien or Smith` and `status = 'open' or status = 'new'` stay what they are. All repetitions are bounded.
 */
import {
  COMMENT,
  COMPARISON,
  HASH,
  LOGIC_END,
  LOGIC_START,
  QUOTE,
  QUOTED_OPERATOR,
  SEMICOLON,
  SQL_WORD,
  STATEMENT_WORD,
} from '../marks.ts';
import type { Family, Finding, Rule } from './family.ts';
import { readSqlTokens, type SqlTokens } from './sql-tokens.ts';

const TAUTOLOGY: Rule = { id: 'sql-tautology', label: 'SQL_INJECTION' };
const CUT_OFF: Rule = { id: 'sql-comment', label: 'SQL_INJECTION' };
const STACKED: Rule = { id: 'sql-stacked', label: 'SQL_INJECTION' };
const UNION: Rule = { id: 'sql-union', label: 'SQL_INJECTION' };
const PROBE: Rule = { id: 'sql-probe', label: 'SQL_INJECTION' };

interface TokenPattern {
  readonly rule: Rule;
  readonly pattern: RegExp;
}

/** A comparison of a value with another; of a quoted one the closing mark may be left to the origin. */
const COMPARED = '(?:(?:n|q[nw]?q?)[eo]|[wv][eo][nqvft(]|[ft]\\()';
const STATEMENT = '(?:DT|NI|LF|Pw{1,2}E|S[^;]|X|d|W|Z)';

/** Behind the quotation mark that closes the origin's string. */
const BEHIND_QUOTE: readonly TokenPattern[] = [
  behind(TAUTOLOGY, `&[(p]{0,6}(?:${COMPARED}|x\\(|\\(?S)`),
  behind(TAUTOLOGY, '&[(p]{0,6}(?:n|w|q[nw]?q)(?:p?lq|p?i\\(|p?z[nq]|sp?n)'),
  behind(TAUTOLOGY, '&[(p]{0,6}(?:n|q[nw]?q?)\\){0,6}c[np]{0,3}w?$'),
  behind(CUT_OFF, ';?c[np]{0,4}w?$'),
  behind(STACKED, `;${STATEMENT}`),
  behind(PROBE, `(?:OB(?:n|w[,c])|H[(p]{0,4}${COMPARED}|W|IG|[,p]{0,2}\\({1,4}S|p{1,2}t\\()`),
];

/** A value without blanks, then a comparison of two strings that the origin's quotation marks complete. */
const COMPARED_STRINGS = /^[^\s'"]{0,64}['"]\s?(?:[=<>!]{1,3}|like)\s?['"][^'"]{0,32}['"]?(?:--|#)?$/i;

/** Behind the value that a statement expects without quotation marks. */
const AT_START: readonly TokenPattern[] = [
  at(TAUTOLOGY, 'p?n\\){0,6}&[(p]{0,6}(?:n[eo][nwq(]|q[nw]?q[eo]q|t\\(|f\\([^;]{1,60}[eo]|x\\(S|\\(?S)'),
  at(TAUTOLOGY, 'w\\){0,6}&[(p]{0,6}(?:nen|q[nw]?q[eo]q|t\\()'),
  at(STACKED, `p?n\\){0,6};${STATEMENT}`),
  at(PROBE, 'p?n\\){0,6}(?:OBn[c,]|H[(p]{0,4}(?:[nwv]|q[nw]?q?)[eo])|t\\(n\\)c?$'),
];

/** Shapes that no other text has, wherever they stand. */
const ANYWHERE: readonly TokenPattern[] = [
  anywhere(UNION, 'U[AD]?\\({0,8}S(?:[nqpvftAC]|\\({1,4}[nqpvft]|w[,Feo]|w\\()'),
  anywhere(TAUTOLOGY, '&[(p]{0,4}nen'),
  anywhere(STACKED, ';(?:DTw{1,3}[c;q,(]|NIw[(VSE]|LFw[Rc;]|Pw{1,2}E[wv]e|X[K(vq]|dv[wn]|WYq|Z[c;])'),
  anywhere(STACKED, ';S(?:v|pF|[ft]\\(|n[c;]|[nwq,]{1,24}FC)'),
  anywhere(PROBE, 'S[^;]{1,40}FC|[&S][(p]{0,4}t\\(|[&eo]\\({1,4}S[^;]{1,40}F[wC][)R,.c]|IGq|WYq'),
];

export const sqlInjection: Family = {
  rules: [TAUTOLOGY, CUT_OFF, STACKED, UNION, PROBE],

  mayMatch(marks: number): boolean {
    if ((marks & SQL_WORD) !== 0) return true;
    if ((marks & STATEMENT_WORD) !== 0 && (marks & SEMICOLON) !== 0) return true;
    const joins = (marks & LOGIC_START) !== 0 && (marks & LOGIC_END) !== 0;
    if (joins && (marks & (QUOTE | COMPARISON | COMMENT)) !== 0) return true;
    return (marks & QUOTE) !== 0 && (marks & (COMMENT | HASH | QUOTED_OPERATOR)) !== 0;
  },

  find(text: string): Finding | null {
    const tokens = readSqlTokens(text);
    return (
      findPattern(text, tokens, tokens.behindSingle, BEHIND_QUOTE) ??
      findPattern(text, tokens, tokens.behindDouble, BEHIND_QUOTE) ??
      findPattern(text, tokens, 0, AT_START) ??
      findPattern(text, tokens, 0, ANYWHERE) ??
      (COMPARED_STRINGS.test(text) ? { rule: TAUTOLOGY, start: 0, end: text.length } : null)
    );
  },
};

function findPattern(
  text: string,
  tokens: SqlTokens,
  start: number,
  patterns: readonly TokenPattern[],
): Finding | null {
  if (start === -1) return null;
  const letters = tokens.letters.slice(start);
  for (const { rule, pattern } of patterns) {
    const match = pattern.exec(letters);
    if (match === null) continue;
    // Offsets of tokens are not kept; the one text in thousands that matches is read again up to them.
    const first = start + match.index;
    return {
      rule,
      start: readSqlTokens(text, first).end,
      end: readSqlTokens(text, first + match[0].length).end,
    };
  }
  return null;
}

/** Matches at the beginning of the letters only. */
function at(rule: Rule, source: string): TokenPattern {
  return { rule, pattern: new RegExp(`^(?:${source})`) };
}

/** The same, behind brackets that close what the statement opened. */
function behind(rule: Rule, source: string): TokenPattern {
  return at(rule, `\\){0,6}(?:${source})`);
}

function anywhere(rule: Rule, source: string): TokenPattern {
  return { rule, pattern: new RegExp(source) };
}
