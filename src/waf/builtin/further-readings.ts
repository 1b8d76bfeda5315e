/** What else an origin may read in a reading: one further decoding each, where its marks ask for it. */

import { decodeReferences } from '../html/character-references.ts';
import { decodeBase64, mayHideText } from './decoders/base64.ts';
import { decodeEscapes } from './decoders/escapes.ts';
import { foldLookAlikes } from './decoders/look-alikes.ts';
import { foldOverlong } from './decoders/overlong.ts';
import { decodePercent } from './decoders/percent.ts';
import { isArgument, type Place } from './family.ts';
import { AMPERSAND, BACKSLASH, HIGH, PERCENT, SCHEME_WORD, SERIAL_WORD } from './marks.ts';
import { type Decoding, Reading } from './reading.ts';

const PERCENT_ROUNDS_MAX = 3;
/** Bytes that the further decodings need. */
export const HIDING = HIGH | AMPERSAND | BACKSLASH;
export const HIDING_WORDS = SERIAL_WORD | SCHEME_WORD;

const NO_READINGS: readonly Reading[] = Object.freeze([]);

/** What one further decoding makes of a reading; none for nearly all. */
export function nextReadings(reading: Reading, round: number, place: Place): readonly Reading[] {
  const { text, classes, words, decodings } = reading;
  const hides = isArgument(place) && mayHideText(text, 0);
  const isCoded = hides || (classes & (PERCENT | HIDING)) !== 0 || (words & HIDING_WORDS) !== 0;
  if (place === 'text' && isBinary(text)) return NO_READINGS;
  if (!isCoded) return NO_READINGS;
  const next: Reading[] = [];
  const read = (decoded: string, decoding: Decoding): void => {
    if (decoded !== text) next.push(new Reading(decoded, [...decodings, decoding]));
  };
  if ((classes & PERCENT) !== 0 && round < PERCENT_ROUNDS_MAX) read(decodePercent(text, false), 'url');
  if ((classes & HIGH) !== 0) read(foldOverlong(text), 'overlong');
  if ((classes & AMPERSAND) !== 0) read(decodeReferences(text), 'html');
  if ((classes & BACKSLASH) !== 0) read(decodeEscapes(text), 'escapes');
  if (isArgument(place) && (classes & HIGH) !== 0) read(foldLookAlikes(text), 'look-alikes');
  if (hides || (words & HIDING_WORDS) !== 0) read(decodeBase64(text), 'base64');
  return next;
}

const BINARY_CHARACTERS_MIN = 1024;
/** One in so many characters of a binary beginning is a control character that no text has. */
const CONTROLS_SHARE = 50;

/** Whether a long text is none: then nobody undoes escapes in it. */
function isBinary(text: string): boolean {
  if (text.length < BINARY_CHARACTERS_MIN) return false;
  let controls = 0;
  for (let index = 0; index < BINARY_CHARACTERS_MIN; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) controls += 1;
  }
  return controls * CONTROLS_SHARE > BINARY_CHARACTERS_MIN;
}
