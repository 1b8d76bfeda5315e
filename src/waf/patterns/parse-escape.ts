/** What a backslash and the characters after it mean, outside a class and inside one. */
import { fail, ok, type Result } from '../../core/result.ts';
import {
  BLANKS,
  type ByteSet,
  complement,
  DIGITS,
  HORIZONTAL_BLANKS,
  setOf,
  VERTICAL_BLANKS,
  WORD_BYTES,
} from './byte-set.ts';
import type { Edge } from './syntax-tree.ts';

export type Escape =
  | { readonly kind: 'byte'; readonly byte: number; readonly end: number }
  | { readonly kind: 'set'; readonly set: ByteSet; readonly end: number }
  | { readonly kind: 'edge'; readonly edge: Edge; readonly end: number };

/** `\v` is any vertical blank, as in PCRE; RE2 takes it for the vertical tab alone. */
const SETS: ReadonlyMap<string, ByteSet> = new Map([
  ['d', DIGITS],
  ['D', complement(DIGITS)],
  ['w', WORD_BYTES],
  ['W', complement(WORD_BYTES)],
  ['s', BLANKS],
  ['S', complement(BLANKS)],
  ['h', HORIZONTAL_BLANKS],
  ['H', complement(HORIZONTAL_BLANKS)],
  ['v', VERTICAL_BLANKS],
  ['V', complement(VERTICAL_BLANKS)],
  ['N', complement(setOf([0x0a, 0x0a]))],
]);

const EDGES: ReadonlyMap<string, Edge> = new Map([
  ['A', 'start'],
  ['z', 'end'],
  ['b', 'word'],
  ['B', 'not-word'],
]);

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

/** @param at the offset of the backslash */
export function parseEscape(source: string, at: number, inClass: boolean): Result<Escape, string> {
  const letter = source[at + 1];
  if (letter === undefined) return fail(`backslash at the end, offset ${at}`);
  const end = at + 2;
  const set = SETS.get(letter);
  if (set !== undefined) return ok({ kind: 'set', set, end });
  if (inClass && letter === 'b') return ok({ kind: 'byte', byte: 0x08, end });
  const edge = EDGES.get(letter);
  if (edge !== undefined && !inClass) return ok({ kind: 'edge', edge, end });
  const control = CONTROLS.get(letter);
  if (control !== undefined) return ok({ kind: 'byte', byte: control, end });
  if (letter === 'x') return parseHex(source, at);
  if (letter === 'c') return parseControl(source, at);
  if (letter >= '0' && letter <= '9') return parseOctal(source, at, inClass);
  if (!/[A-Za-z]/.test(letter)) return ok({ kind: 'byte', byte: letter.charCodeAt(0), end });
  return fail(`\\${letter} is not supported, offset ${at}`);
}

/** `\xHH` with up to two digits, `\x{H...}`; a byte is all it can name. */
function parseHex(source: string, at: number): Result<Escape, string> {
  const isBraced = source[at + 2] === '{';
  const braced = isBraced ? /^\{([0-9A-Fa-f]{1,8})\}/.exec(source.slice(at + 2, at + 12)) : null;
  const digits = braced?.[1] ?? /^[0-9A-Fa-f]{0,2}/.exec(source.slice(at + 2, at + 4))?.[0] ?? '';
  if (isBraced && braced === null) return fail(`\\x{ without its digits, offset ${at}`);
  const byte = Number.parseInt(digits || '0', 16);
  if (byte > 0xff) return fail(`\\x{${digits}} is more than a byte, offset ${at}`);
  return ok({ kind: 'byte', byte, end: at + 2 + (braced?.[0].length ?? digits.length) });
}

function parseControl(source: string, at: number): Result<Escape, string> {
  const code = source.charCodeAt(at + 2);
  if (!(code >= 0x20 && code < 0x7f)) return fail(`\\c without a letter, offset ${at}`);
  return ok({ kind: 'byte', byte: source[at + 2]!.toUpperCase().charCodeAt(0) ^ 0x40, end: at + 3 });
}

/** Octal where it can be nothing else; a reference to a group has no automaton. */
function parseOctal(source: string, at: number, inClass: boolean): Result<Escape, string> {
  const digits = /^[0-7]{0,3}/.exec(source.slice(at + 1, at + 4))?.[0] ?? '';
  const isOctal = digits.startsWith('0') || digits.length === 3 || (inClass && digits.length > 0);
  if (!isOctal) return fail(`back-reference \\${source[at + 1]} is not supported, offset ${at}`);
  const byte = Number.parseInt(digits, 8);
  if (byte > 0xff) return fail(`\\${digits} is more than a byte, offset ${at}`);
  return ok({ kind: 'byte', byte, end: at + 1 + digits.length });
}
