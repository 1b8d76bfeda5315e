/** What a program tells about one of its rules. */
import type { Fate } from './fold-constants.ts';
import type { Phase, Rule } from './rule.ts';

export interface RuleSummary {
  readonly id: number;
  readonly phase: Phase;
  /** Of the tag `paranoia-level/N`; null without one. */
  readonly paranoia: number | null;
  /** As written. */
  readonly message: string;
  readonly file: string;
  readonly line: number;
  /** Whether it runs on requests, was carried out once at load, or can never do anything with these settings. */
  readonly fate: Fate;
}

const PARANOIA_TAG = /^paranoia-level\/([1-9])$/;

export function summarise(rule: Rule, fate: Fate): RuleSummary {
  const level = rule.tags.map((tag) => PARANOIA_TAG.exec(tag)?.[1]).find((found) => found !== undefined);
  return {
    id: rule.id,
    phase: rule.phase,
    paranoia: level === undefined ? null : Number(level),
    message: rule.message,
    file: rule.place.file,
    line: rule.place.line,
    fate,
  };
}
