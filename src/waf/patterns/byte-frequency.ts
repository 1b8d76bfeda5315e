/** How often bytes are met in ordinary addresses, fields and forms, roughly: to choose what to look for. */

const COMMON_LETTERS = new Set('aeiorst');
const COMMON_SIGNS = new Set('-./ _');
const OTHER_SIGNS = new Set('=&:,;+%()');

/** By byte, letters in either case alike. */
const FREQUENCIES = Float64Array.from({ length: 256 }, (_, byte) => frequencyOf(String.fromCharCode(byte)));

/** How many times a text, or a piece of it, is expected at one place of a value. */
export function expectedHits(text: string, start = 0, end = text.length): number {
  let hits = 1;
  for (let at = start; at < end; at += 1) hits *= FREQUENCIES[text.charCodeAt(at) & 0xff]!;
  return hits;
}

function frequencyOf(character: string): number {
  if (/[a-z]/i.test(character)) return COMMON_LETTERS.has(character.toLowerCase()) ? 0.06 : 0.03;
  if (/[0-9]/.test(character)) return 0.03;
  if (COMMON_SIGNS.has(character)) return 0.03;
  return OTHER_SIGNS.has(character) ? 0.01 : 0.003;
}
