/**
 * Walks over the tokens of an expression or selection as long as they make sense in SQL.
 *
 * Method: SQL text alternates between places where a value has to follow and places where an operator or clause
 * has to; brackets only count. So a flat machine of two states reads all dialects without recursion, takes the
 * unfinished text that injections are, and stops at the first word that ordinary language puts where SQL cannot have
 * one. What it met on the way is the `Evidence`. Every step takes at least one token: linear.
 */
import { isShortComment } from './comments.ts';
import * as e from './evidence.ts';
import { Evidence } from './evidence.ts';
import { isSelectionAt, isWordCall, mayBeStar, mayRepeat, maySelect } from './lookahead.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** Words before a literal that make a typed literal of it. */
const LITERAL_PREFIX = /^(?:date|time|timestamp|interval|datetime|point|row)$/;
const OUTLET = /^(?:outfile|dumpfile)$/;
/** What ends a statement, by the kind of token. */
const ENDS: Readonly<Record<number, number>> = {
  [t.SEMICOLON]: e.AT_SEMICOLON,
  [t.END]: e.AT_END,
  [t.CUT]: e.AT_CUT,
};

/** @param last what the operand before the first token is, NO_OPERAND where a value has to follow */
export function walkExpression(stream: TokenStream, from: number, last: number): Evidence {
  const walk = new ExpressionWalk(stream, from, last);
  return walk.run(last !== e.NO_OPERAND);
}

/** The same for a text that begins with an operator or clause. */
export function walkOperator(stream: TokenStream, from: number): Evidence {
  return new ExpressionWalk(stream, from, e.NO_OPERAND).run(true);
}

class ExpressionWalk {
  readonly #stream: TokenStream;
  readonly #found = new Evidence();
  readonly #first: number;
  /** The text does not go on inside a string of the origin's. */
  readonly #isWhole: boolean;
  #at: number;
  #expectsOperator = false;
  /** The operand read last, and the heaviest one that it was computed of. */
  #last: number;
  #carried = e.NO_OPERAND;
  /** The left operand of a comparison whose right one is to follow, or -1. */
  #compared = -1;
  #comparedAt = 0;
  /** For every open bracket, the innermost in the lowest bit: whether it belongs to a call or holds a selection. */
  #strong = 0;
  #hasAlias = false;

  constructor(stream: TokenStream, from: number, last: number) {
    this.#stream = stream;
    this.#first = from;
    this.#at = from;
    this.#last = last;
    this.#isWhole = last === e.NO_OPERAND;
  }

  run(expectsOperator: boolean): Evidence {
    this.#expectsOperator = expectsOperator;
    for (let goesOn = true; goesOn; ) {
      const kind = this.#stream.kind(this.#at);
      goesOn = this.#expectsOperator ? this.#operator(kind) : this.#operand(kind);
    }
    this.#found.index = this.#at;
    this.#found.isCut = this.#found.stop === e.AT_CUT && isShortComment(this.#stream, this.#at);
    return this.#found;
  }

  #stop(reason: number): boolean {
    this.#found.stop = reason;
    return false;
  }

  /** Leaves `count` tokens behind. Like all steps, tells whether the walk goes on. */
  #go(count: number, expectsOperator: boolean): boolean {
    this.#at += count;
    this.#expectsOperator = expectsOperator;
    return true;
  }

  #operand(kind: number): boolean {
    const next = this.#stream.kind(this.#at + 1);
    switch (kind) {
      case t.NUMBER:
      case t.STRING:
      case t.OPEN_STRING:
      case t.VARIABLE:
        return this.#value(kind);
      case t.NAME:
        return this.#name(next);
      case t.PAREN_OPEN:
        return this.#open(1, false);
      case t.PAREN_CLOSE:
        if (this.#stream.kind(this.#at - 1) !== t.PAREN_OPEN || this.#found.depth === 0) break;
        return this.#close();
      case t.SIGN:
      case t.NOT:
      case t.QUANTIFIER:
      case t.CASE:
        if (kind === t.CASE) this.#found.cases += 1;
        return this.#go(1, false);
      case t.DISTINCT:
        return this.#go(next === t.NUMBER && this.#stream.word(this.#at) === 'top' ? 2 : 1, false);
      case t.SELECT:
        if (!maySelect(this.#stream, this.#at, this.#first)) break;
        return this.#select();
      case t.STAR:
        if (!mayBeStar(this.#stream, this.#at)) break;
        return this.#complete(e.STRONG, 1);
      default:
        if (isWordCall(this.#stream, this.#at, kind, next)) return this.#call(t.NAME_FUNCTION);
        if (mayRepeat(this.#stream, this.#at, kind, next)) return this.#go(1, false);
    }
    return this.#stop(kind === t.END || kind === t.CUT ? e.AT_GAP : e.AT_PROSE);
  }

  #value(kind: number): boolean {
    const found = this.#found;
    if (kind === t.VARIABLE) {
      if (this.#stream.detail(this.#at) === t.NAME_SYSTEM) found.systemVariables += 1;
    } else found.literals += 1;
    if (found.clauses > 0) found.clauseLiterals += 1;
    if (kind === t.OPEN_STRING) found.isOpen = true;
    return this.#complete(kind === t.VARIABLE ? e.STRONG : e.LITERAL, 1);
  }

  #name(next: number): boolean {
    const detail = this.#stream.detail(this.#at);
    if (next === t.PAREN_OPEN) return this.#call(detail);
    if (next === t.STRING || next === t.OPEN_STRING || next === t.NUMBER) {
      if (LITERAL_PREFIX.test(this.#stream.word(this.#at))) return this.#go(1, false);
    }
    this.#found.names += 1;
    if (detail === t.NAME_CATALOGUE) this.#found.catalogues += 1;
    if (detail === t.NAME_SYSTEM && !PLAIN_SYSTEM_NAME.test(this.#stream.word(this.#at)))
      this.#found.systemNames += 1;
    const isSystem = detail === t.NAME_CATALOGUE || detail === t.NAME_SYSTEM;
    return this.#complete(isSystem ? e.STRONG : e.NAMED, 1);
  }

  #call(detail: number): boolean {
    const found = this.#found;
    if (detail === t.NAME_TELLING) found.tellingCalls += 1;
    else if (detail === t.NAME_FUNCTION) found.knownCalls += 1;
    else found.unknownCalls += 1;
    const isKnown = detail === t.NAME_TELLING || detail === t.NAME_FUNCTION;
    if (found.clauses > 0 && isKnown) found.clauseLiterals += 1;
    if (isKnown && SYSTEM_CALL.test(this.#stream.word(this.#at))) found.systemCalls += 1;
    this.#compare(isKnown ? e.STRONG : e.NAMED);
    if (isKnown && found.selects > 0) found.selected += 1;
    return this.#open(2, isKnown);
  }

  #select(): boolean {
    this.#found.selects += 1;
    this.#compare(e.STRONG);
    this.#strong |= this.#found.depth > 0 ? 1 : 0;
    this.#hasAlias = false;
    return this.#go(1, false);
  }

  #open(tokens: number, isStrong: boolean): boolean {
    this.#found.depth += 1;
    this.#strong = (this.#strong << 1) | (isStrong ? 1 : 0);
    return this.#go(tokens, false);
  }

  #close(): boolean {
    if (this.#found.depth > 0) {
      this.#found.depth -= 1;
      if ((this.#strong & 1) === 1) this.#last = e.STRONG;
      this.#strong >>>= 1;
    } else this.#found.closings += 1;
    return this.#go(1, true);
  }

  /** An operand of `tokens` tokens is complete. */
  #complete(operand: number, tokens: number): boolean {
    this.#compare(operand);
    this.#last = Math.max(operand, this.#carried);
    if (this.#found.selects > 0 && operand !== e.NAMED) this.#found.selected += 1;
    return this.#go(tokens, true);
  }

  /** Counts the comparison whose right operand has come. */
  #compare(right: number): void {
    if (this.#compared === -1) return;
    this.#found.countComparison(this.#compared, right, this.#compared === right && this.#isSelfComparison());
    this.#compared = -1;
  }

  /** `x=x`. */
  #isSelfComparison(): boolean {
    return this.#stream.word(this.#comparedAt) === this.#stream.word(this.#at);
  }

  #operator(kind: number): boolean {
    const next = this.#stream.kind(this.#at + 1);
    switch (kind) {
      case t.LOGIC:
        this.#found.logic += 1;
        return this.#join(e.NO_OPERAND, 1);
      case t.COMPARE:
      case t.BETWEEN:
        return this.#beginComparison(kind);
      case t.ARITHMETIC:
      case t.SIGN:
      case t.STAR:
      case t.ASSIGN:
        this.#found.arithmetic += 1;
        return this.#join(this.#last, 1);
      case t.IS:
        return this.#is(next);
      case t.IN:
        if (next !== t.PAREN_OPEN) break;
        return this.#beginComparison(kind);
      case t.NOT:
        return this.#negated(next);
      case t.PAREN_CLOSE:
        return this.#close();
      case t.BRACE_CLOSE:
        if (this.#found.depth === 0) break;
        return this.#close();
      case t.COMMA:
        return this.#comma();
      case t.SEMICOLON:
      case t.END:
      case t.CUT:
        return this.#stop(ENDS[kind]!);
      case t.STRING:
      case t.OPEN_STRING:
        return this.#adjacentString(kind);
      default:
        return this.#clause(kind, next);
    }
    return this.#stop(e.AT_PROSE);
  }

  /** Strings side by side are one; a lone mark at the end is left over. */
  #adjacentString(kind: number): boolean {
    const isLeftOver =
      this.#isWhole &&
      kind === t.OPEN_STRING &&
      this.#stream.start(this.#at) === this.#stream.text.length - 1;
    const isJoined = this.#stream.kind(this.#at - 1) === t.STRING || this.#found.adjacencies > 0;
    if (isLeftOver && !isJoined) return this.#stop(e.AT_END);
    if (!isJoined) return this.#alias();
    this.#found.isOpen = kind === t.OPEN_STRING;
    return this.#go(1, true);
  }

  /** A call or selection behind a value: the sign between them, a plus, was read as a blank on the way. */
  #isAdjacentValue(kind: number, next: number): boolean {
    if (kind === t.PAREN_OPEN) return next === t.SELECT;
    if (next !== t.PAREN_OPEN) return false;
    const detail = this.#stream.detail(this.#at);
    if (this.#stream.kind(this.#at - 1) === t.PAREN_CLOSE)
      return detail === t.NAME_TELLING || detail === t.NAME_FUNCTION;
    if (this.#found.selects > 0) return detail === t.NAME_TELLING || detail === t.NAME_FUNCTION;
    return detail === t.NAME_TELLING && this.#last === e.LITERAL;
  }

  #join(carried: number, tokens: number): boolean {
    this.#carried = carried;
    this.#hasAlias = false;
    return this.#go(tokens, false);
  }

  #beginComparison(kind: number): boolean {
    this.#compared = this.#last;
    this.#comparedAt = this.#at - 1;
    const word = kind === t.COMPARE ? this.#stream.word(this.#at + 1) : '';
    const isPhrase = (word === 'of' || word === 'to') && this.#stream.detail(this.#at) === t.AS_WORD;
    return this.#join(e.NO_OPERAND, isPhrase ? 2 : 1);
  }

  /** IS NULL, IS NOT TRUE, IS DISTINCT FROM x. */
  #is(next: number): boolean {
    const isNegated = next === t.NOT;
    const behind = isNegated ? this.#stream.kind(this.#at + 2) : next;
    const tokens = isNegated ? 2 : 1;
    this.#compared = this.#last;
    this.#comparedAt = -1;
    if (behind === t.NUMBER) return this.#join(e.NO_OPERAND, tokens);
    if (behind !== t.DISTINCT || this.#stream.kind(this.#at + tokens + 1) !== t.FROM)
      return this.#stop(e.AT_PROSE);
    return this.#join(e.NO_OPERAND, tokens + 2);
  }

  /** NOT IN, NOT LIKE, NOT BETWEEN; and `~`, which matches in PostgreSQL. */
  #negated(next: number): boolean {
    if (this.#stream.word(this.#at) === '~') return this.#beginComparison(t.NOT);
    if (next !== t.IN && next !== t.COMPARE && next !== t.BETWEEN) return this.#stop(e.AT_PROSE);
    return this.#go(1, true);
  }

  #comma(): boolean {
    const isList = this.#last === e.LITERAL && this.#found.closings === 0;
    const isInner = this.#found.depth + this.#found.selects + this.#found.clauses > 0;
    if (!isList && !isInner && !isSelectionAt(this.#stream, this.#at + 1)) return this.#stop(e.AT_PROSE);
    if (this.#found.selects > 0) this.#found.selectedCommas += 1;
    return this.#join(e.NO_OPERAND, 1);
  }

  /** One name or string may follow a value of a selection, as its other name. */
  #alias(): boolean {
    if (this.#found.selects === 0 || this.#hasAlias) return this.#stop(e.AT_PROSE);
    this.#hasAlias = true;
    return this.#go(1, true);
  }

  /** The words that lead to another part of a statement. */
  #clause(kind: number, next: number): boolean {
    const isInner = this.#found.selects > 0 || this.#found.depth > 0;
    switch (kind) {
      case t.WHERE:
        if (!isInner && this.#stream.word(this.#at) !== 'where') break;
        return this.#ownClause(1, isInner);
      case t.FROM:
      case t.JOIN:
        return this.#source(kind, next, isInner);
      case t.ORDER:
        if (next !== t.BY) break;
        return this.#ownClause(2, isInner);
      case t.LIMIT:
        if (!isInner && next !== t.NUMBER && next !== t.VARIABLE) break;
        return this.#ownClause(1, isInner);
      case t.HAVING:
        return this.#ownClause(1, isInner);
      case t.UNION:
        return this.#union();
      case t.INTO:
      case t.PROCEDURE:
        return this.#outlet(kind, next);
      case t.SELECT:
      case t.STATEMENT:
      case t.SET:
        return this.#stop(e.AT_STATEMENT);
      default:
        return this.#continuation(kind, next);
    }
    return this.#stop(e.AT_PROSE);
  }

  /** What belongs to the value before it: another name, a type, a branch of CASE, a direction. */
  #continuation(kind: number, next: number): boolean {
    switch (kind) {
      case t.PAREN_OPEN:
      case t.NAME:
        return this.#adjacentValue(kind, next);
      case t.SUFFIX:
        return this.#join(this.#last, 1);
      case t.AS:
      case t.CAST:
        if (next !== t.NAME && next !== t.STRING) break;
        if (kind === t.CAST) this.#found.casts += 1;
        if (this.#stream.kind(this.#at + 2) === t.PAREN_OPEN) return this.#open(3, false);
        return this.#go(2, true);
      case t.WHEN:
      case t.END_CASE:
        if (this.#found.cases === 0) break;
        if (kind === t.WHEN) return this.#join(e.NO_OPERAND, 1);
        this.#found.casesEnded += 1;
        return this.#go(1, true);
      case t.POSTFIX:
        this.#found.mixedComparisons += 1;
        return this.#go(1, true);
      case t.DIRECTION:
        return this.#go(1, true);
    }
    return this.#stop(e.AT_PROSE);
  }

  /** FROM and JOIN, in a selection, in a call such as TRIM(a FROM b), or before a selection of their own. */
  #source(kind: number, next: number, isInner: boolean): boolean {
    const isSelection = next === t.PAREN_OPEN && this.#stream.kind(this.#at + 2) === t.SELECT;
    if (!isInner && !(kind === t.FROM && isSelection)) return this.#stop(e.AT_PROSE);
    if (kind === t.FROM) this.#found.froms += 1;
    return next === t.JOIN ? this.#go(1, true) : this.#join(e.NO_OPERAND, 1);
  }

  #adjacentValue(kind: number, next: number): boolean {
    if (this.#isAdjacentValue(kind, next)) {
      this.#found.adjacencies += 1;
      return this.#join(this.#last, 0);
    }
    if (kind === t.PAREN_OPEN) return this.#stop(e.AT_PROSE);
    return next === t.JOIN ? this.#go(1, true) : this.#alias();
  }

  #ownClause(tokens: number, isInner: boolean): boolean {
    if (!isInner) this.#found.clauses += 1;
    return this.#join(e.NO_OPERAND, tokens);
  }

  /** UNION [ALL | DISTINCT] and a selection, in brackets at will. */
  #union(): boolean {
    let index = this.#at + 1;
    const kind = this.#stream.kind(index);
    const isWhole = kind === t.QUANTIFIER || kind === t.DISTINCT;
    if (isWhole) index += 1;
    while (this.#stream.kind(index) === t.PAREN_OPEN) index += 1;
    const isTable = this.#stream.kind(index) === t.VALUES && this.#stream.kind(index + 1) === t.PAREN_OPEN;
    if (this.#stream.kind(index) !== t.SELECT && !isTable) return this.#stop(e.AT_PROSE);
    this.#found.unions += 1;
    if (isTable) {
      this.#found.selects += 1;
      return this.#join(e.NO_OPERAND, index - this.#at + 1);
    }
    if (isWhole) this.#found.wholeUnions += 1;
    return this.#join(e.NO_OPERAND, 1);
  }

  /** INTO OUTFILE 'x', INTO @x, INTO x, PROCEDURE ANALYSE(). */
  #outlet(kind: number, next: number): boolean {
    const behind = this.#stream.kind(this.#at + 2);
    const isFile = kind === t.INTO && OUTLET.test(this.#stream.word(this.#at + 1));
    const isProcedure = kind === t.PROCEDURE && behind === t.PAREN_OPEN;
    const isValue = behind >= t.NUMBER && behind <= t.PAREN_OPEN;
    const isNamed = next === t.NAME && (isProcedure || (isFile && isValue));
    if (isNamed) {
      this.#found.outlets += 1;
      return this.#join(e.NO_OPERAND, isFile ? 2 : 1);
    }
    if (kind !== t.INTO || this.#found.selects === 0) return this.#stop(e.AT_PROSE);
    return this.#join(e.NO_OPERAND, 1);
  }
}

const PLAIN_SYSTEM_NAME = /^(?:user|dual|uid)$/;
const SYSTEM_CALL =
  /^(?:version|user|database|schema|current_user|session_user|system_user|current_database)$/;
