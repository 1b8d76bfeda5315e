/**
 * SQL tokens of a text, read on demand from any place on, at most TOKENS_MAX of them.
 *
 * The union of the dialects: comments of all kinds (`/*!` opens code, as MySQL has it), strings and names in all
 * quotings, variables, numbers, operators in signs and words. Blanks and comments vanish; a comment behind which
 * nothing follows is the token CUT. A string or comment of any length is one token, so padding inside one hides
 * nothing. Linear: characters are read once a reading, ends are looked up in `Landmarks`.
 */
import { isDigit, isWordCharacter } from '../characters.ts';
import {
  BEGINS_BLANK,
  BEGINS_NUMBER,
  BEGINS_SIGN,
  BEGINS_STRING,
  BEGINS_WORD,
  beginningClass,
  blankLength,
} from './characters.ts';
import { Landmarks } from './landmarks.ts';
import { beginsVariable, dollarStringEnd, emptyExponentLength, numberEnd, stringEnd } from './literals.ts';
import { readName, wordEnd } from './names.ts';
import { operatorAt } from './operators.ts';
import * as t from './token-kinds.ts';
import { isSystemVariable } from './vocabulary.ts';

const TOKENS_MAX = 512;
const FIELDS = 3;
const SUBSCRIPT_MAX = 64;

export interface Dialect {
  /** `--` begins a comment only where a blank follows, as in MySQL. */
  readonly dashesNeedBlank: boolean;
  /** `+` is a blank that was not decoded. */
  readonly plusIsBlank: boolean;
}

/** Rows of fewer comments are walked again. */
const ROW_WORTH_REMEMBERING = 4;
/** Comments of one row that are remembered. */
const SKIPPED_MAX = 65_536;

export class TokenStream {
  readonly text: string;
  readonly landmarks: Landmarks;
  #dialect: Dialect;
  /** Start and end, by token; kind and detail share the third number. */
  readonly #tokens: number[] = [];
  #beginning = 0;
  #count = 0;
  #limit = TOKENS_MAX;
  #position = 0;
  /** For the comments of long rows: where the row ends. */
  readonly #skipped = new Map<number, number>();
  /** Altogether, however often the same. */
  tokensRead = 0;
  /** Block comments between the tokens read: where blanks are filtered, they stand for them. */
  comments = 0;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.landmarks = new Landmarks(text);
    this.#dialect = dialect;
  }

  /** Reads from `position` on, at most `tokensMax` tokens. */
  begin(position: number, tokensMax: number = TOKENS_MAX): void {
    this.#beginning = position;
    this.#limit = Math.min(tokensMax, TOKENS_MAX);
    if (this.comments === 0 && this.#keepFrom(position)) return;
    this.#position = position;
    this.#count = 0;
    this.comments = 0;
  }

  /** Where a token known already begins at `position`, it and those behind it need not be read again. */
  #keepFrom(position: number): boolean {
    let first = 0;
    while (first < this.#count && this.#tokens[first * FIELDS]! < position) first += 1;
    const rest = this.#count - first;
    if (rest === 0 || rest > this.#limit || this.#tokens[first * FIELDS] !== position) return false;
    this.#tokens.copyWithin(0, first * FIELDS, this.#count * FIELDS);
    this.#count = rest;
    return true;
  }

  /** Where reading began. */
  get beginning(): number {
    return this.#beginning;
  }

  /** How many tokens were read since `begin`. */
  get count(): number {
    return this.#count;
  }

  setDialect(dialect: Dialect): void {
    this.#skipped.clear();
    this.#dialect = dialect;
    this.#count = 0;
  }

  /** The kind of a token; END behind the last one, OTHER at the limit. */
  kind(index: number): number {
    while (index >= this.#count) {
      if (this.#count === this.#limit) return t.OTHER;
      this.#read();
      if (index >= this.#count && this.#kindOf(this.#count - 1) === t.END) return t.END;
    }
    return index < 0 ? t.END : this.#kindOf(index);
  }

  detail(index: number): number {
    return this.#has(index) ? this.#tokens[index * FIELDS + 2]! >> 8 : 0;
  }

  start(index: number): number {
    return this.#has(index) ? this.#tokens[index * FIELDS]! : this.text.length;
  }

  end(index: number): number {
    return this.#has(index) ? this.#tokens[index * FIELDS + 1]! : this.text.length;
  }

  /** Whether there is such a token, read now if need be. */
  #has(index: number): boolean {
    if (index >= this.#count) this.kind(index);
    return index >= 0 && index < this.#count;
  }

  /** A token's text in lower case, at most 64 characters of it. */
  word(index: number): string {
    return this.text
      .slice(this.start(index), Math.min(this.end(index), this.start(index) + 64))
      .toLowerCase();
  }

  /** Adds one token. */
  #read(): void {
    const cut = this.#skipFillers();
    const at = this.#position;
    if (cut !== -1) this.#add(t.CUT, 0, cut, this.text.length);
    else if (at >= this.text.length) this.#add(t.END, 0, at, at);
    else this.#readToken(at);
  }

  /** Adds a token; the number of tokens then. */
  #add(kind: number, detail: number, start: number, end: number): number {
    const at = this.#count * FIELDS;
    this.#tokens[at] = start;
    this.#tokens[at + 1] = Math.min(end, this.text.length);
    this.#tokens[at + 2] = kind | (detail << 8);
    this.#position = end;
    this.tokensRead += 1;
    this.#count += 1;
    return this.#count;
  }

  #kindOf(index: number): number {
    return this.#tokens[index * FIELDS + 2]! & 0xff;
  }

  #readToken(at: number): number {
    const code = this.text.charCodeAt(at);
    const kind = beginningClass(code);
    if (kind === BEGINS_WORD) return this.#readWord(at);
    if (kind === BEGINS_NUMBER) return this.#readNumber(at);
    if (kind === BEGINS_STRING) return this.#readString(at, at, code === 0x27 ? "'" : '"');
    const next = this.text.charCodeAt(at + 1);
    if (kind === BEGINS_SIGN) return this.#readOperator(at);
    // A dot begins a number, @ a variable, a brace of ODBC goes with the word in it, \N is MySQL's null.
    if (code === 0x2e && isDigit(next)) return this.#add(t.NUMBER, 0, at, numberEnd(this.text, at));
    if (code === 0x40 && beginsVariable(this.text, at)) return this.#readVariable(at);
    if (code === 0x60 || code === 0x5b) return this.#readWord(at);
    if (code === 0x7b) return this.#readBrace(at);
    if (code === 0x5c && next === 0x4e && !isWordCharacter(this.text.charCodeAt(at + 2)))
      return this.#add(t.NUMBER, 0, at, at + 2);
    if (code === 0x24) return this.#readDollar(at);
    return this.#readOperator(at);
  }

  #readOperator(at: number): number {
    const operator = operatorAt(this.text, at);
    return this.#add(operator & 0xff, t.AS_SIGN, at, at + (operator >> 8));
  }

  #readWord(at: number): number {
    const word = readName(this.text, at, this.landmarks);
    if (word.quote !== '') return this.#readString(at, word.end, word.quote);
    const subscript =
      word.kind === t.NAME && this.text.charCodeAt(word.end) === 0x5b ? this.#subscriptEnd(word.end) : -1;
    return this.#add(word.kind, word.detail, at, subscript === -1 ? word.end : subscript);
  }

  /** The end of `[…]` right behind a name: an element of an array. */
  #subscriptEnd(at: number): number {
    const close = this.landmarks.next(']', at);
    return close < this.text.length && close - at < SUBSCRIPT_MAX ? close + 1 : -1;
  }

  /** `1st` is a name, `1or` a number and a word, as in T-SQL; so is `1dunion` in Oracle, whose numbers may end so. */
  #readNumber(at: number): number {
    const end = numberEnd(this.text, at);
    const isName = beginningClass(this.text.charCodeAt(end)) === BEGINS_WORD && end < this.text.length;
    if (isName && end - at < 20 && !this.text.slice(at, end).includes('.')) {
      const isHex = (this.text.charCodeAt(at + 1) | 0x20) === 0x78;
      const { kind } = readName(this.text, end, this.landmarks);
      const isSuffixed =
        /[df]/i.test(this.text.charAt(end)) && readName(this.text, end + 1, this.landmarks).kind === t.UNION;
      if (isSuffixed) return this.#add(t.NUMBER, 0, at, end + 1);
      if (kind === t.NAME || isHex) return this.#add(t.NAME, t.NAME_PLAIN, at, wordEnd(this.text, end));
    }
    return this.#add(t.NUMBER, 0, at, end);
  }

  /** @param mark where the opening mark is: a prefix such as N may stand before it */
  #readString(at: number, mark: number, quote: "'" | '"'): number {
    const end = stringEnd(this.text, mark + 1, quote, this.landmarks);
    return this.#add(end > this.text.length ? t.OPEN_STRING : t.STRING, 0, at, end);
  }

  #readVariable(at: number): number {
    let end = at + 1;
    if (this.text.charCodeAt(end) === 0x40) end += 1;
    const nameEnd = wordEnd(this.text, end);
    const isSystem = end > at + 1 && isSystemVariable(this.text.slice(end, Math.min(nameEnd, end + 32)));
    return this.#add(t.VARIABLE, isSystem ? t.NAME_SYSTEM : t.NAME_PLAIN, at, nameEnd);
  }

  /** `{fn now()}`, `{d '2020-01-01'}`: a bracket with a word that does not count. */
  #readBrace(at: number): number {
    let word = at + 1;
    for (let length = 1; length > 0 && word < at + 8; word += length) length = blankLength(this.text, word);
    const end = wordEnd(this.text, word);
    const isBrace = end > word && isWordCharacter(this.text.charCodeAt(word)) && end - word < 16;
    return this.#add(isBrace ? t.PAREN_OPEN : t.OTHER, t.AS_WORD, at, isBrace ? end : at + 1);
  }

  #readDollar(at: number): number {
    const end = dollarStringEnd(this.text, at);
    return this.#add(end === -1 ? t.OTHER : t.STRING, 0, at, end === -1 ? at + 1 : end);
  }

  /** Leaves blanks and comments behind. Where nothing follows a comment: the index of that comment, otherwise -1. */
  #skipFillers(): number {
    const passed: number[] = [];
    let comment = -1;
    for (;;) {
      const at = this.#position;
      if (at >= this.text.length) break;
      const length = this.#blankAt(at);
      if (length > 0) this.#position += length;
      else if (this.text.startsWith('*/', at)) this.#position += 2;
      else {
        const end = this.#skipped.get(at) ?? this.#commentEnd(at);
        if (end === -1) {
          this.#rememberSkipped(passed);
          return -1;
        }
        if (comment === -1 && this.text.charCodeAt(at + 2) !== 0x21) comment = at;
        if (passed.length < SKIPPED_MAX) passed.push(at);
        this.#position = end;
      }
    }
    this.#rememberSkipped(passed);
    return comment;
  }

  /** From each comment of a row the next reader goes straight to its end: a row is walked once, from wherever. */
  #rememberSkipped(passed: readonly number[]): void {
    if (passed.length < ROW_WORTH_REMEMBERING) return;
    for (const at of passed) this.#skipped.set(at, this.#position);
  }

  #blankAt(at: number): number {
    const code = this.text.charCodeAt(at);
    if (code === 0x2b && this.#dialect.plusIsBlank) return 1;
    if (code >= 0x30 && code <= 0x39) return emptyExponentLength(this.text, at);
    return beginningClass(code) === BEGINS_BLANK || code >= 0xc2 ? blankLength(this.text, at) : 0;
  }

  /** The end of the comment that begins at `at`, at most the text's length, or -1 for none. */
  #commentEnd(at: number): number {
    const code = this.text.charCodeAt(at);
    const next = this.text.charCodeAt(at + 1);
    if (code === 0x2f && next === 0x2a) {
      this.comments += 1;
      return this.#blockEnd(at);
    }
    if (code === 0x23) return this.#isHashOperator(at, next) ? -1 : this.#lineEnd(at + 1);
    if (code !== 0x2d || next !== 0x2d) return -1;
    const third = this.text.charCodeAt(at + 2);
    const isComment =
      !this.#dialect.dashesNeedBlank || Number.isNaN(third) || third <= 0x20 || third === 0x2b;
    return isComment ? this.#lineEnd(at + 2) : -1;
  }

  /** `#>` and `#-` before a string: PostgreSQL's paths into JSON. */
  #isHashOperator(at: number, next: number): boolean {
    return (next === 0x3e || next === 0x2d) && /^#(?:>>?|-)\s?'/.test(this.text.slice(at, at + 6));
  }

  #lineEnd(start: number): number {
    return Math.min(this.landmarks.next('\n', start), this.landmarks.next('\r', start));
  }

  #blockEnd(at: number): number {
    if (this.text.charCodeAt(at + 2) !== 0x21) {
      return Math.min(this.landmarks.next('*/', at + 2) + 2, this.text.length);
    }
    let end = at + 3;
    while (end < at + 9 && isDigit(this.text.charCodeAt(end))) end += 1;
    return end;
  }
}
