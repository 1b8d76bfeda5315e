/**
 * Takes a Cookie field apart (RFC 6265 section 5.4, read as leniently as ModSecurity's SecCookieFormat 0): pieces
 * between semicolons, a name up to the first `=`, nothing decoded. Control characters, quotation marks and bytes
 * beyond ASCII stay in the value; a piece without `=` is a name. Cookies over the limit become one last value.
 */
import { isBlank } from './blanks.ts';
import { bodyFault } from './body-parser.ts';
import type { BodyField } from './parsed-body.ts';
import type { PairList } from './urlencoded.ts';

/**
 * @param field the value of one Cookie field, bytes as latin-1 text
 * @param cookiesMax cookies read one by one
 */
export function readCookies(field: string, cookiesMax: number): PairList {
  const pairs: BodyField[] = [];
  let start = 0;
  while (start < field.length) {
    while (isBlank(field.charCodeAt(start))) start += 1;
    const semicolon = field.indexOf(';', start);
    const end = semicolon === -1 ? field.length : semicolon;
    if (end > start) {
      if (pairs.length >= cookiesMax) {
        pairs.push({ name: '', value: field.slice(start) });
        return { pairs, fault: bodyFault('limit', `There are more than ${cookiesMax} cookies.`) };
      }
      pairs.push(toCookie(field.slice(start, end)));
    }
    start = end + 1;
  }
  return { pairs, fault: null };
}

function toCookie(piece: string): BodyField {
  const equals = piece.indexOf('=');
  if (equals === -1) return { name: piece, value: '' };
  return { name: piece.slice(0, equals), value: piece.slice(equals + 1) };
}
