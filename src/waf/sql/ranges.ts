/**
 * Ranges of numbers and versions, as people and package managers write them: `>=1.2 <2 || 3`, `1 < x and 5 > 3`. They
 * read as conditions of literals, but begin with a comparison of size, where an injection has an operand of the
 * origin's statement, and test nothing for equality.
 */

const CHARACTERS_MAX = 96;
const BEGINNING = /^[\s(]{0,8}(?:\d[\d.]{0,15}\s{0,4})?[<>~^]/;
/** Numbers, placeholders, signs that compare sizes or join, and the words that do. */
const RANGE = /^(?:[\d.\s<>|&x*~^()+-]|(?<=[<>])=|\b(?:and|or)\b)*$/i;

/** Whether a text is nothing but a range. */
export function isRange(text: string): boolean {
  return text.length <= CHARACTERS_MAX && BEGINNING.test(text) && RANGE.test(text) && !text.includes('--');
}
