/**
 * Takes an XML document apart into the texts of its elements and the values of its attributes.
 *
 * Well-formed enough to be read one way only: tags match, one root, no text outside of it, attributes quoted and
 * unique. CDATA is text; text around comments and CDATA is one text, as programs read it. Nothing is expanded or
 * fetched: a DOCTYPE, or an entity that needs one, is a fault, but is kept as text while reading goes on. At any
 * other fault or a limit, what is left is kept as one text.
 */
import { trimBlanks } from './blanks.ts';
import { type BodyParser, bodyFault, cutFault, showText } from './body-parser.ts';
import { isUtf16, keepsAscii } from './charset.ts';
import type { BodyFault, BodyLimits, ParsedBody } from './parsed-body.ts';
import { parseXmlTag, type XmlTag } from './xml-tag.ts';
import { XmlTexts } from './xml-texts.ts';

type State = 'text' | 'markup' | 'tag' | 'instruction' | 'comment' | 'cdata' | 'doctype' | 'failed';

const COMMENT = '!--';
const CDATA = '![CDATA[';
const DOCTYPE = '!DOCTYPE';
const DECLARED_ENCODING = /[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')/;
const GREATER = 0x3e;
const LESS = 0x3c;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

export class XmlParser implements BodyParser {
  readonly #limits: BodyLimits;
  readonly #found: XmlTexts;
  /** The names of the elements that are open. */
  readonly #open: string[] = [];
  #state: State = 'text';
  #hasRoot = false;
  /** The piece being read: text up to a mark, or markup behind its `<`; after a fault, all that is left. */
  #pending = '';
  /** The last two characters of what was read of a comment, CDATA or an instruction. */
  #tail = '';
  /** The quotation mark that a tag or DOCTYPE is inside of, or 0. */
  #quote = 0;
  #brackets = 0;
  #fault: BodyFault | null = null;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
    this.#found = new XmlTexts(limits.argumentsMax);
  }

  write(text: string): void {
    let index = 0;
    while (index < text.length && this.#state !== 'failed') index = this.#step(text, index);
    if (this.#state === 'failed') this.#pending += text.slice(index);
  }

  end(complete: boolean): ParsedBody {
    if (this.#state === 'text') this.#endText();
    const isWhole = this.#state === 'text' && this.#hasRoot && this.#open.length === 0;
    this.#found.push(this.#pending);
    this.#noteComplaint();
    if (!isWhole) this.#fault ??= bodyFault('truncated', 'The XML document has no end.');
    return {
      processor: 'XML',
      fields: [],
      files: [],
      partHeaders: [],
      xmlTexts: this.#found.texts,
      xmlAttributes: this.#found.attributes,
      multipart: null,
      fault: this.#fault ?? (complete ? null : cutFault()),
    };
  }

  #step(text: string, index: number): number {
    switch (this.#state) {
      case 'text':
        return this.#readText(text, index);
      case 'markup':
        return this.#readMarkup(text, index);
      case 'tag':
        return this.#readTag(text, index);
      case 'doctype':
        return this.#readDoctype(text, index);
      default:
        return this.#readUntilMark(text, index);
    }
  }

  #readText(text: string, index: number): number {
    const less = text.indexOf('<', index);
    this.#pending += text.slice(index, less === -1 ? text.length : less);
    if (less === -1) return text.length;
    this.#endText();
    if (this.#isFailed()) return less;
    this.#state = 'markup';
    return less + 1;
  }

  /** Reads as much behind `<` as tells what it is. */
  #readMarkup(text: string, index: number): number {
    this.#pending += text.charAt(index);
    const head = this.#pending;
    if (head[0] !== '!') this.#enter(head === '?' ? 'instruction' : 'tag');
    else if (head === COMMENT) this.#enter('comment');
    else if (head === CDATA) this.#enter('cdata');
    else if (head === DOCTYPE) this.#enter('doctype');
    else if (!CDATA.startsWith(head) && !DOCTYPE.startsWith(head) && !COMMENT.startsWith(head)) {
      this.#fail('syntax', 'The XML document has a declaration that may not be there.');
      this.#pending = `<${head}`;
      return index + 1;
    }
    if (this.#state !== 'tag') return index + 1;
    // The first character of a tag may be its end.
    this.#pending = '';
    return index;
  }

  #enter(state: State): void {
    this.#state = state;
    this.#tail = '';
    this.#quote = 0;
    this.#brackets = 0;
  }

  /** Reads a tag up to a `>` that stands in no quotation marks. */
  #readTag(text: string, start: number): number {
    let quote = this.#quote;
    let index = start;
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code === LESS || (code === GREATER && quote === 0)) break;
      if (code === quote) quote = 0;
      else if (quote === 0 && (code === DOUBLE_QUOTE || code === SINGLE_QUOTE)) quote = code;
    }
    this.#quote = quote;
    this.#pending += text.slice(start, index);
    if (index === text.length) return index;
    if (text.charCodeAt(index) === LESS) {
      this.#pending = `<${this.#pending}`;
      this.#fail('syntax', 'The XML document has a tag inside of a tag.');
    } else this.#endTag();
    return this.#isFailed() ? index : index + 1;
  }

  /** Reads a DOCTYPE up to a `>` that stands in no quotation marks and no brackets. */
  #readDoctype(text: string, start: number): number {
    let index = start;
    for (; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (this.#quote !== 0) {
        if (code === this.#quote) this.#quote = 0;
      } else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) this.#quote = code;
      else if (code === GREATER && this.#brackets === 0) break;
      else if (code === OPENING_BRACKET) this.#brackets += 1;
      else if (code === CLOSING_BRACKET) this.#brackets = Math.max(0, this.#brackets - 1);
    }
    this.#pending += text.slice(start, index);
    if (index === text.length) return index;
    this.#endDoctype();
    return this.#isFailed() ? index : index + 1;
  }

  /** Reads a comment, CDATA or an instruction up to the `>` that ends it. */
  #readUntilMark(text: string, start: number): number {
    const tailBefore = this.#tail;
    let greater = text.indexOf('>', start);
    let end = greater === -1 ? text.length : greater;
    this.#tail = tailAt(text, start, end, tailBefore);
    while (greater !== -1 && !this.#endsHere()) {
      greater = text.indexOf('>', end + 1);
      end = greater === -1 ? text.length : greater;
      this.#tail = tailAt(text, start, end, tailBefore);
    }
    this.#pending += text.slice(start, end);
    if (greater === -1) return end;
    if (this.#state === 'instruction') this.#endInstruction();
    else if (this.#state === 'cdata') this.#endCdata();
    else this.#endComment();
    return this.#isFailed() ? end : end + 1;
  }

  #endsHere(): boolean {
    if (this.#state === 'comment') return this.#tail === '--';
    return this.#state === 'cdata' ? this.#tail === ']]' : this.#tail.endsWith('?');
  }

  #endText(): void {
    const text = this.#pending;
    if (this.#open.length === 0 && trimBlanks(text) !== '') {
      this.#fail('syntax', 'The XML document has text outside of its root.');
      return;
    }
    this.#pending = '';
    this.#found.addText(text);
  }

  #endCdata(): void {
    if (this.#open.length === 0) {
      this.#fail('syntax', 'The XML document has text outside of its root.');
      return;
    }
    this.#found.addData(this.#pending.slice(CDATA.length, -2));
    this.#leaveMarkup();
  }

  #endComment(): void {
    const text = this.#pending.slice(COMMENT.length, -2);
    // Two hyphens may not stand in a comment; readers differ in where such a comment ends.
    if (text.includes('--') || text.endsWith('-')) {
      this.#fail('syntax', 'The XML document has a comment with two hyphens in it.');
      return;
    }
    this.#leaveMarkup();
  }

  #endInstruction(): void {
    const text = this.#pending.slice(1, -1);
    if (/^xml[ \t\r\n]/.test(text)) {
      const encoding = DECLARED_ENCODING.exec(text);
      const name = encoding?.[1] ?? encoding?.[2] ?? 'utf-8';
      // Bytes that keep ASCII cannot be read as UTF-16 by anyone, or they were turned into UTF-8 before.
      if (!keepsAscii(name) && !isUtf16(name)) {
        this.#note(`The XML document says it is written in ${showText(name)}.`);
      }
    } else this.#found.push(text);
    this.#leaveMarkup();
  }

  #endDoctype(): void {
    this.#note('The XML document has a DOCTYPE.');
    this.#found.push(`<${this.#pending}>`);
    this.#leaveMarkup();
  }

  #endTag(): void {
    const tag = parseXmlTag(this.#pending);
    const complaint = tag === null ? 'a tag that is none' : this.#follow(tag);
    if (complaint === null) {
      this.#leaveMarkup();
      return;
    }
    this.#pending = `<${this.#pending}`;
    this.#fail('syntax', `The XML document has ${complaint}.`);
  }

  /** Opens or closes the element; says what is wrong with that, or null. */
  #follow(tag: XmlTag): string | null {
    this.#found.flush();
    if (tag.kind === 'end') {
      return this.#open.pop() === tag.name ? null : `the end of ${showText(tag.name)} in a wrong place`;
    }
    if (this.#open.length === 0 && this.#hasRoot) return 'a second root';
    this.#hasRoot = true;
    for (const value of tag.values) this.#found.addAttribute(value);
    this.#open.push(tag.name);
    if (this.#open.length > this.#limits.depthMax) {
      this.#fail('limit', `The XML document is nested deeper than ${this.#limits.depthMax} levels.`);
    }
    if (tag.kind === 'empty') this.#open.pop();
    return null;
  }

  /** Goes on behind markup, unless that passed a limit. */
  #leaveMarkup(): void {
    this.#noteComplaint();
    if (this.#found.isOverLimit) {
      this.#fail('limit', `The XML document has more than ${this.#limits.argumentsMax} texts.`);
    }
    this.#pending = '';
    if (this.#state !== 'failed') this.#state = 'text';
  }

  #noteComplaint(): void {
    if (this.#found.complaint !== null) this.#note(this.#found.complaint);
  }

  /** Reports, and reads on. */
  #note(message: string): void {
    this.#fault ??= bodyFault('syntax', message);
  }

  #fail(kind: BodyFault['kind'], message: string): void {
    // A limit outweighs what was merely noted: from here on the document is not taken apart.
    if (this.#fault === null || kind === 'limit') this.#fault = bodyFault(kind, message);
    this.#state = 'failed';
  }

  #isFailed(): boolean {
    return this.#state === 'failed';
  }
}

/** The last two characters before `end`, of `text` from `start` on and what came before it. */
function tailAt(text: string, start: number, end: number, before: string): string {
  return end - start >= 2 ? text.slice(end - 2, end) : (before + text.slice(start, end)).slice(-2);
}
