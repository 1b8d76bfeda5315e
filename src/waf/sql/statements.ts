/**
 * How much a statement looks like one: every statement has words and signs that have to follow its first word, and
 * that prose does not have there ("update set", "select an option from the menu", "drop table reservations").
 */
import { AT_PROSE, AT_SEMICOLON, AT_STATEMENT, type Evidence, NO_OPERAND } from './evidence.ts';
import { walkExpression } from './expression-walk.ts';
import { CRITICAL, ERROR, type Judgement, NOTHING, NOTICE, type SqlRule, WARNING } from './sql-finding.ts';
import * as s from './statement-kinds.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** Blocks and conditions are followed into each other this far. */
const NESTING_MAX = 4;
const RULE: SqlRule = 'sql-statement';

/** The statement that begins with the token `at`; a score of NOTHING where there is none. */
export function judgeStatement(stream: TokenStream, at: number, nesting = 0): Judgement {
  const kind = stream.kind(at);
  if (kind === t.SELECT) return judgeSelection(stream, at);
  if (kind === t.SET) return judgeSet(stream, at);
  if (kind === t.VALUES && stream.kind(at + 1) === t.PAREN_OPEN) return judged(NOTICE, at + 2);
  if (kind === t.PAREN_OPEN && stream.kind(at + 1) === t.SELECT) return judgeSelection(stream, at);
  if (kind !== t.STATEMENT) return judged(NOTHING, at);
  const statement = stream.detail(at);
  if (statement === s.CONDITION || statement === s.BLOCK) return judgeBlock(stream, at, nesting);
  return SHAPES[statement]?.(stream, at) ?? judged(NOTHING, at);
}

/** Words that comments hold apart are no prose: what is suspicious is sure then. */
function weighComments(stream: TokenStream, score: number): number {
  return score === WARNING && stream.comments > 0 ? CRITICAL : score;
}

function judged(score: number, index: number): Judgement {
  return { rule: RULE, score, index };
}

type Shape = (stream: TokenStream, at: number) => Judgement;

const SHAPES: Readonly<Record<number, Shape>> = {
  [s.INSERT]: judgeInsert,
  [s.UPDATE]: judgeUpdate,
  [s.DELETE]: judgeDelete,
  [s.DEFINE]: judgeDefinition,
  [s.EXECUTE]: judgeExecution,
  [s.DECLARE]: judgeDeclaration,
  [s.WAITFOR]: judgeWaiting,
  [s.COMMAND]: judgeCommand,
  [s.GRANT]: judgeGrant,
  [s.TRANSFER]: judgeTransfer,
  [s.INQUIRE]: judgeInquiry,
  [s.WITH]: judgeWith,
};

/** Whether the statement may end before the token `at`: at the end, a comment, a semicolon. */
function endsAt(stream: TokenStream, at: number): boolean {
  const kind = stream.kind(at);
  return (
    kind === t.END || kind === t.CUT || kind === t.SEMICOLON || kind === t.PAREN_CLOSE || kind === t.END_CASE
  );
}

/** Whether it is ended by a sign. */
function isEnded(stream: TokenStream, at: number): boolean {
  return stream.kind(at) === t.CUT || stream.kind(at) === t.SEMICOLON;
}

function judgeSelection(stream: TokenStream, at: number): Judgement {
  const found = walkExpression(stream, at, NO_OPERAND);
  return judged(weighComments(stream, selectionScore(found)), found.index);
}

function selectionScore(found: Evidence): number {
  if (found.isUnmistakable) return CRITICAL;
  if (found.tellingCalls + found.catalogues + found.systemVariables + found.outlets > 0) {
    return found.isClean ? CRITICAL : ERROR;
  }
  if (found.unions > 0 && found.hasSelection) return found.isClean ? CRITICAL : ERROR;
  if (found.hasSelection && found.froms > 0) return found.isClean ? CRITICAL : WARNING;
  if (!found.isClean) return NOTHING;
  if (found.systemNames > 0) return CRITICAL;
  if (found.froms > 0) return found.isCut || found.stop === AT_SEMICOLON ? ERROR : WARNING;
  if (found.selects > 0 && found.systemCalls + found.knownCalls > 0) return CRITICAL;
  return found.hasSelection && found.isCut ? ERROR : NOTICE;
}

/** SET @x = …, SET name = …. */
function judgeSet(stream: TokenStream, at: number): Judgement {
  const sign = stream.kind(at + 2);
  const isAssigned = sign === t.ASSIGN || sign === t.COMPARE;
  if (!isAssigned || stream.kind(at + 1) < t.VARIABLE || stream.kind(at + 1) > t.NAME)
    return judged(NOTHING, at);
  const found = walkExpression(stream, at + 3, NO_OPERAND);
  const isVariable = stream.kind(at + 1) === t.VARIABLE;
  return judged(isVariable && found.isClean ? CRITICAL : found.isClean ? NOTICE : NOTHING, found.index);
}

/** INSERT [IGNORE] INTO name [(columns)] VALUES | SELECT | SET | EXEC. */
function judgeInsert(stream: TokenStream, at: number): Judgement {
  const into = stream.kind(at + 1) === t.NAME ? at + 2 : at + 1;
  if (stream.kind(into) !== t.INTO) return judgeReplacement(stream, at);
  if (stream.kind(into + 1) !== t.NAME) return judged(NOTHING, at);
  const behind = columnsEnd(stream, into + 2);
  const kind = stream.kind(behind);
  if (kind === t.VALUES && stream.kind(behind + 1) === t.PAREN_OPEN) return judged(CRITICAL, behind + 2);
  if (kind === t.SELECT || kind === t.STATEMENT) {
    const inner = judgeStatement(stream, behind, NESTING_MAX);
    return judged(inner.score === NOTHING ? NOTICE : CRITICAL, inner.index);
  }
  if (kind === t.WHERE && stream.word(at) === 'merge') return judged(CRITICAL, behind + 1);
  if (kind === t.SET && stream.kind(behind + 2) === t.COMPARE) return judged(CRITICAL, behind + 3);
  return judged(behind > into + 2 ? WARNING : NOTHING, behind);
}

/** REPLACE name (columns) VALUES (…): MySQL needs no INTO. */
function judgeReplacement(stream: TokenStream, at: number): Judgement {
  const behind = columnsEnd(stream, at + 2);
  const isValued = stream.kind(behind) === t.VALUES && stream.kind(behind + 1) === t.PAREN_OPEN;
  return judged(stream.kind(at + 1) === t.NAME && isValued ? CRITICAL : NOTHING, behind + 2);
}

/** Behind `(a, b)`, or `at`. */
function columnsEnd(stream: TokenStream, at: number): number {
  if (stream.kind(at) !== t.PAREN_OPEN) return at;
  let index = at + 1;
  while (stream.kind(index) === t.NAME || stream.kind(index) === t.COMMA) index += 1;
  return stream.kind(index) === t.PAREN_CLOSE ? index + 1 : at;
}

function judgeUpdate(stream: TokenStream, at: number): Judgement {
  const isNamed = stream.kind(at + 1) === t.NAME && stream.kind(at + 2) === t.SET;
  if (!isNamed || stream.kind(at + 3) !== t.NAME || stream.kind(at + 4) !== t.COMPARE)
    return judged(NOTHING, at);
  const found = walkExpression(stream, at + 5, NO_OPERAND);
  return judged(
    found.stop === AT_PROSE && found.literals + found.knownCalls === 0 ? WARNING : CRITICAL,
    found.index,
  );
}

/** DELETE [IGNORE] FROM name [WHERE …]. */
function judgeDelete(stream: TokenStream, at: number): Judgement {
  const from = stream.kind(at + 1) === t.NAME ? at + 2 : at + 1;
  if (stream.kind(from) !== t.FROM || stream.kind(from + 1) !== t.NAME) return judged(NOTHING, at);
  if (stream.kind(from + 2) === t.WHERE) {
    const found = walkExpression(stream, from + 3, NO_OPERAND);
    const compares = found.strongComparisons + found.mixedComparisons + found.literalComparisons;
    return judged(compares > 0 || found.isTelling ? CRITICAL : NOTICE, found.index);
  }
  if (isEnded(stream, from + 2)) return judged(ERROR, from + 2);
  return judged(endsAt(stream, from + 2) ? WARNING : NOTHING, from + 2);
}

/** DROP TABLE [IF EXISTS] name, CREATE USER name …, TRUNCATE [TABLE] name, ALTER TABLE name …. */
function judgeDefinition(stream: TokenStream, at: number): Judgement {
  let index = at + 1;
  while (stream.kind(index) === t.LOGIC || stream.word(index) === 'replace') index += 1;
  const isUser = stream.word(index) === 'user' && !endsAt(stream, index + 2);
  const isObject =
    isUser ||
    stream.kind(index) === t.PROCEDURE ||
    (stream.kind(index) === t.NAME && stream.detail(index) === t.NAME_OBJECT);
  if (isObject) index += 1;
  const hasGuard = stream.word(index) === 'if' && stream.kind(index + 1) !== t.NAME;
  if (hasGuard) index += stream.kind(index + 1) === t.NOT ? 3 : 2;
  if (stream.kind(index) !== t.NAME) return judged(NOTHING, at);
  if (!isObject) {
    if (stream.kind(index + 1) === t.SEMICOLON && stream.kind(index + 2) === t.CUT)
      return judged(ERROR, index + 3);
    // TRUNCATE alone needs no word for what it empties.
    const isCut = stream.kind(index + 1) === t.CUT && stream.word(at) === 'truncate';
    return judged(isCut || stream.comments > 0 ? WARNING : NOTHING, index + 1);
  }
  const kind = stream.kind(index + 1);
  if (isEnded(stream, index + 1) || kind === t.PAREN_OPEN || hasGuard) return judged(CRITICAL, index + 1);
  if (kind === t.SET || kind === t.AS || kind === t.WHERE || kind === t.STATEMENT)
    return judged(ERROR, index + 1);
  const isTyped = stream.kind(index + 2) === t.NAME && stream.detail(index + 2) === t.NAME_TYPE;
  if (isTyped || stream.kind(index + 2) === t.BY) return judged(ERROR, index + 2);
  return judged(endsAt(stream, index + 1) ? WARNING : NOTHING, index + 1);
}

/** EXEC name …, EXEC('…'), EXEC(@x), EXECUTE IMMEDIATE '…', EXECUTE AS LOGIN '…', CALL name(…). */
function judgeExecution(stream: TokenStream, at: number): Judgement {
  const next = stream.kind(at + 1);
  const behind = stream.kind(at + 2);
  const isString = behind === t.STRING || behind === t.OPEN_STRING;
  if (next === t.PAREN_OPEN) {
    const isCall = behind === t.NAME && stream.detail(at + 2) === t.NAME_FUNCTION;
    return judged(behind === t.VARIABLE || isString || isCall ? CRITICAL : NOTICE, at + 3);
  }
  if (next === t.AS && stream.kind(at + 3) === t.STRING) return judged(CRITICAL, at + 4);
  if (next === t.VARIABLE) return judged(behind === t.COMPARE ? CRITICAL : WARNING, at + 3);
  if (next !== t.NAME) return judged(NOTHING, at);
  const detail = stream.detail(at + 1);
  if (detail === t.NAME_PROCEDURE || detail === t.NAME_TELLING) return judged(CRITICAL, at + 3);
  if (stream.word(at + 1) === 'immediate' && (isString || behind === t.VARIABLE))
    return judged(CRITICAL, at + 3);
  if (behind === t.PAREN_OPEN) return judged(WARNING, at + 3);
  return judged(isString ? WARNING : isEnded(stream, at + 2) ? NOTICE : NOTHING, at + 3);
}

function judgeDeclaration(stream: TokenStream, at: number): Judgement {
  const isNamed = stream.kind(at + 2) === t.NAME || stream.kind(at + 2) === t.AS;
  if (stream.kind(at + 1) === t.VARIABLE && isNamed) return judged(CRITICAL, at + 3);
  const isTyped = stream.kind(at + 2) === t.NAME && stream.detail(at + 2) === t.NAME_TYPE;
  return judged(stream.kind(at + 1) === t.NAME && isTyped ? WARNING : NOTHING, at + 3);
}

/** WAITFOR DELAY '0:0:5', WAITFOR TIME @x. */
function judgeWaiting(stream: TokenStream, at: number): Judgement {
  const word = stream.word(at + 1);
  const kind = stream.kind(at + 2);
  const isValue = kind === t.STRING || kind === t.OPEN_STRING || kind === t.VARIABLE;
  return judged((word === 'delay' || word === 'time') && isValue ? CRITICAL : NOTHING, at + 3);
}

/** SHUTDOWN [WITH NOWAIT]. */
function judgeCommand(stream: TokenStream, at: number): Judgement {
  if (stream.word(at + 2) === 'nowait') return judged(CRITICAL, at + 3);
  if (isEnded(stream, at + 1)) return judged(WARNING, at + 1);
  return judged(endsAt(stream, at + 1) ? NOTICE : NOTHING, at + 1);
}

/** GRANT a, b ON c TO d, GRANT dba TO d. */
function judgeGrant(stream: TokenStream, at: number): Judgement {
  let index = at + 1;
  while (index < at + 16 && [t.NAME, t.COMMA, t.QUANTIFIER, t.WHERE].includes(stream.kind(index))) index += 1;
  if (index < at + 4) return judged(NOTHING, at);
  return judged(isEnded(stream, index) ? ERROR : endsAt(stream, index) ? NOTICE : NOTHING, index);
}

/** COPY x FROM PROGRAM '…', LOAD DATA INFILE '…', BACKUP DATABASE x TO DISK = '…'. */
function judgeTransfer(stream: TokenStream, at: number): Judgement {
  // Modules of programs are imported FROM, too.
  if (stream.word(at) === 'import' && stream.word(at + 1) !== 'foreign') return judged(NOTHING, at);
  let index = at + 1;
  const between = [t.NAME, t.FROM, t.INTO, t.COMPARE, t.STATEMENT];
  while (index < at + 10 && between.includes(stream.kind(index))) index += 1;
  const kind = stream.kind(index);
  const isString = kind === t.STRING || kind === t.OPEN_STRING || kind === t.VARIABLE;
  const isApart = kind !== t.OPEN_STRING || stream.start(index) > stream.end(index - 1);
  if (isString && isApart && index > at + 1) return judged(ERROR, index + 1);
  return judged(kind === t.CUT && index > at + 2 ? NOTICE : NOTHING, index);
}

/** SHOW TABLES, USE x, PRAGMA x(y): too short to tell from prose, unless something else comes with it. */
function judgeInquiry(stream: TokenStream, at: number): Judgement {
  const isNamed = stream.kind(at + 1) === t.NAME || stream.kind(at + 1) === t.NUMBER;
  if (!isNamed) return judged(NOTHING, at);
  if (isEnded(stream, at + 2)) return judged(WARNING, at + 2);
  return judged(endsAt(stream, at + 2) ? NOTICE : NOTHING, at + 2);
}

/** WITH name [(columns)] AS (SELECT. */
function judgeWith(stream: TokenStream, at: number): Judgement {
  const name = stream.word(at + 1) === 'recursive' ? at + 2 : at + 1;
  const as = columnsEnd(stream, name + 1);
  if (stream.kind(as) !== t.AS || stream.kind(as + 1) !== t.PAREN_OPEN) return judged(NOTHING, at);
  return judged(stream.kind(as + 2) === t.SELECT ? CRITICAL : NOTHING, as + 3);
}

/** IF (condition) statement, BEGIN statement, GOTO x statement, DO call. */
function judgeBlock(stream: TokenStream, at: number, nesting: number): Judgement {
  if (nesting >= NESTING_MAX) return judged(NOTHING, at);
  if (stream.detail(at) === s.CONDITION) {
    const found = walkExpression(stream, at + 1, NO_OPERAND);
    if (found.stop !== AT_STATEMENT)
      return judged(found.isTelling && found.isClean ? CRITICAL : NOTHING, found.index);
    return judgeStatement(stream, found.index, nesting + 1);
  }
  const isCall = stream.kind(at + 1) === t.NAME && stream.detail(at + 1) === t.NAME_TELLING;
  if (isCall && stream.kind(at + 2) === t.PAREN_OPEN) return judged(CRITICAL, at + 3);
  const inner = judgeStatement(stream, at + 1, nesting + 1);
  if (inner.score !== NOTHING || stream.kind(at + 1) !== t.NAME) return inner;
  const behind = stream.kind(at + 2) === t.SEMICOLON ? at + 3 : at + 2;
  return judgeStatement(stream, behind, nesting + 1);
}
