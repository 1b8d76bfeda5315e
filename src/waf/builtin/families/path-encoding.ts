/**
 * Purpose: paths that two programs decode differently, so that what is inspected is not what the origin serves.
 * Input: the path of the target as received.
 * Result: `invalid-path-encoding` for a NUL or a line break behind a percent escape, and for the over-long UTF-8
 *   forms of NUL.
 * Example: `/report.txt%00.html`, `/a%0d%0aSet-Cookie:x`, `/%c0%80`.
 * Known misses: other over-long forms, which are characters in older Chinese encodings (they are decoded for all
 *   families instead); a `%` without two digits, which badly made links send and origins take as it stands.
 */
import { CRITICAL, type Rule } from '../family.ts';
import type { Judge } from '../judge.ts';

export const INVALID_PATH_ENCODING: Rule = {
  id: 'invalid-path-encoding',
  label: 'INVALID_HTTP',
  message: 'NUL or a line break encoded in the path',
  score: CRITICAL,
};

const AMBIGUOUS = /%(?:00|0[ad]|u000[0ad]|(?:c0|e0%80)%80)|\xc0\x80|\xe0\x80\x80/i;

/** @param path as received */
export function findInvalidEncoding(path: string, judge: Judge): void {
  const match = AMBIGUOUS.exec(path);
  if (match === null) return;
  judge.look(path, 'path').add(INVALID_PATH_ENCODING, match.index, match.index + match[0].length);
}
