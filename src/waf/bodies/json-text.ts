/**
 * The inside of a JSON string (RFC 8259 section 7), decoded at once: escapes become UTF-8 bytes, a pair of surrogates
 * one character, a half that stands alone U+FFFD. Octets beyond ASCII stay as they are. Linear; a text without
 * escapes comes back as the same object.
 */
import { sliceLatin1 } from '../../core/latin1.ts';
import { hexDigit } from './form-decoding.ts';
import { utf8Text } from './utf8-text.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const UNIT_DIGITS = 4;
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * @param raw what stands between the quotation marks, bytes as latin-1 text
 * @returns null for an escape that does not exist
 */
export function decodeJsonText(raw: string): string | null {
  const first = raw.indexOf('\\');
  if (first === -1) return raw;
  // No escape is shorter than what it stands for.
  const bytes = Buffer.allocUnsafe(raw.length);
  bytes.latin1Write(raw.slice(0, first), 0, first);
  let length = first;
  let index = first;
  while (index < raw.length) {
    let code = raw.charCodeAt(index);
    index += 1;
    if (code === BACKSLASH) {
      const escaped = raw.charCodeAt(index);
      index += 1;
      if (escaped === LOWER_U) {
        const character = characterAt(raw, index);
        if (character === -1) return null;
        index += character > 0xffff ? UNIT_DIGITS * 2 + 2 : UNIT_DIGITS;
        length += writeCharacter(bytes, length, character);
        continue;
      }
      code = ESCAPES.get(escaped) ?? -1;
      if (code === -1) return null;
    }
    bytes[length] = code;
    length += 1;
  }
  return sliceLatin1(bytes, 0, length);
}

/** The code point that digits at `index` name, with those of a second escape where both make a pair; or -1. */
function characterAt(raw: string, index: number): number {
  const unit = unitAt(raw, index);
  if (unit < 0xd800 || unit > 0xdbff) return unit;
  const next = index + UNIT_DIGITS;
  if (raw.charCodeAt(next) !== BACKSLASH || raw.charCodeAt(next + 1) !== LOWER_U) return unit;
  const low = unitAt(raw, next + 2);
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}

function unitAt(raw: string, index: number): number {
  let unit = 0;
  for (let digit = 0; digit < UNIT_DIGITS; digit += 1) {
    const value = hexDigit(raw.charCodeAt(index + digit));
    if (value === -1) return -1;
    unit = unit * 16 + value;
  }
  return unit;
}

function writeCharacter(bytes: Buffer, offset: number, character: number): number {
  const text = utf8Text(character);
  for (let index = 0; index < text.length; index += 1) bytes[offset + index] = text.charCodeAt(index);
  return text.length;
}
