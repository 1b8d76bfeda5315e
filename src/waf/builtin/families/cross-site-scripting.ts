/**
 * Purpose: mark-up and script that would run in another visitor's browser; the rules of the HTML detector.
 * Input: any decoded text.
 * Result: what detect-xss.ts tells, from a hint to proof.
 */
import { findXss } from '../../html/detect-xss.ts';
import { XSS_RULES, type XssRule } from '../../html/xss-finding.ts';
import { CRITICAL, type Family, type Findings, isArgument, type Place, type Rule } from '../family.ts';
import {
  ANGLE,
  BACKTICK,
  BRACE,
  COLON,
  COMPARISON,
  CONTROL,
  PAREN,
  QUOTE,
  SCHEME_WORD,
  SCRIPT_WORD,
} from '../marks.ts';
import type { Reading } from '../reading.ts';

/** Below this a finding is risky mark-up that pages are full of. */
const HINT = 2;
/** From here on a finding is proof where a parameter's value stands alone, rather than in prose or program text. */
const PROOF_IN_VALUES = 4;

const RULES: ReadonlyMap<XssRule, Rule> = new Map(
  XSS_RULES.map((rule) => [rule, { id: rule.id, label: rule.label, message: rule.message, score: CRITICAL }]),
);

export const crossSiteScripting: Family = {
  rules: [...RULES.values()],

  mayMatch(classes: number, words: number): boolean {
    if ((classes & ANGLE) !== 0) return true;
    // Browsers drop line breaks and tabs inside a scheme, so with those the word need not be whole.
    if ((classes & COLON) !== 0 && ((words & SCHEME_WORD) !== 0 || (classes & CONTROL) !== 0)) return true;
    return (classes & (QUOTE | BACKTICK | PAREN | BRACE | COMPARISON)) !== 0 && (words & SCRIPT_WORD) !== 0;
  },

  find({ text }: Reading, place: Place, findings: Findings): void {
    for (const finding of findXss(text)) {
      // Documents declare what they are.
      if (finding.kind === 'declaration' && (place === 'text' || place === 'xml')) continue;
      const rule = RULES.get(finding.rule);
      if (rule !== undefined && finding.score >= HINT) {
        const isProof = finding.score >= PROOF_IN_VALUES && isArgument(place);
        findings.add(rule, finding.start, finding.end, isProof ? CRITICAL : finding.score);
      }
    }
  },
};
