/**
 * removeWhitespace: takes ASCII white space and no-break spaces away, the latter as UTF-8 or as one byte. Never longer
 * than its input.
 *
 *     a \t b\xc2\xa0c -> abc
 */
import { joinWhitespace } from './white-space.ts';

const WHITESPACE = /[\t-\r \xa0]/;

export function removeWhitespace(text: string): string {
  return WHITESPACE.test(text) ? joinWhitespace(text, 0) : text;
}
