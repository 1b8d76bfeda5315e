/**
 * urlDecodeUni: percent decoding that also knows `%uHHHH`, which IIS and old scripts write. An escape of four
 * digits becomes one byte: that of the configured character map, or else the one `narrowUnit` gives. `+` is a
 * blank; an incomplete escape stays as it is. Never longer than its input.
 *
 *     %3Cb%u003e+%uff1cx -> <b> <x
 */
import { narrowUnit } from './full-width.ts';
import { hexByte, hexUnit } from './hex-digits.ts';
import type { Transformation } from './transformation.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const LOWER_U = 0x75;

/** The bytes that a code page puts for UTF-16 code units; a unit that it does not name is not in the map. */
export type CharacterMap = ReadonlyMap<number, number>;

/** The transformation for a server that reads `%u` escapes by way of a code page. */
export function createUrlDecodeUni(map: CharacterMap): Transformation {
  return (text) => (text.indexOf('%') < 0 && text.indexOf('+') < 0 ? text : decode(text, map));
}

export const urlDecodeUni: Transformation = createUrlDecodeUni(new Map());

function decode(text: string, map: CharacterMap): string {
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  let read = 0;
  while (read < bytes.length) {
    const byte = bytes[read]!;
    let decoded = byte === PLUS ? SPACE : byte;
    let length = 1;
    if (byte === PERCENT) {
      const isWide = read + 1 < bytes.length && (bytes[read + 1]! | 0x20) === LOWER_U;
      const value = isWide ? hexUnit(bytes, read + 2) : hexByte(bytes, read + 1);
      if (value >= 0) {
        decoded = isWide ? (map.get(value) ?? narrowUnit(value)) : value;
        length = isWide ? 6 : 3;
      }
    }
    bytes[written++] = decoded;
    read += length;
  }
  return bytes.toString('latin1', 0, written);
}
