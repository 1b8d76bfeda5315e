/**
 * A tokeniser for HTML after the WHATWG rules (HTML section 13.2.5), as far as attacks need it.
 *
 * Method: `next` moves on to the next tag, attribute, end of a tag or declaration and says which it is; the fields
 * tell where it stands. A search begins where the page may have put the text: between tags, inside a tag, or inside
 * an attribute's value in one of its four notations.
 *
 * Two deviations. Comments, declarations and raw text (script, style, title ...) are read like text between tags:
 * whether they are open when the text begins depends on the page, and attacks play with that. And the loose reading
 * takes every `<` with a letter behind it for the beginning of a tag, even in a tag's name or between quotation
 * marks, and back-quotes for quotation marks, as some browsers did and as sanitisers that parse otherwise make
 * browsers do. Every character is read a constant number of times.
 */
import { isBlank, isLetter } from '../characters.ts';
import type { XssContext } from './xss-finding.ts';

/** There is nothing more. */
export const END = 0;
/** `<name` or `</name`. */
export const TAG = 1;
/** A name with or without a value, inside a tag. */
export const ATTRIBUTE = 2;
/** `>`. */
export const TAG_END = 3;
/** `<!name`, `<?name` or `<%`; `nameStart` is at the `!`, `?` or `%`. */
export const MARKED_DECLARATION = 4;

const BANG = 0x21;
const DOUBLE_QUOTE = 0x22;
const PERCENT = 0x25;
const SINGLE_QUOTE = 0x27;
const SLASH = 0x2f;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const BACK_QUOTE = 0x60;

export class HtmlTokens {
  kind = END;
  /** Where the token begins; of a tag its `<`. */
  start = 0;
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  /** Equal to `valueStart` where there is no value. */
  valueEnd = 0;
  /** Whether an attribute has an `=`. */
  hasValue = false;
  /** Whether blanks stand on both sides of that `=`, as people write assignments. */
  isSpaced = false;
  /** The quotation mark of an attribute's value, 0 for none. */
  quote = 0;
  /** Whether the text ends inside the quotation of the attribute read last. */
  isOpen = false;
  /** Whether a tag is an end tag. */
  isEndTag = false;
  /** Whether a quotation held what may be a tag, so that the loose reading may find more. */
  hidesTag = false;

  readonly #text: string;
  readonly #loose: boolean;
  #at = 0;
  #inTag = false;
  /** The mark that leads out of the page's values, empty where the text begins elsewhere. */
  #mark = '';

  constructor(text: string, context: XssContext, loose: boolean) {
    this.#text = text;
    this.#loose = loose;
    if (context === 'text') return;
    this.#inTag = true;
    if (context === 'unquoted-value') this.#at = this.#unquotedEnd(0);
    else if (context === 'single-quoted-value') this.#mark = "'";
    else if (context === 'double-quoted-value') this.#mark = '"';
    else if (context === 'back-quoted-value') this.#mark = '`';
    this.leaveQuotation();
  }

  next(): number {
    this.kind = this.#inTag ? this.#readInTag() : this.#readText();
    return this.kind;
  }

  /**
   * Goes on behind the next quotation mark, as if the page had put what follows in a value once more; to the end
   * where the text began elsewhere.
   */
  leaveQuotation(): void {
    if (this.#mark === '') return;
    const end = this.#text.indexOf(this.#mark, this.#at);
    this.#at = end === -1 ? this.#text.length : end + 1;
    this.#inTag = true;
  }

  #readText(): number {
    const text = this.#text;
    for (let at = text.indexOf('<', this.#at); at !== -1; at = text.indexOf('<', at + 1)) {
      // Some browsers dropped NUL wherever it stood.
      let first = at + 1;
      while (text.charCodeAt(first) === 0) first += 1;
      const code = text.charCodeAt(first);
      if (isLetter(code)) return this.#readTag(at, first, false);
      if (code === SLASH && isLetter(text.charCodeAt(first + 1))) return this.#readTag(at, first + 1, true);
      // `<//` opens a bogus comment; an old parser took it for a tag without a name.
      if (code === SLASH && text.charCodeAt(first + 1) === SLASH) return this.#readTag(at, first + 1, false);
      if (code === BANG || code === QUESTION || code === PERCENT) return this.#readDeclaration(at, first);
    }
    this.#at = text.length;
    return END;
  }

  #readTag(start: number, nameStart: number, isEndTag: boolean): number {
    const text = this.#text;
    let end = nameStart;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if ((code !== 0 && isBlank(code)) || code === SLASH || code === GREATER) break;
      if (code === LESS) {
        this.hidesTag = true;
        if (this.#loose) break;
      }
    }
    this.start = start;
    this.nameStart = nameStart;
    this.nameEnd = end;
    this.isEndTag = isEndTag;
    this.#inTag = text.charCodeAt(end) !== LESS;
    this.#at = end;
    return TAG;
  }

  #readDeclaration(start: number, first: number): number {
    let end = first + 1;
    while (isDeclarationCharacter(this.#text.charCodeAt(end))) end += 1;
    this.start = start;
    this.nameStart = first;
    this.nameEnd = end;
    this.#at = end;
    return MARKED_DECLARATION;
  }

  #readInTag(): number {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length && (isBlank(text.charCodeAt(at)) || text.charCodeAt(at) === SLASH)) at += 1;
    this.#at = at;
    this.start = at;
    if (at >= text.length) return END;
    const code = text.charCodeAt(at);
    if (code === GREATER) {
      this.#at = at + 1;
      this.#inTag = false;
      return TAG_END;
    }
    if (this.#opensTag(at)) {
      this.#inTag = false;
      return this.#readText();
    }
    return this.#readAttribute(at);
  }

  /** Whether another tag begins here, in the loose reading. */
  #opensTag(at: number): boolean {
    if (this.#text.charCodeAt(at) !== LESS) return false;
    const next = this.#text.charCodeAt(at + 1);
    if (!isLetter(next) && next !== SLASH && next !== BANG) return false;
    this.hidesTag = true;
    return this.#loose;
  }

  #readAttribute(start: number): number {
    const text = this.#text;
    // An `=` in front belongs to the name.
    let end = start + 1;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === EQUALS || code === GREATER || code === SLASH) break;
      if ((code !== 0 && isBlank(code)) || this.#opensTag(end)) break;
    }
    this.nameStart = start;
    this.nameEnd = end;
    const equals = this.#skipBlanks(end);
    this.hasValue = text.charCodeAt(equals) === EQUALS;
    if (this.hasValue) {
      const value = this.#skipBlanks(equals + 1);
      this.isSpaced = equals > end && value > equals + 1;
      this.#readValue(value);
    } else {
      this.valueStart = end;
      this.valueEnd = end;
      this.#at = end;
    }
    return ATTRIBUTE;
  }

  #readValue(start: number): void {
    const code = this.#text.charCodeAt(start);
    const quoted = code === DOUBLE_QUOTE || code === SINGLE_QUOTE || (this.#loose && code === BACK_QUOTE);
    this.quote = quoted ? code : 0;
    this.valueStart = quoted ? start + 1 : start;
    this.valueEnd = quoted ? this.#quotedEnd(start + 1, code) : this.#unquotedEnd(start);
    this.isOpen = quoted && this.valueEnd === this.#text.length;
    this.#at = this.#text.charCodeAt(this.valueEnd) === code && quoted ? this.valueEnd + 1 : this.valueEnd;
  }

  #quotedEnd(start: number, quote: number): number {
    const text = this.#text;
    let end = start;
    while (end < text.length && text.charCodeAt(end) !== quote && !this.#opensTag(end)) end += 1;
    return end;
  }

  #unquotedEnd(start: number): number {
    const text = this.#text;
    let end = start;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === GREATER || (code !== 0 && isBlank(code)) || this.#opensTag(end)) break;
    }
    return end;
  }

  #skipBlanks(start: number): number {
    let at = start;
    while (at < this.#text.length && isBlank(this.#text.charCodeAt(at))) at += 1;
    return at;
  }
}

/** Letters, and the hyphens and colons of `<!--` and `<?xml:namespace`. */
function isDeclarationCharacter(code: number): boolean {
  return isLetter(code) || code === 0x2d || code === 0x3a;
}
