/**
 * Injections out of a string: what follows the mark that closes it.
 *
 * Behind that mark the statement goes on: an operator, a clause, a comment that cuts the rest off, another statement.
 * How much that counts depends on what it consists of: comparisons of two literals, calls, selections and cut-off ends
 * are worth much, names joined by words, which is what prose looks like, nothing.
 */
import { isShortComment } from './comments.ts';
import {
  BEHIND_MARK,
  clauseScore,
  judgeBehind,
  judgeExpression,
  judgeList,
  judgeSeparated,
  raised,
  unionScore,
} from './continuations.ts';
import type { Evidence } from './evidence.ts';
import * as e from './evidence.ts';
import { walkExpression } from './expression-walk.ts';
import {
  type Closing,
  isBalanced,
  isClosedBy,
  isCompact,
  isLiteralChain,
  isOpening,
  isProse,
  isQuotedWord,
} from './quotation.ts';
import { CRITICAL, ERROR, type Judgement, NOTHING, NOTICE, WARNING, weightier } from './sql-finding.ts';
import { judgeStatement } from './statements.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** A value that consists of signs alone is no longer: `'-'`, `'||'`. */
const SIGNS_MAX = 16;
const HASH_CHARACTERS_MAX = 64;

/**
 * The text behind the mark that closes the origin's string.
 *
 * @param stream begins behind that mark
 */
export function judgeQuoted(stream: TokenStream, closing: Closing): Judgement | null {
  const judgement = judgeClosed(stream, closing);
  // Names in back quotes are hardly ever made of what clients send: only what leaves no doubt counts there.
  return closing.mark === '`' && judgement !== null && judgement.score < CRITICAL ? null : judgement;
}

function judgeClosed(stream: TokenStream, closing: Closing): Judgement | null {
  let at = 0;
  while (stream.kind(at) === t.PAREN_CLOSE) at += 1;
  const kind = stream.kind(at);
  if (kind === t.CUT) return { rule: 'sql-comment', score: cutScore(stream, at, closing), index: at + 1 };
  if (kind === t.SEMICOLON) return judgeSeparated(stream, at, BEHIND_MARK);
  if (kind === t.COMMA) return judgeList(stream, at, true);
  if (kind === t.STATEMENT || kind === t.SELECT || kind === t.SET) {
    const statement = raised(judgeStatement(stream, at), true);
    return statement !== null && isOpening(closing) ? { ...statement, score: WARNING } : statement;
  }
  if (kind === t.WHERE && stream.word(at + 1) === 'duplicate' && stream.word(at + 2) === 'key') {
    return { rule: 'sql-probe', score: CRITICAL, index: at + 3 };
  }
  const found = walkExpression(stream, at, e.LITERAL);
  if (found.index === at) return null;
  // A string that is left open is closed by the origin's mark, if that is of the same kind.
  if (found.isOpen && !isClosedBy(stream, found.index - 1, closing.mark)) found.stop = e.AT_PROSE;
  if (found.isCut && isBalanced(stream, found.index, closing)) found.stop = e.AT_PROSE;
  if (!found.isClean) found.isCut = false;
  const behind = judgeBehind(stream, found, true);
  return weightier(judgeExpression(found, quotedScore(stream, at, found, closing)), behind);
}

/**
 * `admin'--` and `admin' #` leave nothing to doubt; prose on either side of the sign does, a mark that rather opens
 * something, and a sign that makes a number or topic of a word: `6" #2 needles`.
 */
function cutScore(stream: TokenStream, at: number, closing: Closing): number {
  const { mark } = closing;
  if (mark === '`' || isBalanced(stream, at, closing)) return NOTHING;
  if (/^---+\s*\w/.test(stream.text.slice(stream.start(at), stream.start(at) + 64))) return NOTICE;
  const isShort = isShortComment(stream, at);
  if (stream.text.charAt(stream.start(at)) === '#') return hashScore(stream, at, closing, isShort);
  if (isShort) return isOpening(closing) ? WARNING : CRITICAL;
  return isProse(closing) ? NOTHING : WARNING;
}

function hashScore(stream: TokenStream, at: number, closing: Closing, isShort: boolean): number {
  if (isOpening(closing)) return NOTHING;
  const rest = stream.text.slice(stream.start(at) + 1, stream.start(at) + HASH_CHARACTERS_MAX);
  if (isProse(closing)) return rest.trim() === '' ? WARNING : NOTHING;
  if (isShort) return CRITICAL;
  return closing.mark === "'" && /^[\w\s.,-]*$/.test(rest) ? WARNING : NOTHING;
}

function quotedScore(stream: TokenStream, at: number, found: Evidence, closing: Closing): number {
  if (found.isUnmistakable) return CRITICAL;
  if (found.unions > 0) return unionScore(found, true);
  if (found.isTelling) return CRITICAL;
  if (found.logic > 0) return quotedConditionScore(stream, at, found, closing);
  const compares = found.literalComparisons + found.strongComparisons + found.mixedComparisons;
  if (compares > 0) return quotedComparisonScore(stream, at, found, closing);
  if (found.clauses > 0) return clauseScore(found);
  if (found.arithmetic > 0) return quotedArithmeticScore(stream, found, closing);
  return found.isCut ? ERROR : NOTHING;
}

function quotedConditionScore(stream: TokenStream, at: number, found: Evidence, closing: Closing): number {
  if (found.constants > 0) return CRITICAL;
  if (!found.isClean) {
    if (found.strongComparisons + found.knownCalls > 0) return ERROR;
    if (found.mixedComparisons > 0) return WARNING;
    return found.stop === e.AT_GAP && stream.kind(found.index) === t.CUT ? WARNING : NOTHING;
  }
  if (found.strongComparisons + found.mixedComparisons + found.knownCalls > 0) return CRITICAL;
  if (found.isCut) return CRITICAL;
  if (found.namedComparisons > 0) return ERROR;
  if (isQuotedWord(stream, at, closing)) return NOTHING;
  if (isLiteralChain(found) && isCompact(stream, closing)) return CRITICAL;
  if (isOpening(closing) && found.names === 0) return NOTICE;
  if (found.isOpen && !isCompact(stream, closing)) return closing.mark === "'" ? WARNING : NOTICE;
  if (found.isOpen && closing.mark === "'" && closing.closed.trim() === '') return CRITICAL;
  if (found.isOpen || found.closings > 0) return ERROR;
  const second = stream.kind(at + 1);
  if (second === t.NUMBER) return ERROR;
  return found.unknownCalls > 0 || found.literals > 0 ? WARNING : NOTHING;
}

/** `'='`, `' like '%`: surely an injection where the origin's mark closes the second string and both are short. */
function quotedComparisonScore(stream: TokenStream, at: number, found: Evidence, closing: Closing): number {
  if (!found.isClean) return NOTHING;
  if (found.isCut || found.strongComparisons > 0) return CRITICAL;
  if (isOpening(closing) || isQuotedWord(stream, at, closing)) return NOTHING;
  if (!found.isOpen) return found.literalComparisons > 0 ? WARNING : NOTHING;
  if (closing.mark === '"' && closing.closed === '' && found.names === 0) return WARNING;
  return isCompact(stream, closing) ? CRITICAL : WARNING;
}

function quotedArithmeticScore(stream: TokenStream, found: Evidence, closing: Closing): number {
  if (!found.isClean) return NOTHING;
  if (found.isCut) return found.knownCalls > 0 || !isProse(closing) ? CRITICAL : ERROR;
  if (found.knownCalls > 1 || (found.knownCalls > 0 && found.isOpen)) return CRITICAL;
  if (!found.isOpen) return found.knownCalls > 0 ? WARNING : NOTHING;
  if (isOpening(closing)) return NOTHING;
  if (isCompact(stream, closing) && isLiteralChain(found)) return CRITICAL;
  if (closing.mark === "'" && stream.text.length < SIGNS_MAX && /^\W*$/.test(stream.text)) return CRITICAL;
  if (!isCompact(stream, closing)) return found.literals > 1 || found.unknownCalls > 0 ? NOTICE : NOTHING;
  if (closing.mark === "'") return found.unknownCalls === 0 ? ERROR : WARNING;
  return closing.closed === '' || found.names > 0 ? NOTHING : WARNING;
}
