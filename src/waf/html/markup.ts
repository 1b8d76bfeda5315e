/**
 * Looks for mark-up that runs, loads or redirects: reads a text as a browser would from one place of a page on and
 * judges tags, attributes and declarations as they come.
 *
 * Linear. Where only the page can have opened the tag, what follows that tag is not read as text between tags, since
 * that is done anyway: the search ends there, or goes on at the next quotation mark.
 */

import { localName, readName } from './attribute-names.ts';
import { type AttributePlace, gradeAttribute } from './attributes.ts';
import { decodeReferences } from './character-references.ts';
import { gradeDeclaration } from './declarations.ts';
import { FRAMES, LOADERS, OLD_LOADERS, RAW_TEXT_ELEMENTS, RISKY_ELEMENTS } from './elements.ts';
import { ATTRIBUTE, END, HtmlTokens, MARKED_DECLARATION, TAG, TAG_END } from './html-tokens.ts';
import { ACTIVE_STYLE_TEXT, gradeStyle, PLAIN_STYLE } from './style-text.ts';
import {
  ACTIVE_STYLE,
  ACTIVE_TAG,
  DECLARATION,
  SCRIPT_TAG,
  type XssContext,
  type XssFindings,
} from './xss-finding.ts';

/** How far into a text its first tag may stand to count as the beginning: the rest is what leads out of a page's tag. */
const LEAD_CHARACTERS_MAX = 24;
/** Units of work for a tag or attribute. */
const TOKEN_COST = 200;
const ELEMENT_CHARACTERS_MIN = 3;
const DECLARATION_CHARACTERS_MAX = 256;
const EVIDENCE_CHARACTERS_MAX = 160;

/** Attributes by which a tag is judged as a whole, as bits. */
const LOADS = 1;
const PLAIN_FRAME = 2;
const REFRESHES = 4;
const DECLARES = 8;
const LINKS = 16;
const SHEET = 32;
const ODD = 64;
const MAY_LOAD = 128;

const SECURE_ADDRESS = /^\s*https:\/\//i;
const REFRESH = /^\s*(?:refresh|link|set-cookie)\s*$/i;
const UTF7 = /utf-?7/i;
const SHEET_RELATION = /(?:^|\s)(?:stylesheet|import)(?:\s|$)/i;
const PROGRAM_TYPE = /script|x-scriptlet/i;
const OPEN_ADDRESS = /^\s{0,4}(?:https?:)?[\\/]{2}/i;

/** Adds what the text holds if it begins in this context; in `text` also `hidesTag` may call for a loose search. */
export function findMarkup(
  text: string,
  context: XssContext,
  loose: boolean,
  findings: XssFindings,
): boolean {
  const search = new MarkupSearch(text, context, loose, findings);
  return search.run();
}

class MarkupSearch {
  readonly #text: string;
  readonly #context: XssContext;
  readonly #tokens: HtmlTokens;
  readonly #findings: XssFindings;
  readonly #leavesValue: boolean;
  /** The element of the tag that is being read; empty for one that the page opened. */
  #element = '';
  #place: AttributePlace;
  #tagStart = 0;
  #bits = 0;
  /** Whether nothing but end tags and a short beginning precede the tag. */
  #leads = true;
  /** Whether there was a start tag. */
  #opens = false;
  /** The first end tag in front of any other tag, of an element without mark-up; -1 for none. */
  #exit = -1;
  #exitElement = '';

  constructor(text: string, context: XssContext, loose: boolean, findings: XssFindings) {
    this.#text = text;
    this.#context = context;
    this.#leavesValue = context.endsWith('quoted-value') && context !== 'unquoted-value';
    this.#place = { element: '', context };
    this.#tokens = new HtmlTokens(text, context, loose);
    this.#findings = findings;
  }

  run(): boolean {
    const tokens = this.#tokens;
    let styleStart = -1;
    for (let kind = tokens.next(); kind !== END; kind = tokens.next()) {
      if (!this.#findings.spend(TOKEN_COST)) return false;
      if (kind === ATTRIBUTE) this.#takeAttribute();
      else if (kind === MARKED_DECLARATION) this.#takeDeclaration();
      else if (this.#context !== 'text') {
        if (!this.#leavesValue) return false;
        tokens.leaveQuotation();
      } else if (kind === TAG) {
        this.#endTag();
        if (styleStart !== -1) this.#takeStyle(styleStart, tokens.start);
        styleStart = -1;
        this.#takeTag();
      } else if (kind === TAG_END) {
        if (this.#element === 'style') styleStart = tokens.start + 1;
        this.#endTag();
      }
      if (this.#findings.isDecided) return false;
    }
    this.#endTag();
    if (styleStart !== -1) this.#takeStyle(styleStart, this.#text.length);
    if (tokens.isOpen && this.#element !== '') this.#takeOpenValue();
    return tokens.hidesTag;
  }

  #add(rule: typeof SCRIPT_TAG, score: number, start: number, end: number): void {
    this.#findings.add(rule, score, this.#context, start, Math.min(end, start + EVIDENCE_CHARACTERS_MAX));
  }

  #takeTag(): void {
    const tokens = this.#tokens;
    const name = this.#tagName();
    this.#element = tokens.isEndTag ? `/${name}` : name;
    this.#place = { element: this.#element, context: this.#context };
    this.#tagStart = tokens.start;
    this.#bits = 0;
    if (tokens.isEndTag) {
      this.#takeEndTag(name);
      return;
    }
    if (this.#exit !== -1 && this.#exitElement === 'script')
      this.#add(SCRIPT_TAG, 5, this.#exit, tokens.nameEnd);
    this.#opens = true;
    this.#leads &&= tokens.start <= LEAD_CHARACTERS_MAX || this.#exit !== -1;
    // No name of interest is shorter.
    if (name.length < ELEMENT_CHARACTERS_MIN) return;
    const local = localName(name);
    if (local === 'script') this.#add(SCRIPT_TAG, 5, tokens.start, tokens.nameEnd);
    else if (this.#isRisky(name, local)) this.#add(ACTIVE_TAG, 1, tokens.start, tokens.nameEnd);
  }

  /** An element's name; where it is none and holds NUL, some browsers ended it there. */
  #tagName(): string {
    const { nameStart, nameEnd } = this.#tokens;
    const name = readName(this.#text, nameStart, nameEnd);
    if (name === 'script' || RISKY_ELEMENTS.has(name)) return name;
    const length = this.#text.slice(nameStart, nameEnd).indexOf('\0');
    if (length === -1) return name;
    const beginning = readName(this.#text, nameStart, nameStart + length);
    return RISKY_ELEMENTS.has(beginning) ? beginning : name;
  }

  #takeEndTag(name: string): void {
    if (this.#opens || !RAW_TEXT_ELEMENTS.has(name)) return;
    // One text cannot stand in two such elements: who leaves both does not know the page.
    const leavesAll = this.#exit !== -1 && name !== this.#exitElement;
    if (this.#exit === -1) this.#exit = this.#tokens.start;
    this.#exitElement = name;
    const score = leavesAll ? 5 : name === 'script' ? 4 : 2;
    this.#add(SCRIPT_TAG, score, this.#exit, this.#tokens.nameEnd);
  }

  /** Elements of SVG and of style sheets for XML are such with any prefix or suffix: `svg:g`, `xsl:value-of`. */
  #isRisky(name: string, local: string): boolean {
    if (RISKY_ELEMENTS.has(local)) return true;
    return name.startsWith('svg') || name.startsWith('xsl');
  }

  #takeAttribute(): void {
    const tokens = this.#tokens;
    if (!tokens.hasValue) return;
    const { nameStart, nameEnd, valueEnd } = tokens;
    const name = readName(this.#text, nameStart, nameEnd);
    const grade = gradeAttribute(this.#text, tokens, name, this.#place);
    const start = this.#element === '' ? nameStart : this.#tagStart;
    if (grade !== null) {
      const score = grade.score === 4 && this.#leads && this.#element !== '' ? 5 : grade.score;
      this.#add(grade.rule, score, start, valueEnd);
    }
    if (this.#element !== '') this.#noteAttribute(name);
  }

  /** Notes what the tag as a whole is judged by. */
  #noteAttribute(name: string): void {
    const { valueStart, valueEnd, quote } = this.#tokens;
    if (valueEnd === valueStart) return;
    const local = localName(this.#element);
    const isLoader = LOADERS.get(local)?.has(name) === true;
    const isMeta = local === 'meta';
    if (!isLoader && !isMeta && local !== 'link' && local !== 'style') return;
    const value = decodeReferences(this.#text.slice(valueStart, valueEnd));
    if (quote === 0) this.#bits |= ODD;
    if (isLoader) this.#bits |= this.#loaderBits(local, value);
    else if (isMeta) this.#noteMeta(name, value);
    else if (local === 'link' && name === 'href') this.#bits |= LINKS;
    else if (local === 'link' && name === 'rel' && SHEET_RELATION.test(value)) this.#bits |= SHEET;
    else if (local === 'style' && name === 'type' && PROGRAM_TYPE.test(value)) this.#bits |= LOADS;
  }

  #loaderBits(element: string, value: string): number {
    if (OLD_LOADERS.has(element)) return MAY_LOAD;
    return FRAMES.has(element) && SECURE_ADDRESS.test(value) ? PLAIN_FRAME : LOADS;
  }

  #noteMeta(name: string, value: string): void {
    if (name === 'http-equiv') this.#bits |= REFRESH.test(value) ? REFRESHES : DECLARES;
    else if (UTF7.test(value)) this.#bits |= REFRESHES;
  }

  /** Judges the tag that has been read. */
  #endTag(): void {
    const bits = this.#bits;
    if (bits === 0) return;
    this.#bits = 0;
    this.#add(ACTIVE_TAG, this.#tagScore(bits), this.#tagStart, this.#tokens.start);
  }

  #tagScore(bits: number): number {
    if ((bits & (LOADS | REFRESHES)) !== 0) return 5;
    const lead = this.#leads ? 1 : 0;
    if ((bits & MAY_LOAD) !== 0) return 4 + lead;
    if ((bits & PLAIN_FRAME) !== 0) return (bits & ODD) !== 0 ? 5 : 3;
    if ((bits & LINKS) !== 0 && (bits & SHEET) !== 0) return 4 + lead;
    return (bits & DECLARES) !== 0 ? 2 + lead : (bits & LINKS) !== 0 ? 1 : 0;
  }

  /** An address in a quotation that the text does not end sends what follows on the page, up to the next mark. */
  #takeOpenValue(): void {
    const { valueStart, valueEnd } = this.#tokens;
    if (!OPEN_ADDRESS.test(this.#text.slice(valueStart, Math.min(valueEnd, valueStart + 16)))) return;
    this.#add(ACTIVE_TAG, 2, this.#tagStart, valueEnd);
  }

  #takeStyle(start: number, end: number): void {
    const grade = gradeStyle(this.#text.slice(start, end));
    if (grade === PLAIN_STYLE) return;
    this.#add(ACTIVE_STYLE, grade === ACTIVE_STYLE_TEXT ? 5 : this.#leads ? 5 : 4, start, end);
  }

  #takeDeclaration(): void {
    const { start, nameStart, nameEnd } = this.#tokens;
    const name = this.#text.slice(nameStart, nameEnd).toLowerCase();
    const score = gradeDeclaration(name, this.#text.slice(nameEnd, nameEnd + DECLARATION_CHARACTERS_MAX));
    this.#add(DECLARATION, score, start, nameEnd);
  }
}
