/**
 * Purpose: mark-up and script that would run in another visitor's browser; the rules of the HTML detector.
 * Input: any decoded text.
 * Result: what detect-xss.ts tells, from a hint to proof; script without mark-up is no more than evidence in a text of
 *   several lines, since there people show each other program text.
 */
import { findXss } from '../../html/detect-xss.ts';
import { XSS_RULES, type XssRule } from '../../html/xss-finding.ts';
import {
  CRITICAL,
  type Family,
  type Findings,
  isArgument,
  type Place,
  type Rule,
  WARNING,
} from '../family.ts';
import { hasLines } from '../free-text.ts';
import {
  AMPERSAND,
  ANGLE,
  BACKSLASH,
  BACKTICK,
  BLANK,
  COLON,
  COMPARISON,
  CONTROL,
  HIGH,
  PAREN,
  PLUS,
  SCHEME_WORD,
  SCRIPT_WORD,
} from '../marks.ts';
import type { Reading } from '../reading.ts';

/** What tags, calls and encodings of either begin with; the detector looks again for itself. */
const CHARACTERS = ANGLE | AMPERSAND | BACKSLASH | BACKTICK | HIGH | PAREN;

/** Below this a finding is risky mark-up that pages are full of. */
const HINT = 2;
/** From here on a finding is proof where a parameter's value stands alone, rather than in prose or program text. */
const PROOF_IN_VALUES = 4;

const RULES: ReadonlyMap<XssRule, Rule> = new Map(
  XSS_RULES.map((rule) => [rule, { id: rule.id, label: rule.label, message: rule.message, score: CRITICAL }]),
);

export const crossSiteScripting: Family = {
  rules: [...RULES.values()],

  readsWhole: true,

  mayMatch(classes: number, words: number): boolean {
    if ((classes & CHARACTERS) !== 0) return true;
    // Browsers drop blanks and line breaks inside a scheme, so with those the word need not be whole.
    if ((classes & COLON) !== 0 && ((words & SCHEME_WORD) !== 0 || (classes & (BLANK | CONTROL)) !== 0))
      return true;
    // Attributes with a value, and UTF-7, of which the plus sign may have become a blank.
    return (classes & (COMPARISON | PLUS | BLANK)) !== 0 && (words & (SCRIPT_WORD | SCHEME_WORD)) !== 0;
  },

  find({ text }: Reading, place: Place, findings: Findings): void {
    const isProgram = place === 'text' && hasLines(text);
    for (const finding of findXss(text, findings)) {
      // Documents declare what they are.
      if (finding.kind === 'declaration' && (place === 'text' || place === 'xml')) continue;
      const rule = RULES.get(finding.rule);
      if (rule !== undefined && finding.score >= HINT) {
        const isProof = finding.score >= PROOF_IN_VALUES && (isArgument(place) || place === 'header');
        const isShown = isProgram && finding.kind === 'script';
        const score = isProof ? CRITICAL : isShown ? Math.min(finding.score, WARNING) : finding.score;
        findings.add(rule, finding.start, finding.end, score);
      }
    }
  },
};
