/**
 * uppercase: ASCII letters to upper case; other bytes stay, whatever letters they may be part of.
 *
 *     Union \xe0 -> UNION \xe0
 */
import { mapBytes } from './byte-map.ts';

const LOWER = /[a-z]/;
const BEYOND_ASCII = /[\x80-\xff]/;
const RAISED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x61 && byte <= 0x7a ? byte & ~0x20 : byte,
);

export function uppercase(text: string): string {
  if (!LOWER.test(text)) return text;
  return BEYOND_ASCII.test(text) ? mapBytes(text, RAISED) : text.toUpperCase();
}
