/** What a family of rules is to the judge: a cheap question to the marks, then a search in one decoded text. */
import type { Reading } from './reading.ts';

/**
 * Where a text comes from, as far as rules care.
 *
 * - `path`: the whole path of the target.
 * - `segment`: what stands between two slashes of it, which applications take arguments from.
 * - `name`: the name of a parameter, a cookie or a field of a form or document.
 * - `value`: the value of one, if it is no longer than a person types into one line.
 * - `file-name`: what a client calls the file that it sends.
 * - `header`: the value of a header field, in which `;` separates parameters.
 * - `agent`: the value of User-Agent.
 * - `text`: prose or program text: a long string of a document, a body as a whole.
 * - `xml`: an XML document as a whole.
 */
export type Place = 'path' | 'segment' | 'name' | 'value' | 'file-name' | 'header' | 'agent' | 'text' | 'xml';

/** What a rule adds to the score: proof of an attack blocks by itself where the threshold is as usual. */
export const CRITICAL = 5;
/** Evidence that needs another one beside it. */
export const WARNING = 3;
/** What attacks have in common with some honest requests. */
export const NOTICE = 2;

export interface Rule {
  readonly id: string;
  /** The event label that people and metrics know. */
  readonly label: string;
  /** What the rule looks for, in one sentence. */
  readonly message: string;
  /** What it adds to the score at most. */
  readonly score: number;
}

/** What takes what a family found; `end` is behind the last character of the match. */
export interface Findings {
  /** @param score how much this match says, where that is not always the same for the rule */
  add(rule: Rule, start: number, end: number, score?: number): void;
  /** Counts work in units of about a nanosecond; false once the request has used up its time. */
  spend(units: number): boolean;
}

export interface Family {
  readonly rules: readonly Rule[];
  /** Whether it asks for time itself, so that a long text need not be cut into windows for it. */
  readonly readsWhole?: boolean;
  /** Whether a text with these marks can match at all; a few bit operations. */
  mayMatch(classes: number, words: number, place: Place): boolean;
  /** Reports what matches in one reading of a text. Linear in its length, never throws. */
  find(reading: Reading, place: Place, findings: Findings): void;
}

/** Whether names and values of a request stand there, rather than prose or a header's own syntax. */
export function isArgument(place: Place): boolean {
  return place === 'value' || place === 'segment' || place === 'name' || place === 'file-name';
}
