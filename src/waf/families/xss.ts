/**
 * Purpose: mark-up and script that would run in another visitor's browser.
 * Input: any decoded text, and once more with HTML entities decoded.
 * Result: `xss-script-tag` for a script element; `xss-event-handler` for an `on…` attribute inside a tag or behind
 *   a quotation mark that breaks out of one; `xss-script-url` for a `javascript:` address; `xss-active-tag` for
 *   elements that load programs or move the base address; `xss-script-call` for a quotation mark that breaks out
 *   of a script string into a call.
 * Example: `<svg/onload=alert(1)>`, `" autofocus onfocus=alert(1) x="`, `';alert(1)//`.
 * Known misses: mark-up without script (`<iframe src=//host>`, `<form action>`, `<style>`), template expressions
 *   of client-side frameworks, script built without a quotation mark and without the calls listed here.
 *
 * Method: one pass over the text that knows whether it stands inside a tag. A `<` with a letter opens a tag even
 * inside quotation marks, since the page around the text may have closed them; a `>` inside them closes none.
 * Looks ahead by a bounded number of characters only.
 */
import { characterTable, isBlank, isLetter, isQuote, isWordCharacter, skipBlanks } from '../characters.ts';
import { ANGLE, BACKTICK, COLON, CONTROL, QUOTE, SCHEME_WORD, SCRIPT_WORD } from '../marks.ts';
import { wordSet } from '../words.ts';
import type { Family, Finding, Place, Rule } from './family.ts';

const SCRIPT_TAG: Rule = { id: 'xss-script-tag', label: 'XSS_SCRIPT_TAG' };
const EVENT_HANDLER: Rule = { id: 'xss-event-handler', label: 'XSS_ATTEMPT' };
const SCRIPT_URL: Rule = { id: 'xss-script-url', label: 'XSS_ATTEMPT' };
const ACTIVE_TAG: Rule = { id: 'xss-active-tag', label: 'XSS_ATTEMPT' };
const SCRIPT_CALL: Rule = { id: 'xss-script-call', label: 'XSS_ATTEMPT' };

const SLASH = 0x2f;
const COLON_CODE = 0x3a;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const GRAVE = 0x60;

const NAME_CHARACTERS_MAX = 32;
const BLANKS_MAX = 32;
const SIGNS_MAX = 16;
const VALUE_CHARACTERS_MAX = 64;

/** Elements that matter with attributes only: `List<Object>` in program text is no tag of this kind. */
const ACTIVE_TAGS = wordSet('applet base embed frameset object');
/** Words of ordinary language and attributes that begin like an event. */
const NOT_EVENTS = wordSet('once only online onset onto onward onwards');
const CALLS = wordSet(`
  alert confirm prompt eval fetch import function settimeout setinterval
  window.alert window.open self.alert top.alert document.write document.writeln
`);
const SCRIPT_OBJECTS = wordSet('document.cookie document.domain document.location location.href');

/** The signs that may stand between the end of a string and the next expression. */
const JOINTS = characterTable(')]};,+-*/|&^!?:~');

const CODE = /[\w\])][(`]|=|\/\//;
/** Ends with the attribute's value; without a quotation mark another attribute has to follow. */
const PLACEHOLDER =
  /^\s{0,4}(?:;|void\s{0,4}\(\s{0,4}0\s{0,4}\)\s{0,4};?)\s{0,4}(?:$|["'>&])|^void\(0\);? {1,4}[a-z-]{1,32}=/i;

export const xss: Family = {
  rules: [SCRIPT_TAG, EVENT_HANDLER, SCRIPT_URL, ACTIVE_TAG, SCRIPT_CALL],

  mayMatch(marks: number): boolean {
    return (marks & ANGLE) !== 0 || mayHoldAddress(marks) || mayBreakOut(marks);
  },

  find(text: string, _place: Place, marks: number): Finding | null {
    if ((marks & ANGLE) !== 0) {
      const finding = findInTags(text);
      if (finding !== null) return finding;
    }
    if (mayHoldAddress(marks)) {
      const end = scriptUrlEnd(text, 0);
      if (end !== -1) return { rule: SCRIPT_URL, start: 0, end };
    }
    return mayBreakOut(marks) ? findBreakOut(text) : null;
  },
};

function mayHoldAddress(marks: number): boolean {
  // Browsers drop line breaks and tabs inside a scheme, so with those the word need not be whole.
  return (marks & COLON) !== 0 && (marks & (SCHEME_WORD | CONTROL)) !== 0;
}

function mayBreakOut(marks: number): boolean {
  return (marks & (QUOTE | BACKTICK)) !== 0 && (marks & SCRIPT_WORD) !== 0;
}

function findInTags(text: string): Finding | null {
  let tag = '';
  let start = -1;
  let quote = 0;
  for (let index = text.indexOf('<'); index !== -1 && index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === LESS) {
      const name = readTagName(text, index + 1);
      if (isScript(name)) return { rule: SCRIPT_TAG, start: index, end: index + 1 + name.length };
      if (name !== '') {
        tag = name;
        start = index;
        quote = 0;
        index += name.length;
      }
    } else if (start === -1) {
      // Outside of tags only the next one is of interest; the step of the loop leads onto it.
      index = text.indexOf('<', index) - 1;
      if (index < 0) return null;
    } else if (code === GREATER) {
      if (quote === 0) start = -1;
    } else if (code === EQUALS) {
      const rule = attributeRule(text, index, tag);
      if (rule !== null) return { rule, start, end: index + VALUE_CHARACTERS_MAX };
    } else {
      if (isQuote(code)) quote = quote === 0 ? code : quote === code ? 0 : quote;
      if (eventEnd(text, index) !== -1) {
        return { rule: EVENT_HANDLER, start, end: index + VALUE_CHARACTERS_MAX };
      }
    }
  }
  return null;
}

/** The name behind `<` in lower case, its `/` included; empty where no tag begins. */
function readTagName(text: string, start: number): string {
  const first = text.charCodeAt(start) === SLASH ? start + 1 : start;
  if (!isLetter(text.charCodeAt(first))) return '';
  let end = first;
  while (end < first + NAME_CHARACTERS_MAX && isNameCharacter(text.charCodeAt(end))) end += 1;
  return text.slice(start, end).toLowerCase();
}

function isNameCharacter(code: number): boolean {
  return isWordCharacter(code) || code === COLON_CODE || code === 0x2d;
}

/** A script element, its end tag, or one by an XML prefix. */
function isScript(name: string): boolean {
  return name === 'script' || name === '/script' || name.endsWith(':script');
}

/** What an `=` inside a tag gives away. */
function attributeRule(text: string, at: number, tag: string): Rule | null {
  if (ACTIVE_TAGS.has(tag)) return ACTIVE_TAG;
  if (scriptUrlEnd(text, at + 1) !== -1) return SCRIPT_URL;
  return text.slice(Math.max(0, at - 6), at).toLowerCase() === 'srcdoc' ? ACTIVE_TAG : null;
}

/** The index behind the `=` of an event attribute whose separator stands at `at`, or -1. */
function eventEnd(text: string, at: number): number {
  if ((text.charCodeAt(at + 1) | 0x20) !== 0x6f || (text.charCodeAt(at + 2) | 0x20) !== 0x6e) return -1;
  const separator = text.charCodeAt(at);
  if (!isBlank(separator) && separator !== SLASH && !isQuote(separator) && separator !== GRAVE) return -1;
  let end = at + 3;
  while (end < at + NAME_CHARACTERS_MAX && isLetter(text.charCodeAt(end))) end += 1;
  const equals = skipBlanks(text, end, BLANKS_MAX);
  if (end < at + 6 || text.charCodeAt(equals) !== EQUALS) return -1;
  return NOT_EVENTS.has(text.slice(at + 1, end).toLowerCase()) ? -1 : equals + 1;
}

/**
 * The end of a `javascript:`, `vbscript:` or `data:text/html` address that begins at `start` behind blanks and a
 * quotation mark, or -1. `javascript:void(0)` and `javascript:;` are what honest links without a target say.
 */
function scriptUrlEnd(text: string, start: number): number {
  let index = start;
  while (index < start + BLANKS_MAX && isBlankOrQuote(text.charCodeAt(index))) index += 1;
  let scheme = '';
  for (; index < start + VALUE_CHARACTERS_MAX && scheme.length < 15; index += 1) {
    const code = text.charCodeAt(index);
    if (isBlank(code)) continue;
    if (!isNameCharacter(code) && code !== SLASH) break;
    scheme += text[index];
    if (code === COLON_CODE && scheme.toLowerCase() !== 'data:') break;
  }
  const lower = scheme.toLowerCase();
  if (lower.startsWith('data:text/html')) return index;
  if (lower !== 'javascript:' && lower !== 'vbscript:') return -1;
  return runsCode(text.slice(index + 1, index + 1 + VALUE_CHARACTERS_MAX)) ? index : -1;
}

function isBlankOrQuote(code: number): boolean {
  return isBlank(code) || isQuote(code);
}

/** Whether what follows `javascript:` is more than a placeholder, and not prose ("JavaScript: the good parts"). */
function runsCode(code: string): boolean {
  return CODE.test(code) && !PLACEHOLDER.test(code);
}

/** A quotation mark that leaves an attribute towards an event, or a script string towards a call. */
function findBreakOut(text: string): Finding | null {
  let quoteSeen = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const quotes = isQuote(code) || code === GRAVE;
    quoteSeen ||= quotes;
    if (!quoteSeen) continue;
    if (quotes) {
      const end = callEnd(text, index + 1);
      if (end !== -1) return { rule: SCRIPT_CALL, start: index, end };
    }
    const equals = eventEnd(text, index);
    if (equals !== -1 && holdsCall(text, equals)) {
      return { rule: EVENT_HANDLER, start: index, end: equals + VALUE_CHARACTERS_MAX };
    }
  }
  return null;
}

/** The end of a call of script behind a quotation mark and at least one sign that joins the two, or -1. */
function callEnd(text: string, start: number): number {
  let index = start;
  let joined = false;
  for (; index < start + SIGNS_MAX; index += 1) {
    const code = text.charCodeAt(index);
    if (JOINTS[code] === 1) joined = true;
    else if (!isBlank(code)) break;
  }
  if (!joined) return -1;
  let end = index;
  while (end < index + NAME_CHARACTERS_MAX && isPathCharacter(text.charCodeAt(end))) end += 1;
  const name = text.slice(index, end).toLowerCase();
  if (SCRIPT_OBJECTS.has(name)) return end;
  const next = text.charCodeAt(skipBlanks(text, end, 4));
  return CALLS.has(name) && (next === 0x28 || next === GRAVE) ? end : -1;
}

function isPathCharacter(code: number): boolean {
  return isLetter(code) || code === 0x2e;
}

/** Whether a call or template string begins within the next characters. */
function holdsCall(text: string, start: number): boolean {
  return /[(`]/.test(text.slice(start, start + VALUE_CHARACTERS_MAX));
}
