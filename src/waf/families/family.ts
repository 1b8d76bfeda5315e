/** What a family of rules is to the inspector: a cheap question to the marks, then a search in one decoded text. */

/**
 * Where a text comes from, as far as rules care.
 *
 * - `path`: the whole decoded path.
 * - `argument`: one name or value of a query, form, cookie or multipart body.
 * - `header`: the value of a header field, in which `;` separates parameters.
 * - `text`: prose or program text, such as a string of a JSON document or a plain body.
 */
export type Place = 'path' | 'argument' | 'header' | 'text';

export interface Rule {
  readonly id: string;
  /** The event label that people and metrics know. */
  readonly label: string;
}

/** A rule with the stretch of text that it matched. */
export interface Finding {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
}

export interface Family {
  readonly rules: readonly Rule[];
  /** Whether a text with these marks can match at all; a few bit operations. */
  mayMatch(marks: number, place: Place): boolean;
  /**
   * The first match in a decoded text, or null. Linear in the length of the text, never throws.
   *
   * @param text decoded bytes as latin-1 text
   * @param marks the marks of exactly this text
   */
  find(text: string, place: Place, marks: number): Finding | null;
}
