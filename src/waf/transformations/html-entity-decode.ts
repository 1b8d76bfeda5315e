/**
 * htmlEntityDecode: replaces HTML character references by one byte each. `&#DDD;` and `&#xHH;` with any number of
 * digits (the low byte of the number counts), and names of ASCII characters and the no-break space; the semicolon
 * may be missing behind numbers and behind the five names that HTML knew first. Anything else stays. Never longer
 * than its input.
 *
 *     &lt;a href=java&Tab;script&#58 -> <a href=java\tscript:
 */
import { hexDigit, NO_DIGIT } from './hex-digits.ts';

const AMPERSAND = 0x26;
const HASH = 0x23;
const SEMICOLON = 0x3b;
const LOWER_X = 0x78;
const NAME_MAX = 8;

/** In lower case, although HTML tells cases apart: some readers do not. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ['quot', 0x22],
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['nbsp', 0xa0],
]);

/** Names that need their semicolon: with them scripts and paths can be written. */
const NAMED_CLOSED: ReadonlyMap<string, number> = new Map([
  ...NAMED,
  ['tab', 0x09],
  ['newline', 0x0a],
  ['excl', 0x21],
  ['num', 0x23],
  ['dollar', 0x24],
  ['percnt', 0x25],
  ['apos', 0x27],
  ['lpar', 0x28],
  ['rpar', 0x29],
  ['ast', 0x2a],
  ['plus', 0x2b],
  ['comma', 0x2c],
  ['period', 0x2e],
  ['sol', 0x2f],
  ['colon', 0x3a],
  ['semi', 0x3b],
  ['equals', 0x3d],
  ['quest', 0x3f],
  ['commat', 0x40],
  ['lsqb', 0x5b],
  ['lbrack', 0x5b],
  ['bsol', 0x5c],
  ['rsqb', 0x5d],
  ['rbrack', 0x5d],
  ['hat', 0x5e],
  ['lowbar', 0x5f],
  ['grave', 0x60],
  ['lcub', 0x7b],
  ['lbrace', 0x7b],
  ['verbar', 0x7c],
  ['vert', 0x7c],
  ['rcub', 0x7d],
  ['rbrace', 0x7d],
]);

/** Queries are full of ampersands that begin no reference. */
const REFERENCE = /&(?:#[0-9x]|lt|gt|amp|quot|nbsp|[a-z]{3,7};)/i;

export function htmlEntityDecode(text: string): string {
  if (text.indexOf('&') < 0 || !REFERENCE.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  let read = 0;
  while (read < bytes.length) {
    const length = bytes[read] === AMPERSAND ? referenceLength(bytes, read) : 0;
    if (length === 0) {
      bytes[written++] = bytes[read++]!;
      continue;
    }
    bytes[written++] =
      bytes[read + 1] === HASH ? numberValue(bytes, read, length) : nameValue(bytes, read, length);
    read += length;
    if (read < bytes.length && bytes[read] === SEMICOLON) read++;
  }
  return written === bytes.length ? text : bytes.toString('latin1', 0, written);
}

/** The length from the ampersand up to a semicolon or what takes its place; 0 where there is no reference. */
function referenceLength(bytes: Uint8Array, start: number): number {
  if (bytes[start + 1] !== HASH) return nameLength(bytes, start);
  const isHex = start + 2 < bytes.length && (bytes[start + 2]! | 0x20) === LOWER_X;
  const base = isHex ? NO_DIGIT : 10;
  const digits = start + (isHex ? 3 : 2);
  let at = digits;
  while (hexDigit(bytes, at) < base) at++;
  return at === digits ? 0 : at - start;
}

/** The low byte only: a number may have any number of digits. */
function numberValue(bytes: Uint8Array, start: number, length: number): number {
  const isHex = (bytes[start + 2]! | 0x20) === LOWER_X;
  const base = isHex ? 16 : 10;
  let value = 0;
  for (let at = start + (isHex ? 3 : 2); at < start + length; at++) {
    value = (value * base + hexDigit(bytes, at)) & 0xff;
  }
  return value;
}

function nameLength(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at - start <= NAME_MAX && at < bytes.length && isAlphanumeric(bytes[at]!)) at++;
  const isClosed = at < bytes.length && bytes[at] === SEMICOLON;
  return (isClosed ? NAMED_CLOSED : NAMED).has(nameOf(bytes, start, at - start)) ? at - start : 0;
}

function nameValue(bytes: Uint8Array, start: number, length: number): number {
  return NAMED_CLOSED.get(nameOf(bytes, start, length))!;
}

function nameOf(bytes: Uint8Array, start: number, length: number): string {
  let name = '';
  for (let at = start + 1; at < start + length; at++) name += String.fromCharCode(bytes[at]! | 0x20);
  return name;
}

function isAlphanumeric(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}
