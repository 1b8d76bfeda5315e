/**
 * Injections in place of a number or name, and values that are statements of their own.
 *
 * Nothing tells the origin's part from the client's here, so that the whole value has to make sense as SQL, and to
 * hold what filters, formulas and prose do not: a comparison of literals behind OR or AND, calls of SQL's functions
 * in conditions, selections, clauses of another statement.
 */
import {
  BEHIND_MARK,
  clauseScore,
  judgeBehind,
  judgeExpression,
  judgeList,
  judgeSeparated,
  unionScore,
} from './continuations.ts';
import type { Evidence } from './evidence.ts';
import * as e from './evidence.ts';
import { walkExpression, walkOperator } from './expression-walk.ts';
import { CRITICAL, ERROR, type Judgement, NOTHING, WARNING, weightier } from './sql-finding.ts';
import { judgeStatement } from './statements.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** The text in place of a number or name, or as statements of their own. */
export function judgePlain(stream: TokenStream): Judgement | null {
  const first = stream.kind(0);
  if (first === t.SEMICOLON) return judgeSeparated(stream, 0, BEHIND_MARK);
  if (first === t.COMMA) return judgeList(stream, 0, false);
  const statement = judgeStatement(stream, 0);
  if (statement.score >= ERROR || first === t.SELECT) return statement.score < WARNING ? null : statement;
  const isHeadless = beginsWithOperator(first);
  const found = isHeadless ? walkOperator(stream, 0) : walkExpression(stream, 0, e.NO_OPERAND);
  if (statement.score >= WARNING || found.index === 0) return statement.score < WARNING ? null : statement;
  const score = plainScore(stream, found, isHeadless ? HEADLESS : beginningOf(stream));
  return weightier(judgeExpression(found, score), judgeBehind(stream, found, false));
}

/** How a value begins: with an operator, a name, a literal, or the bracket of a group. */
const HEADLESS = 0;
const WITH_NAME = 1;
const WITH_LITERAL = 2;
const WITH_GROUP = 3;

function beginningOf(stream: TokenStream): number {
  let index = 0;
  while (stream.kind(index) === t.SIGN || stream.kind(index) === t.NOT) index += 1;
  const kind = stream.kind(index);
  if (kind === t.NUMBER || kind === t.STRING) return WITH_LITERAL;
  return kind === t.PAREN_OPEN && stream.detail(index) === t.AS_SIGN ? WITH_GROUP : WITH_NAME;
}

function beginsWithOperator(kind: number): boolean {
  return (
    (kind >= t.COMPARE && kind <= t.ARITHMETIC) ||
    kind === t.PAREN_CLOSE ||
    kind === t.UNION ||
    kind === t.FROM ||
    kind === t.WHERE ||
    kind === t.AS ||
    (kind >= t.ORDER && kind <= t.PROCEDURE)
  );
}

function plainScore(stream: TokenStream, found: Evidence, beginning: number): number {
  if (found.isUnmistakable) return CRITICAL;
  if (found.unions > 0) {
    const score = unionScore(found, beginning >= WITH_LITERAL);
    return score === WARNING && stream.comments > 1 ? CRITICAL : score;
  }
  if (found.isTelling) return plainTellingScore(found, beginning);
  if (found.logic > 0) return plainConditionScore(found, beginning);
  if (!found.isClean) return NOTHING;
  if (found.systemCalls > 0 && found.knownCalls > 1) return CRITICAL;
  if (found.clauses > 0) return plainClauseScore(found, beginning);
  if (found.closings > 0 && found.isCut) return ERROR;
  if (found.casesEnded > 0) return WARNING;
  if (found.casts > 0 && found.knownCalls > 0) return ERROR;
  if (found.isOpen && found.literalComparisons > 0) return WARNING;
  if (found.isCut) return plainCutScore(stream, found, beginning);
  if (found.knownCalls > 1) return found.arithmetic > 0 ? ERROR : WARNING;
  if (found.knownCalls > 0 && found.arithmetic > 0 && beginning === WITH_LITERAL) return WARNING;
  return found.systemCalls > 0 || (found.knownCalls > 0 && found.literalComparisons > 0) ? WARNING : NOTHING;
}

function plainTellingScore(found: Evidence, beginning: number): number {
  const joined = found.systemVariables * (found.logic + found.knownCalls + found.arithmetic);
  if (found.tellingCalls + found.selects + found.outlets + joined === 0) return NOTHING;
  const isComputed = beginning !== WITH_NAME || found.logic + found.tellingCalls > 0;
  if (found.isClean) return isComputed ? CRITICAL : ERROR;
  const isSure = found.hasSelection && found.froms > 0 && beginning !== WITH_NAME;
  return isSure || found.outlets > 0 ? ERROR : WARNING;
}

function plainConditionScore(found: Evidence, beginning: number): number {
  if (found.constants > 0) return found.isClean ? CRITICAL : ERROR;
  const isValue = beginning !== WITH_NAME || found.closings > 0;
  if (!found.isClean) return plainBrokenScore(found, beginning);
  if (found.knownCalls > 1 && found.namedComparisons + found.mixedComparisons === 0) return CRITICAL;
  if (found.strongComparisons > 0) return isValue || found.isCut ? CRITICAL : WARNING;
  if (found.mixedComparisons > 0) {
    if (found.isCut) return isValue ? CRITICAL : ERROR;
    return isValue ? WARNING : NOTHING;
  }
  if (found.knownCalls > 0) return isValue ? ERROR : NOTHING;
  if (found.isCut) return isValue ? ERROR : WARNING;
  if (found.names + found.unknownCalls > 0) return NOTHING;
  return found.literalComparisons > 0 ? ERROR : NOTHING;
}

/** A condition that prose or broken SQL follows. */
function plainBrokenScore(found: Evidence, beginning: number): number {
  if (beginning === WITH_NAME && found.closings === 0) return NOTHING;
  const isSelected = found.selects > 0 && found.froms > 0;
  if (found.strongComparisons === 0) return isSelected ? WARNING : NOTHING;
  return beginning === HEADLESS && found.literals > 0 && found.knownCalls > 0 ? CRITICAL : WARNING;
}

function plainClauseScore(found: Evidence, beginning: number): number {
  if (beginning === WITH_NAME) return found.isCut && found.clauseLiterals > 0 ? ERROR : NOTHING;
  if (beginning !== HEADLESS) return clauseScore(found);
  return found.isCut || found.literalComparisons > 0 ? CRITICAL : NOTHING;
}

/** A value without a condition whose rest is cut off: `('a') --`, `x=1--`. */
function plainCutScore(stream: TokenStream, found: Evidence, beginning: number): number {
  if (found.knownCalls > 0) return ERROR;
  if (found.literalComparisons + found.strongComparisons > 0) return WARNING;
  if (beginning === WITH_GROUP) return found.names === 0 ? WARNING : NOTHING;
  // Strings between dollar signs are prices more often.
  return stream.kind(0) === t.STRING && stream.text.charAt(stream.start(0)) !== '$' ? WARNING : NOTHING;
}
