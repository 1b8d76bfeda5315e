/**
 * A small lexer for JavaScript: enough to tell code from strings, comments and regular expressions.
 *
 * It begins in code or inside a string or template of each kind, since a page may have put the text there. Words
 * with Unicode escapes keep them; `word` undoes them. After an unfinished string it goes on behind the line break,
 * as interpreters of other script languages and people do. Linear: every character is read once, `word` copies
 * a bounded number of characters.
 */
import { beginningOf, characterTable, LETTERS_AND_DIGITS } from '../characters.ts';
import { WORD_BEGINNINGS } from './script-words.ts';

/** There is nothing more. */
export const NOTHING = 0;
/** An identifier, keyword or number. */
export const WORD = 1;
export const STRING = 2;
/** A template, or a piece of one between expressions. */
export const TEMPLATE = 3;
export const EXPRESSION = 4;
/** One character of an operator or bracket. */
export const SIGN = 5;

const WORD_CHARACTERS_MAX = 64;
const DEPTH_MAX = 32;

const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const DOUBLE_QUOTE = 0x22;
const DOLLAR = 0x24;
const SINGLE_QUOTE = 0x27;
const ASTERISK = 0x2a;
const DOT = 0x2e;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const BACK_QUOTE = 0x60;
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

const IN_WORD = characterTable(`${LETTERS_AND_DIGITS}_$\\`);
/** Signs behind which a slash begins a regular expression; behind words and closing brackets it divides. */
const BEFORE_EXPRESSION = characterTable('([{,;=:?!&|^~+-*%<>/');

const ESCAPE = /\\u(?:\{0*([0-9a-f]{1,6})\}|([0-9a-f]{4}))/gi;

export class ScriptTokens {
  kind = NOTHING;
  start = 0;
  end = 0;
  /** The character code of a sign. */
  sign = 0;
  /** Whether a word is written with escapes. */
  isEscaped = false;
  /** Whether a blank or comment stands in front of the token. */
  isApart = false;
  /** Whether the token stands behind the string that was open when the text began. */
  isOut: boolean;
  /** Whether that string is a template that the text leaves by `${` into an expression. */
  isInExpression = false;

  readonly #text: string;
  readonly #end: number;
  #at = 0;
  #last = NOTHING;
  #openString: number;
  /** How many braces are open in every expression inside of a template, the innermost last. */
  readonly #braces: number[] = [];

  /** @param openString the quotation mark of the string that is open when the text begins, 0 for none */
  constructor(text: string, openString: number) {
    this.#text = text;
    this.#end = text.length;
    this.#openString = openString;
    this.isOut = openString === 0;
  }

  next(): number {
    if (this.#openString !== 0) this.#leaveString();
    this.#skipBlanks();
    this.#last = this.kind;
    this.start = this.#at;
    this.kind = this.#read();
    this.end = this.#at;
    return this.kind;
  }

  /**
   * The word read last in lower case, its escapes undone; cut where it is longer than any word of interest, and
   * empty where no word of `script-words.ts` begins like it.
   */
  word(): string {
    const second = this.start + 1 < this.end ? this.#text.charCodeAt(this.start + 1) : 0;
    const beginning = beginningOf(this.#text.charCodeAt(this.start), second);
    if (!this.isEscaped && WORD_BEGINNINGS[beginning] === 0) return '';
    const end = Math.min(this.end, this.start + WORD_CHARACTERS_MAX);
    const raw = this.#text.slice(this.start, end);
    return (this.isEscaped ? decodeWord(raw) : raw).toLowerCase();
  }

  #leaveString(): void {
    const quote = this.#openString;
    this.#openString = 0;
    const end = this.#stringEnd(this.#at, quote, true);
    this.isOut = end < this.#end;
    // A slash behind a value divides.
    this.kind = STRING;
    this.#at = Math.min(end + 1, this.#end);
    if (quote === BACK_QUOTE && this.isOut && this.#text.charCodeAt(end) === DOLLAR) {
      this.#at = end + 2;
      this.#braces.push(0);
      this.isInExpression = true;
    }
  }

  #read(): number {
    if (this.#at >= this.#end) return NOTHING;
    const code = this.#text.charCodeAt(this.#at);
    if (IN_WORD[code & 0xff] === 1) return this.#readWord();
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      this.#at = Math.min(this.#stringEnd(this.#at + 1, code, false) + 1, this.#end);
      return STRING;
    }
    if (code === BACK_QUOTE) return this.#readTemplate(this.#at + 1);
    if (code === SLASH && this.#mayBeginExpression()) return this.#readExpression();
    return this.#readSign(code);
  }

  #readWord(): number {
    const text = this.#text;
    let at = this.#at;
    this.isEscaped = false;
    while (at < this.#end && IN_WORD[text.charCodeAt(at) & 0xff] === 1) {
      const isEscape = text.charCodeAt(at) === BACKSLASH;
      at += 1;
      if (!isEscape) continue;
      this.isEscaped = true;
      // Of all escapes only `\u{61}` has braces inside.
      if (text.charCodeAt(at + 1) === LEFT_BRACE) at = this.#bracedEnd(at + 2);
    }
    this.#at = Math.min(at, this.#end);
    return WORD;
  }

  #bracedEnd(start: number): number {
    let at = start;
    while (at < this.#end && IN_WORD[this.#text.charCodeAt(at) & 0xff] === 1) at += 1;
    return this.#text.charCodeAt(at) === RIGHT_BRACE ? at + 1 : at;
  }

  #readSign(code: number): number {
    // `?.` is a dot.
    const isOptional = code === QUESTION && this.#text.charCodeAt(this.#at + 1) === DOT;
    this.#at += isOptional ? 2 : 1;
    this.sign = isOptional ? DOT : code;
    const innermost = this.#braces.length - 1;
    if (innermost < 0) return SIGN;
    if (code === LEFT_BRACE) this.#braces[innermost]! += 1;
    if (code !== RIGHT_BRACE) return SIGN;
    if (this.#braces[innermost]! > 0) {
      this.#braces[innermost]! -= 1;
      return SIGN;
    }
    this.#braces.pop();
    return this.#readTemplate(this.#at);
  }

  /** Reads a template on to its end or next expression. */
  #readTemplate(start: number): number {
    const end = this.#stringEnd(start, BACK_QUOTE, false);
    this.#at = Math.min(end + 1, this.#end);
    if (end < this.#end && this.#text.charCodeAt(end) === DOLLAR) {
      this.#at = end + 2;
      if (this.#braces.length < DEPTH_MAX) this.#braces.push(0);
    }
    return TEMPLATE;
  }

  /**
   * Where a string ends: at its quotation mark, at a line break in front of `#end`, or for templates also at `${`.
   *
   * @param isOpened whether the page opened the string: it may take a backslash in front of the quotation mark for
   *   a character of its own, where the text's own backslash was escaped
   */
  #stringEnd(start: number, quote: number, isOpened: boolean): number {
    const text = this.#text;
    let at = start;
    for (; at < this.#end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) return at;
      if (code === BACKSLASH) at += isOpened ? 0 : 1;
      else if (quote === BACK_QUOTE) {
        if (code === DOLLAR && text.charCodeAt(at + 1) === LEFT_BRACE) return at;
      } else if (!isOpened && (code === LINE_FEED || code === RETURN)) return at;
    }
    return this.#end;
  }

  #mayBeginExpression(): boolean {
    return this.#last === NOTHING || (this.#last === SIGN && BEFORE_EXPRESSION[this.sign & 0xff] === 1);
  }

  /** A regular expression ends on its line; a slash without an end is a sign. */
  #readExpression(): number {
    const text = this.#text;
    let inClass = false;
    for (let at = this.#at + 1; at < this.#end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED || code === RETURN) break;
      if (code === BACKSLASH) at += 1;
      else if (code === 0x5b) inClass = true;
      else if (code === 0x5d) inClass = false;
      else if (code === SLASH && !inClass) {
        this.#at = at + 1;
        return EXPRESSION;
      }
    }
    return this.#readSign(SLASH);
  }

  #skipBlanks(): void {
    const text = this.#text;
    const start = this.#at;
    while (this.#at < this.#end) {
      const code = text.charCodeAt(this.#at);
      // Most bytes from 0x80 on are of blanks and line ends that script has beyond ASCII, or of prose.
      if (code <= 0x20 || code >= 0x7f) this.#at += 1;
      else if (code === SLASH && text.charCodeAt(this.#at + 1) === SLASH) this.#skipLine();
      else if (code === SLASH && text.charCodeAt(this.#at + 1) === ASTERISK) {
        const end = text.indexOf('*/', this.#at + 2);
        this.#at = end === -1 ? this.#end : Math.min(end + 2, this.#end);
      } else break;
    }
    this.isApart = this.#at > start;
  }

  #skipLine(): void {
    while (this.#at < this.#end) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === LINE_FEED || code === RETURN) return;
      this.#at += 1;
    }
  }
}

function decodeWord(raw: string): string {
  return raw.replace(ESCAPE, (_, braced?: string, plain?: string) => {
    const code = Number.parseInt(braced ?? plain ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
