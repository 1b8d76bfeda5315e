/**
 * Turns a text into the letters of a small SQL alphabet, one letter a token, so that rules can be written as
 * short patterns over letters.
 *
 * Quotation marks are tokens of their own and what stands between them is read like everything else: a text that
 * lands inside a string of a statement closes that string with its first mark, and which half is string and which
 * is statement depends on the statement, which nobody here knows. Blanks, `+` (a blank that was not decoded) and
 * closed comments vanish; the inside of a conditional comment (one that opens with `!` and a version) is read, as
 * MySQL does.
 *
 * Linear: every character belongs to one token, and the end of a comment is searched for once more at most.
 *
 * | letter | token | letter | token |
 * |---|---|---|---|
 * | n | number, null, true, false | q | `'` or `"` |
 * | w | any other word | v | `@variable` |
 * | & | or, and, xor, two bars, two ampersands | e o | `=`, other comparisons |
 * | l | like, regexp, … | i s z x | in, is, between, exists |
 * | p | any other sign | , ( ) ; | themselves |
 * | c | comment to the end of the line | U A S F | union, all, select, from |
 * | f | function, `(` behind it | t | function that waits or reads files, `(` behind it |
 * | I G | into, outfile | O B H R | order or group, by, having, where |
 * | D T | drop or the like, table or the like | N V | insert, values |
 * | L | delete | P E | update, set |
 * | X K d | execute, system procedure, declare | W Y Z | waitfor, delay, shutdown |
 * | C | table of the system catalogue | | |
 */
import {
  beginningOf,
  beginningTable,
  isBlank,
  isDigit,
  isLetter,
  isQuote,
  isWordCharacter,
  skipBlanks,
} from '../characters.ts';
import { SQL_FUNCTIONS, SQL_WORD_CHARACTERS_MAX, SQL_WORDS } from './sql-words.ts';

export interface SqlTokens {
  /** One letter a token. */
  readonly letters: string;
  /** The index of the token behind the first `'`; -1 without one. */
  readonly behindSingle: number;
  /** The index of the token behind the first `"`; -1 without one. */
  readonly behindDouble: number;
  /** Where reading ended in the text. */
  readonly end: number;
}

/** Character codes of the text. */
const EXCLAMATION = 0x21;
const HASH = 0x23;
const AMPERSAND = 0x26;
const SINGLE_QUOTE = 0x27;
const PAREN_OPEN = 0x28;
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const EQUALS_SIGN = 0x3d;
const AT = 0x40;
const GRAVE = 0x60;
const BAR = 0x7c;

/** Codes of the letters that no table decides on. */
const END = 0;
const CATALOGUE = codeOf('C');
const COMMENT = codeOf('c');
const COMPARISON = codeOf('o');
const EQUALS = codeOf('e');
const LOGIC = codeOf('&');
const NUMBER = codeOf('n');
const PROCEDURE = codeOf('K');
const QUOTE = codeOf('q');
const SIGN = codeOf('p');
const VARIABLE = codeOf('v');
const WORD = codeOf('w');

const WORD_BEGINNINGS = beginningTable([...SQL_WORDS.keys(), ...SQL_FUNCTIONS.keys(), 'xp_', 'sp_']);

/**
 * @param text decoded bytes as latin-1 text
 * @param tokensMax where to stop; a text has at most one token a character
 */
export function readSqlTokens(text: string, tokensMax: number = text.length): SqlTokens {
  const letters = Buffer.allocUnsafe(Math.min(text.length, tokensMax));
  const reader = new TokenReader(text);
  let count = 0;
  let behindSingle = -1;
  let behindDouble = -1;
  while (count < letters.length) {
    const letter = reader.next();
    if (letter === END) break;
    letters[count] = letter;
    count += 1;
    if (letter !== QUOTE) continue;
    if (reader.endsWithSingleQuote()) {
      if (behindSingle === -1) behindSingle = count;
    } else if (behindDouble === -1) behindDouble = count;
  }
  return { letters: letters.toString('latin1', 0, count), behindSingle, behindDouble, end: reader.position };
}

class TokenReader {
  readonly #text: string;
  /** The index of the next character to read. */
  position = 0;
  /** A comment without an end was met, so that no later one is searched for its end. */
  #endless = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the token read last ends with `'`. */
  endsWithSingleQuote(): boolean {
    return this.#at(-1) === SINGLE_QUOTE;
  }

  /** The letter's code of the next token, or END. */
  next(): number {
    while (this.position < this.#text.length) {
      const code = this.#at(0);
      if (isFiller(code)) {
        this.position += 1;
      } else if (code === SLASH && this.#at(1) === STAR) {
        if (!this.#skipComment()) return COMMENT;
      } else if (code === STAR && this.#at(1) === SLASH) {
        this.position += 2;
      } else {
        return this.#token(code);
      }
    }
    return END;
  }

  #at(offset: number): number {
    return this.#text.charCodeAt(this.position + offset);
  }

  #take(length: number, letter: number): number {
    this.position += length;
    return letter;
  }

  /** Leaves a block comment behind, or only its opening where its inside counts. False for one without an end. */
  #skipComment(): boolean {
    this.position += 2;
    if (this.#at(0) === EXCLAMATION) {
      this.position += 1;
      this.#skipDigits();
      return true;
    }
    const end = this.#endless ? -1 : this.#text.indexOf('*/', this.position);
    if (end === -1) this.#endless = true;
    else this.position = end + 2;
    return end !== -1;
  }

  #token(code: number): number {
    if (isDigit(code)) return this.#number(code);
    if (isWordStart(code)) return this.#word(code);
    if (isQuote(code)) return this.#take(1, QUOTE);
    if (isComparison(code)) return this.#comparison();
    const next = this.#at(1);
    if (code === MINUS && next === MINUS) return this.#take(2, COMMENT);
    // "#1" and "#topic" are ordinary language, a comment sign stands alone.
    if (code === HASH) return this.#take(1, isWordCharacter(next) ? SIGN : COMMENT);
    if (code === next && (code === AMPERSAND || code === BAR)) return this.#take(2, LOGIC);
    return this.#take(1, isSeparator(code) ? code : SIGN);
  }

  /** `!` compares only together with another sign. */
  #comparison(): number {
    const start = this.position;
    while (isComparison(this.#at(0)) && this.position < start + 3) this.position += 1;
    const last = this.#at(-1);
    if (this.position > start + 1) return COMPARISON;
    return last === EXCLAMATION ? SIGN : last === EQUALS_SIGN ? EQUALS : COMPARISON;
  }

  /** `12`, `1.5`, `1e5`, `0x2F`: the longest reading, so that `1e0union` is a number and a word. */
  #number(first: number): number {
    if (first === 0x30 && (this.#at(1) | 0x20) === 0x78) {
      this.position += 2;
      while (isHexDigit(this.#at(0))) this.position += 1;
      return NUMBER;
    }
    this.#skipDigits();
    if (this.#at(0) === DOT) this.#take(1, NUMBER);
    this.#skipDigits();
    if ((this.#at(0) | 0x20) === 0x65 && isDigit(this.#at(1))) this.#take(1, NUMBER);
    this.#skipDigits();
    return NUMBER;
  }

  /** A word with the parts that dots join to it; known ones have letters of their own. */
  #word(first: number): number {
    const start = this.position;
    while (isWordPart(this.#at(0)) || (this.#at(0) === DOT && isWordStart(this.#at(1)))) this.position += 1;
    if (first === AT) return VARIABLE;
    const length = this.position - start;
    if (length < 2 || length > SQL_WORD_CHARACTERS_MAX) return WORD;
    if (WORD_BEGINNINGS[beginningOf(first, this.#text.charCodeAt(start + 1))] === 0) return WORD;
    return this.#classify(this.#text.slice(start, this.position).toLowerCase());
  }

  #classify(word: string): number {
    const letter = SQL_WORDS.get(word);
    if (this.#text.charCodeAt(skipBlanks(this.#text, this.position, 8)) === PAREN_OPEN) {
      const called = SQL_FUNCTIONS.get(word);
      if (called !== undefined) return codeOf(called);
    }
    if (letter !== undefined) return codeOf(letter);
    const dot = word.indexOf('.');
    // A table of a catalogue is known by its schema.
    if (dot !== -1 && SQL_WORDS.get(word.slice(0, dot)) === 'C') return CATALOGUE;
    return word.startsWith('xp_') || word.startsWith('sp_') ? PROCEDURE : WORD;
  }

  #skipDigits(): void {
    while (isDigit(this.#at(0))) this.position += 1;
  }
}

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}

/** Blanks, `+` in their place, the quotes of identifiers, and both bytes of a no-break space in UTF-8. */
function isFiller(code: number): boolean {
  return isBlank(code) || code === PLUS || code === GRAVE || code === 0xc2 || code === 0xa0;
}

function isWordStart(code: number): boolean {
  return isLetter(code) || code === 0x5f || code === AT || code > 0x7f;
}

function isWordPart(code: number): boolean {
  return (
    isWordCharacter(code) || code === 0x24 || code === AT || (code > 0x7f && code !== 0xc2 && code !== 0xa0)
  );
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}

function isComparison(code: number): boolean {
  return code === EQUALS_SIGN || code === 0x3c || code === 0x3e || code === EXCLAMATION;
}

/** The signs that keep their own letter. */
function isSeparator(code: number): boolean {
  return code === PAREN_OPEN || code === 0x29 || code === 0x2c || code === 0x3b;
}
