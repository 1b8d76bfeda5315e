/**
 * lowercase: ASCII letters to lower case; other bytes stay, whatever letters they may be part of.
 *
 *     UNION \xc0 -> union \xc0
 */
import { mapBytes } from './byte-map.ts';

const UPPER = /[A-Z]/;
const UPPER_BEYOND_ASCII = /[\xc0-\xde]/;
const LOWERED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

export function lowercase(text: string): string {
  if (!UPPER.test(text)) return text;
  // The runtime's own conversion is much faster, but it knows the letters of latin-1 too.
  return UPPER_BEYOND_ASCII.test(text) ? mapBytes(text, LOWERED) : text.toLowerCase();
}
