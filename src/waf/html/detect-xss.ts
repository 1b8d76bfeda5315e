/**
 * Finds cross-site scripting in one text.
 *
 * Method: reads the text as mark-up from every place of a page on where it may have been put (between tags, inside
 * a tag, inside an attribute's value in each notation), as an address, as script from inside a string and between
 * statements on, and as an expression of a client-side template. What each reading finds gets a score; the first
 * unmistakable finding ends the search.
 *
 * Bound: a constant number of linear passes. A text without any of `XSS_CHARACTERS` cannot hold a finding, and
 * ends the search; in others one pass for pieces of words decides which readings are worth their time.
 */
import type { WorkMeter } from '../budget/work-meter.ts';
import {
  addressScript,
  DOCUMENT_ADDRESS,
  OLD_SCRIPT_ADDRESS,
  PLAIN_ADDRESS,
  readAddress,
  SCRIPT_ADDRESS,
} from './addresses.ts';
import { gradeScriptAddress } from './attributes.ts';
import { decodeReferences } from './character-references.ts';
import { findMarkup } from './markup.ts';
import { otherReadings } from './readings.ts';
import { findBreakOuts } from './script-break-outs.ts';
import { ATTRIBUTE_HINT, SCRIPT_HINT, scriptHints } from './script-hints.ts';
import { PROVING_SCRIPT } from './script-strength.ts';
import { findTemplateCode } from './template-expressions.ts';
import { SCRIPT_URL, type XssContext, type XssFinding, XssFindings } from './xss-finding.ts';

/** Every text with a finding holds one of these characters or a byte from 0x80 on; a caller may look for them first. */
export const XSS_CHARACTERS = '<&\\`:=(+';
/** With the blank that the plus sign of UTF-7 may have become. */
const HAS_XSS_CHARACTER = /[<&\\`:=(+\x80-\xff]| ADw/;

const NONE: readonly XssFinding[] = Object.freeze([]);

/** From this score on a finding is one for the built-in protection. */
const REPORTED_SCORE_MIN = 2;
/** From this score on several findings in one text say more than one: lesser ones often come of the same words. */
const ADDED_SCORE_MIN = 4;
/** From this score on an address by itself is one for the rule language, which asks for mark-up. */
const ADDRESS_SCORE_MIN = 4;

const HAS_TAG = /<\0{0,8}[a-z/!?%]/i;
/** A handler, a style, a document, a framework's attribute in front of an `=`, or an address of script. */
const HAS_ATTRIBUTE =
  /(?:on[\w\0]{3,48}|style|srcdoc|(?:@|ng-|v-on:|x-on:)[\w.:-]{2,32})[\0-\x20"'`\x7f]{0,8}=|script[\0-\x20]{0,8}[:&]|data[\0-\x20]{0,8}:[\0-\x20]{0,8}[ita]/i;
const CALLS_OR_ASSIGNS = /[(`=[]/;

/** An address begins with a letter or with what hides one. */
const MAY_BE_ADDRESS = /^[\0-\x20"'`\x7f]*[a-z&]/i;
/** Longer than any scheme, however many blanks are spread in it. */
const SCHEME_CHARACTERS_MAX = 4096;

const QUOTED_CONTEXTS: readonly (readonly [XssContext, string])[] = [
  ['double-quoted-value', '"'],
  ['single-quoted-value', "'"],
  ['back-quoted-value', '`'],
];

/**
 * What the rule language's `@detectXSS` asks: whether a text holds mark-up that the visitors of a page have no need
 * to write. The strongest finding, or null.
 *
 * @param text bytes as latin-1 text
 */
export function detectXss(text: string): XssFinding | null {
  if (!HAS_XSS_CHARACTER.test(text)) return null;
  const findings = new XssFindings(null);
  findInMarkup(text, scriptHints(text), findings);
  if (findings.score > 0) return findings.from(1)[0] ?? null;
  findAddress(text, findings);
  return findings.from(ADDRESS_SCORE_MIN)[0] ?? null;
}

/**
 * What is found in a decoded text, of every rule the strongest: all findings from a score of 4 on, the strongest
 * first, or else the one that says most; empty and frozen if there is nothing. A score of 5 is unmistakable, lower
 * ones are to be added up with those of other texts and rules. Linear, never throws.
 *
 * @param text bytes as latin-1 text
 * @param budget null for as much time as it takes; where it ends, what was found until then counts
 */
export function findXss(text: string, budget: WorkMeter | null = null): readonly XssFinding[] {
  if (!HAS_XSS_CHARACTER.test(text)) return NONE;
  const findings = new XssFindings(budget);
  const hints = scriptHints(text);
  findInMarkup(text, hints, findings);
  if (!findings.isDecided) findAddress(text, findings);
  if (!findings.isDecided && (hints & SCRIPT_HINT) !== 0) findInScript(text, findings);
  if (!findings.isDecided) findInOtherReadings(text, findings);
  if (findings.score < REPORTED_SCORE_MIN) return NONE;
  return findings.score < ADDED_SCORE_MIN
    ? [findings.from(REPORTED_SCORE_MIN)[0]!]
    : findings.from(ADDED_SCORE_MIN);
}

function findInMarkup(text: string, hints: number, findings: XssFindings): void {
  if (HAS_TAG.test(text)) {
    const hidesTag = findMarkup(text, 'text', false, findings);
    if (!findings.isDecided && (hidesTag || text.includes('`'))) findMarkup(text, 'text', true, findings);
  }
  if (findings.isDecided || (hints & (ATTRIBUTE_HINT | SCRIPT_HINT)) === 0) return;
  if (!text.includes('=') || !HAS_ATTRIBUTE.test(text)) return;
  for (const [context, quote] of QUOTED_CONTEXTS) {
    if (text.includes(quote)) findMarkup(text, context, false, findings);
  }
  if (!findings.isDecided) findMarkup(text, 'unquoted-value', false, findings);
  if (!findings.isDecided) findMarkup(text, 'tag', false, findings);
}

/** A text that is an address: it may become the `href` of a link. */
function findAddress(text: string, findings: XssFindings): void {
  if (!MAY_BE_ADDRESS.test(text)) return;
  const beginning = decodeReferences(text.slice(0, SCHEME_CHARACTERS_MAX));
  const { kind } = readAddress(beginning);
  if (kind === PLAIN_ADDRESS) return;
  const value = decodeReferences(text);
  const { start, codeStart } = readAddress(value);
  if (kind === SCRIPT_ADDRESS || kind === OLD_SCRIPT_ADDRESS) {
    const score = gradeScriptAddress(addressScript(value, codeStart), PROVING_SCRIPT);
    // Trackers report the addresses of links; one that calls a function of its page is such an address.
    findings.add(SCRIPT_URL, score === 5 ? 5 : score - 1, 'address', start, codeStart);
  } else if (kind === DOCUMENT_ADDRESS) findings.add(SCRIPT_URL, 5, 'address', start, codeStart);
}

function findInScript(text: string, findings: XssFindings): void {
  if (!CALLS_OR_ASSIGNS.test(text)) return;
  if (text.includes('{{')) findTemplateCode(text, findings);
  if (!findings.isDecided) findBreakOuts(text, findings);
}

function findInOtherReadings(text: string, findings: XssFindings): void {
  for (const reading of otherReadings(text)) {
    if (!findings.spend(reading.length)) return;
    const found = new XssFindings(findings);
    findInMarkup(reading, scriptHints(reading), found);
    for (const { rule, score, context } of found.from(REPORTED_SCORE_MIN)) {
      // Places in another reading are none in this text.
      findings.add(rule, score, context, 0, text.length);
    }
  }
}
