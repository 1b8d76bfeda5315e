/**
 * compressWhitespace: one blank for every run of ASCII white space and no-break spaces, the latter as UTF-8 or as
 * one byte. Never longer than its input.
 *
 *     a \t b\nc -> a b c
 */
import { joinWhitespace } from './white-space.ts';

const COMPRESSIBLE = /[\t-\r\xa0]| {2}/;

export function compressWhitespace(text: string): string {
  return COMPRESSIBLE.test(text) ? joinWhitespace(text, 1) : text;
}
