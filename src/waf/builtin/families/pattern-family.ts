/**
 * Families that consist of regular expressions: each rule with the places where it counts and the marks that every
 * text has which it matches. All repetitions in their patterns are bounded, so that searching takes linear time.
 */
import { type Family, type Findings, type Place, type Rule, WARNING } from '../family.ts';
import type { Reading } from '../reading.ts';

export interface PatternRule {
  readonly rule: Rule;
  readonly pattern: RegExp;
  readonly places: ReadonlySet<Place>;
  /** Classes that all have to occur; 0 for none. */
  readonly classes: number;
  /** Words of which one has to occur; 0 for none. */
  readonly words: number;
  /** Says of texts that match whether they are what honest clients send in this form. */
  readonly isHonest?: (text: string) => boolean;
}

export const VALUES: ReadonlySet<Place> = new Set(['value', 'segment', 'name', 'file-name']);
export const VALUES_AND_HEADERS: ReadonlySet<Place> = new Set([...VALUES, 'header', 'agent']);
export const SHORT_TEXTS: ReadonlySet<Place> = new Set([...VALUES_AND_HEADERS, 'path']);
export const ALL_PLACES: ReadonlySet<Place> = new Set([...SHORT_TEXTS, 'text', 'xml']);

/** One rule of a family, in the order in which families list them. */
export function on(
  rule: Rule,
  pattern: RegExp,
  classes: number,
  words: number,
  places: PatternRule['places'],
): PatternRule {
  return { rule, pattern, classes, words, places };
}

export function patternFamily(patterns: readonly PatternRule[]): Family {
  return {
    rules: [...new Set(patterns.map(({ rule }) => rule))],

    mayMatch(classes: number, words: number, place: Place): boolean {
      for (const pattern of patterns) if (isCalledFor(pattern, classes, words, place)) return true;
      return false;
    },

    find({ text, classes, words }: Reading, place: Place, findings: Findings): void {
      for (const pattern of patterns) {
        if (!isCalledFor(pattern, classes, words, place)) continue;
        const match = pattern.pattern.exec(text);
        if (match === null) continue;
        const score = pattern.isHonest?.(text) === true ? WARNING : pattern.rule.score;
        findings.add(pattern.rule, match.index, match.index + Math.max(1, match[0].length), score);
      }
    },
  };
}

function isCalledFor(pattern: PatternRule, classes: number, words: number, place: Place): boolean {
  if ((classes & pattern.classes) !== pattern.classes) return false;
  return (pattern.words === 0 || (words & pattern.words) !== 0) && pattern.places.has(place);
}
