/** How injections go on behind a value, in a string or not: a second statement, further values, clauses, UNION. */

import type { Evidence } from './evidence.ts';
import * as e from './evidence.ts';
import { walkExpression } from './expression-walk.ts';
import { CRITICAL, ERROR, type Judgement, NOTHING, NOTICE, WARNING } from './sql-finding.ts';
import { judgeStatement } from './statements.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** How much what stands before a semicolon adds to a statement behind it. */
const BEHIND_NAMES = 0;
export const BEHIND_MARK = 1;
const BEHIND_LITERAL = 2;
/** The same for a comment behind it. */
const CUT_SCORES = [NOTHING, CRITICAL, ERROR];

/** Behind `at`, a semicolon. */
export function judgeSeparated(stream: TokenStream, at: number, added: number): Judgement | null {
  const next = stream.kind(at + 1);
  if (next === t.CUT) return { rule: 'sql-comment', score: CUT_SCORES[added]!, index: at + 2 };
  const statement = judgeStatement(stream, at + 1);
  if (statement.score === NOTHING) return judgeSecondCall(stream, at + 1);
  const isCut = added === BEHIND_MARK && stream.kind(statement.index) === t.CUT;
  const score = isCut ? CRITICAL : Math.min(CRITICAL, statement.score + added);
  return { rule: 'sql-stacked', score, index: statement.index };
}

/** `;sleep(5)`: no statement, but tools try it. */
function judgeSecondCall(stream: TokenStream, at: number): Judgement | null {
  const found = walkExpression(stream, at, e.NO_OPERAND);
  if (found.tellingCalls === 0 || found.literals === 0) return null;
  return { rule: 'sql-stacked', score: found.isClean ? CRITICAL : WARNING, index: found.index };
}

/** A statement directly behind a quotation mark, as T-SQL takes it. */
export function raised(statement: Judgement, isQuoted: boolean): Judgement | null {
  if (statement.score < WARNING) return null;
  const score = isQuoted && statement.score === ERROR ? CRITICAL : statement.score;
  return { rule: 'sql-stacked', score, index: statement.index };
}

/** `',(select …))--`: further values of an INSERT. */
export function judgeList(stream: TokenStream, at: number, isQuoted: boolean): Judgement | null {
  let index = at;
  let score = NOTHING;
  while (stream.kind(index) === t.COMMA) {
    const found = walkExpression(stream, index + 1, e.NO_OPERAND);
    if (found.isTelling)
      return { rule: 'sql-probe', score: found.isClean ? CRITICAL : ERROR, index: found.index };
    if (found.systemCalls > 0 && found.knownCalls > 1)
      return { rule: 'sql-probe', score: CRITICAL, index: found.index };
    if (found.knownCalls > 0 || (found.mixedComparisons > 0 && found.isOpen && isQuoted))
      score = Math.max(score, WARNING);
    if (found.isCut && found.closings > 0) score = isQuoted ? CRITICAL : ERROR;
    else if (found.isCut && isQuoted) score = ERROR;
    if (found.index <= index + 1) break;
    index = found.index;
  }
  return score === NOTHING ? null : { rule: 'sql-probe', score, index };
}

export function judgeExpression(found: Evidence, score: number): Judgement {
  if (found.unions > 0) return { rule: 'sql-union', score, index: found.index };
  if (found.logic > 0) {
    const isTautology = found.literalComparisons > 0 && !found.isTelling;
    return { rule: isTautology ? 'sql-tautology' : 'sql-condition', score, index: found.index };
  }
  return { rule: found.literalComparisons > 0 ? 'sql-tautology' : 'sql-probe', score, index: found.index };
}

/** What an expression ends at may be another statement, or a second value. */
export function judgeBehind(stream: TokenStream, found: Evidence, isQuoted: boolean): Judgement | null {
  if (found.stop === e.AT_SEMICOLON) {
    const isLiteral = found.literals > 0 && found.names + found.unknownCalls === 0;
    return judgeSeparated(
      stream,
      found.index,
      isQuoted ? BEHIND_MARK : isLiteral ? BEHIND_LITERAL : BEHIND_NAMES,
    );
  }
  if (found.stop === e.AT_STATEMENT) return raised(judgeStatement(stream, found.index), isQuoted);
  if (stream.kind(found.index) === t.COMMA && (isQuoted || found.closings > 0)) {
    return judgeList(stream, found.index, isQuoted);
  }
  return null;
}

/**
 * UNION SELECT: of names alone it may be prose.
 *
 * @param isSure whether a literal or quotation mark stands before it
 */
export function unionScore(found: Evidence, isSure: boolean): number {
  if (found.hasSelection || found.isTelling) return CRITICAL;
  if (found.froms > 0 && found.isClean) return isSure ? CRITICAL : ERROR;
  const isBroken = !found.isClean && found.stop !== e.AT_GAP;
  if (found.wholeUnions > 0 && !isBroken) return CRITICAL;
  if (isSure) return WARNING;
  return found.stop === e.AT_GAP ? NOTICE : NOTHING;
}

/** ORDER BY 3, GROUP BY x, HAVING 1, LIMIT 1 outside a selection. */
export function clauseScore(found: Evidence): number {
  if (!found.isClean) return NOTHING;
  if (found.isCut) return CRITICAL;
  return found.clauseLiterals > 0 ? CRITICAL : NOTHING;
}
