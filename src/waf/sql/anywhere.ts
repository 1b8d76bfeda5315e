/**
 * Injections inside longer texts: a document nobody took apart, a log line, a value wrapped in other syntax.
 *
 * Method: the words and signs that injections cannot do without are looked for, and from each a few tokens are read.
 * Less context means that more structure is asked for: joined selections, comparisons of equal literals behind OR
 * or AND, calls that tell, statements behind a semicolon. Linear: a bounded number of tokens from each place.
 */
import type { WorkMeter } from '../budget/work-meter.ts';
import { BEGINS_WORD, beginningClass } from './characters.ts';
import * as e from './evidence.ts';
import { walkExpression, walkOperator } from './expression-walk.ts';
import { wordEnd } from './names.ts';
import { CRITICAL, ERROR, type Judgement, NOTHING, WARNING } from './sql-finding.ts';
import { judgeStatement } from './statements.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';
import { anchorKind } from './vocabulary.ts';

/** Tokens read from one place. */
const TOKENS_MAX = 40;
/** Of a long row, so many are looked at again. */
const TOKENS_SEARCHED_AGAIN = 8;
/** Units of work for a word or sign, and for each token read from it. */
const WORD_COST = 16;
const TOKEN_COST = 80;
/** A word with a bracket behind it is no longer. */
const ANCHOR_CHARACTERS_MAX = 48;

/** What has to follow INTO or PROCEDURE, blanks and comments before it. */
const OUTLET = /^[\s+*/\0-\x20\xa0]{0,24}(?:outfile|dumpfile|analyse)\b/i;
const OUTLET_DISTANCE_MAX = 40;

/** A judgement with the offset of the text it is about. */
export interface Placed {
  readonly judgement: Judgement;
  readonly start: number;
  readonly end: number;
}

/** The weightiest injection anywhere in the text; the first that blocks alone ends the search. */
export function findAnywhere(stream: TokenStream, budget: WorkMeter | null): Placed | null {
  const { text } = stream;
  let best: Placed | null = null;
  let tokensRead = stream.tokensRead;
  for (let at = 0; at < text.length && best?.judgement.score !== CRITICAL; ) {
    const code = text.charCodeAt(at);
    const isWord = beginningClass(code) === BEGINS_WORD;
    const end = isWord ? Math.max(wordEnd(text, at), at + 1) : at + signLength(text, at, code);
    const found = isWord ? judgeWord(stream, at, end) : end > at ? judgeSign(stream, at, code) : null;
    if (found !== null && found.score > (best?.judgement.score ?? NOTHING)) {
      best = { judgement: found, start: at, end: stream.end(found.index - 1) };
    }
    at = Math.max(end, at + 1, end > at ? resumeAt(stream) : 0);
    if (budget?.spend(WORD_COST + (stream.tokensRead - tokensRead) * TOKEN_COST) === false) return best;
    tokensRead = stream.tokensRead;
  }
  return best;
}

/**
 * Where the search goes on behind a place: tokens read in a long row belonged together, and all
 * but the last of them need no reading of their own. That keeps the whole linear.
 */
function resumeAt(stream: TokenStream): number {
  return stream.count > TOKENS_SEARCHED_AGAIN * 2 ? stream.start(stream.count - TOKENS_SEARCHED_AGAIN) : 0;
}

/** The length of `;`, `||` or `&&` at `at`, 0 for anything else. */
function signLength(text: string, at: number, code: number): number {
  if (code === 0x3b) return 1;
  return (code === 0x7c || code === 0x26) && text.charCodeAt(at + 1) === code ? 2 : 0;
}

function judgeSign(stream: TokenStream, at: number, code: number): Judgement | null {
  stream.begin(at, TOKENS_MAX);
  return code === 0x3b ? judgeSecondStatement(stream) : judgeCondition(stream);
}

function judgeWord(stream: TokenStream, at: number, end: number): Judgement | null {
  if (end - at > ANCHOR_CHARACTERS_MAX || end - at < 2) return null;
  const kind = anchorKind(stream.text, at, end);
  if (kind === -1) return null;
  if (kind === t.INTO && !OUTLET.test(stream.text.slice(end, end + OUTLET_DISTANCE_MAX))) return null;
  stream.begin(at, TOKENS_MAX);
  if (kind === t.LOGIC) return judgeCondition(stream);
  if (kind === t.UNION) return judgeUnion(stream);
  if (kind === t.SELECT && NO_VALUE.has(stream.kind(1))) return null;
  if (kind === t.SELECT) return lowered(judgeStatement(stream, 0));
  if (kind === t.STATEMENT) return judgeInnerStatement(stream, at);
  if (kind === t.NAME) return judgeCall(stream);
  return judgeOutlet(stream);
}

/** OR, AND and a comparison of literals, a call that tells or a selection. */
function judgeCondition(stream: TokenStream): Judgement | null {
  if (!mayGoOn(stream, 0)) return null;
  const found = walkOperator(stream, 0);
  const rule = found.isTelling ? 'sql-condition' : 'sql-tautology';
  if (found.isTelling) return { rule, score: found.isClean ? CRITICAL : ERROR, index: found.index };
  if (found.constants > 0) return { rule, score: found.isClean ? ERROR : WARNING, index: found.index };
  if (!found.isCut) return null;
  const compares = found.strongComparisons + found.mixedComparisons;
  return compares > 0 ? { rule, score: WARNING, index: found.index } : null;
}

function judgeUnion(stream: TokenStream): Judgement | null {
  if (stream.kind(1) === t.SELECT && NO_VALUE.has(stream.kind(2))) return null;
  const found = walkOperator(stream, 0);
  if (found.unions === 0) return null;
  const score = found.hasSelection ? CRITICAL : found.froms > 0 && found.isClean ? ERROR : NOTHING;
  return { rule: 'sql-union', score, index: found.index };
}

function judgeSecondStatement(stream: TokenStream): Judgement | null {
  const statement = judgeStatement(stream, 1);
  return statement.score < ERROR ? null : { ...statement, rule: 'sql-stacked' };
}

/** Kinds of tokens that cannot follow a value, and most words of prose are: a walk would end there. */
const ENDING = new Set([t.NAME, t.NUMBER, t.VARIABLE, t.SELECT, t.STATEMENT, t.UNION, t.END, t.OTHER]);
/** Kinds that can neither be a value nor begin one. */
const NO_VALUE = new Set([t.SELECT, t.UNION, t.LOGIC, t.FROM, t.END, t.CUT, t.OTHER, t.COMMA, t.SEMICOLON]);

/** Whether a value and more follow the token `at`; where they do not, which is so in prose, no walk is needed. */
function mayGoOn(stream: TokenStream, at: number): boolean {
  const next = stream.kind(at + 1);
  if (NO_VALUE.has(next)) return false;
  const isSimple = next === t.NUMBER || next === t.NAME;
  return !isSimple || stream.kind(at + 2) === t.PAREN_OPEN || !ENDING.has(stream.kind(at + 2));
}

/** A statement inside other text is what people write about, unless it does what only attacks do. */
function lowered(statement: Judgement): Judgement | null {
  return statement.score < ERROR ? null : { ...statement, score: WARNING };
}

/** Directly behind a number or quotation mark, and with nothing behind it, a statement was put there. */
function judgeInnerStatement(stream: TokenStream, at: number): Judgement | null {
  const statement = judgeStatement(stream, 0);
  const end = stream.kind(statement.index);
  const isLast = end === t.CUT || end === t.END;
  const isPut =
    isLast &&
    statement.score === CRITICAL &&
    /[\d'")][\s+]*$/.test(stream.text.slice(Math.max(0, at - 8), at));
  return isPut ? statement : lowered(statement);
}

function judgeCall(stream: TokenStream): Judgement | null {
  const found = walkExpression(stream, 0, e.NO_OPERAND);
  if (found.tellingCalls === 0) return null;
  const isArgued = found.literals > 0 && (found.isClean || found.knownCalls + found.tellingCalls > 1);
  return { rule: 'sql-probe', score: isArgued ? WARNING : NOTHING, index: found.index };
}

/** INTO OUTFILE, PROCEDURE ANALYSE. */
function judgeOutlet(stream: TokenStream): Judgement | null {
  const found = walkOperator(stream, 0);
  return found.outlets > 0 ? { rule: 'sql-probe', score: ERROR, index: found.index } : null;
}
