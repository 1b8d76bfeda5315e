/**
 * Judges one attribute by its name, its value and the element that it belongs to.
 *
 * Inside a tag that the text itself opens, a handler with any value is an attack. Where only the page can have
 * opened the tag (`x onerror=alert(1)`), the value has to be script, since prose and program text hold such
 * assignments, too.
 */
import {
  addressScript,
  DOCUMENT_ADDRESS,
  isPlaceholder,
  OLD_SCRIPT_ADDRESS,
  PICTURE_ADDRESS,
  PLAIN_ADDRESS,
  readAddress,
  SCRIPT_ADDRESS,
  WRAPPER_ADDRESS,
} from './addresses.ts';
import { gradeHandlerName, isPlainName, NO_HANDLER, PLAIN_HANDLER } from './attribute-names.ts';
import { decodeReferences } from './character-references.ts';
import {
  ADDRESS_ATTRIBUTES,
  ANIMATION_VALUES,
  FRAMEWORK_PREFIXES,
  ISLAND_ATTRIBUTES,
  PICTURE_DOCUMENTS,
} from './elements.ts';
import type { HtmlTokens } from './html-tokens.ts';
import { findScript } from './script-evidence.ts';
import { NO_SCRIPT, PROVING_SCRIPT, STRONG_SCRIPT, WEAK_SCRIPT } from './script-strength.ts';
import { ACTIVE_STYLE_TEXT, gradeStyle } from './style-text.ts';
import { isActiveExpression } from './template-expressions.ts';
import {
  ACTIVE_STYLE,
  ACTIVE_TAG,
  EVENT_HANDLER,
  SCRIPT_URL,
  type XssContext,
  type XssRule,
} from './xss-finding.ts';

/** What an attribute is worth. */
export interface AttributeGrade {
  readonly rule: XssRule;
  readonly score: number;
}

export interface AttributePlace {
  /** The element's name, empty where the page opened the tag. */
  readonly element: string;
  readonly context: XssContext;
}

const HANDLER_NAME_CHARACTERS_MAX = 64;
/** Patterns look at so much of an expression. */
const EXPRESSION_CHARACTERS_MAX = 2048;
/** A call in place of an address, as people write who try what a page lets through. */
const PROVING_CALL = /^[\s\0]{0,8}(?:alert|prompt|confirm|eval)[\s\0]{0,8}[(`]/i;
const SLASHED_HANDLER = /\/on[a-z]{3,32}=/i;
const INERT = /^[\s\0\w.-]*$/;
const BLANK = /^[\s\0]*$/;

/** Grades an attribute with a value, or null where it is harmless. */
export function gradeAttribute(
  text: string,
  tokens: HtmlTokens,
  name: string,
  place: AttributePlace,
): AttributeGrade | null {
  const raw = text.slice(tokens.valueStart, tokens.valueEnd);
  const handler = gradeHandlerName(name);
  if (handler !== NO_HANDLER) return gradeHandler(decodeReferences(raw), handler, tokens, place);
  if (tokens.quote === 0 && place.element !== '' && holdsHandler(raw)) {
    return { rule: EVENT_HANDLER, score: 5 };
  }
  const value = decodeReferences(raw);
  if (name.endsWith('style')) return gradeStyleAttribute(value, place);
  if (name === 'srcdoc' && !BLANK.test(value)) return { rule: ACTIVE_TAG, score: 5 };
  if (ISLAND_ATTRIBUTES.has(name) && place.element !== '') return { rule: ACTIVE_TAG, score: 4 };
  if (isFrameworkName(name) && isActiveExpression(value.slice(0, EXPRESSION_CHARACTERS_MAX))) {
    return { rule: EVENT_HANDLER, score: 5 };
  }
  if (name === 'attributename' || ANIMATION_VALUES.has(name)) {
    const grade = gradeAnimation(name, value, place);
    if (grade !== null) return grade;
  }
  return gradeAddress(name, value, place);
}

/**
 * In a tag with proper names any value makes a handler, if one that does nothing in case of a word or number: XML
 * has attributes such as `onHand="3"`. Elsewhere what looks like a handler may be noise.
 */
function gradeHandler(
  value: string,
  handler: number,
  tokens: HtmlTokens,
  place: AttributePlace,
): AttributeGrade | null {
  const isPlain = handler === PLAIN_HANDLER && isPlainName(place.element);
  if (place.element !== '' && isPlain) return { rule: EVENT_HANDLER, score: INERT.test(value) ? 4 : 5 };
  const { strength } = findScript(value, 0, false);
  if (!isPlain && strength < STRONG_SCRIPT) return null;
  const leavesValue = place.context !== 'tag' && place.context !== 'unquoted-value';
  if (strength >= STRONG_SCRIPT) {
    return { rule: EVENT_HANDLER, score: tokens.isSpaced && !leavesValue ? 4 : 5 };
  }
  if (strength === WEAK_SCRIPT) return { rule: EVENT_HANDLER, score: leavesValue ? 4 : 3 };
  // The first word of a text in front of an `=` is a parameter's name.
  if (!leavesValue) return { rule: EVENT_HANDLER, score: place.context === 'tag' ? 0 : 1 };
  return { rule: EVENT_HANDLER, score: BLANK.test(value) ? 1 : 3 };
}

/**
 * `src= onerror="..."`, `src=x/onerror=...`: some parsers take the value for empty or end it at the slash, and what looks
 * like one for the next attribute.
 */
function holdsHandler(raw: string): boolean {
  const slash = raw.search(SLASHED_HANDLER);
  const value = slash === -1 ? raw : raw.slice(slash + 1);
  const equals = value.indexOf('=');
  if (equals < 1 || equals > HANDLER_NAME_CHARACTERS_MAX) return false;
  return gradeHandlerName(value.slice(0, equals).toLowerCase()) === PLAIN_HANDLER;
}

function gradeStyleAttribute(value: string, { element }: AttributePlace): AttributeGrade | null {
  if (gradeStyle(value) === ACTIVE_STYLE_TEXT) return { rule: ACTIVE_STYLE, score: 5 };
  return element === '' ? null : { rule: ACTIVE_STYLE, score: 1 };
}

/** An animation of SVG that aims at a handler or an address, or sets one. */
function gradeAnimation(name: string, value: string, { element }: AttributePlace): AttributeGrade | null {
  if (element === '') return null;
  const text = value.trim().toLowerCase();
  if (name === 'attributename') {
    const isAddress = text === 'href' || text === 'xlink:href' || text === 'innerhtml' || text === 'src';
    return gradeHandlerName(text) !== NO_HANDLER || isAddress
      ? { rule: ACTIVE_TAG, score: isAddress ? 4 : 5 }
      : null;
  }
  return /<[a-z/!]/.test(text) ? { rule: ACTIVE_TAG, score: 4 } : null;
}

function gradeAddress(name: string, value: string, { element }: AttributePlace): AttributeGrade | null {
  // What follows the delay of a refresh is an address, too; lists of values and addresses have them behind separators.
  const from = name === 'content' || name === 'values' || name === 'srcset' ? addressStart(value) : 0;
  const { kind, codeStart } = readAddress(value, from);
  const isAddress = ADDRESS_ATTRIBUTES.has(name);
  if (kind === PLAIN_ADDRESS) {
    return isAddress && element !== '' && PROVING_CALL.test(value) ? { rule: SCRIPT_URL, score: 4 } : null;
  }
  if (kind === SCRIPT_ADDRESS) {
    const provenFrom = element === '' ? PROVING_SCRIPT : STRONG_SCRIPT;
    const score = gradeScriptAddress(addressScript(value, codeStart), provenFrom);
    // Trackers report the addresses of links, and text such as a title may speak of a scheme.
    if (element === '' && score < 5) return score < 4 ? null : { rule: SCRIPT_URL, score: 3 };
    return { rule: SCRIPT_URL, score: isAddress || score === 5 ? score : Math.min(score, 2) };
  }
  if (!isAddress) return null;
  if (kind === DOCUMENT_ADDRESS || kind === OLD_SCRIPT_ADDRESS) return { rule: SCRIPT_URL, score: 5 };
  if (kind === WRAPPER_ADDRESS) return { rule: SCRIPT_URL, score: element === '' ? 2 : 4 };
  if (!PICTURE_DOCUMENTS.has(element) && name !== 'content') return null;
  return { rule: SCRIPT_URL, score: kind === PICTURE_ADDRESS ? 5 : 3 };
}

/**
 * The score of the script of an address.
 *
 * @param provenFrom the strength of script from which it is an attack beyond doubt
 */
export function gradeScriptAddress(script: string, provenFrom: number): number {
  if (isPlaceholder(script)) return 2;
  const { strength } = findScript(script, 0, false);
  if (strength >= provenFrom) return 5;
  return strength === NO_SCRIPT ? 3 : 4;
}

function addressStart(value: string): number {
  const separator = value.search(/[;,=]/);
  if (separator === -1) return 0;
  const url = /^[;,\s]*url\s{0,8}=/i.exec(value.slice(separator, separator + 64));
  return separator + (url === null ? 1 : url[0].length);
}

function isFrameworkName(name: string): boolean {
  return FRAMEWORK_PREFIXES.some((prefix) => name.startsWith(prefix));
}
