/**
 * validateUtf8Encoding: matches values that are not well-formed UTF-8 (RFC 3629 section 4): lone lead or continuation
 * bytes, over-long forms, surrogates, numbers above U+10FFFF.
 *
 *     @validateUtf8Encoding    on "a\xc0\xaf": matches the over-long slash
 */
import { ok } from '../../core/result.ts';
import type { CompiledOperator, OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

const BEYOND_ASCII = /[\x80-\xff]/;

/** ASCII alone is always well-formed. */
const BYTES_BEYOND_ASCII = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(0x80 + byte));

const COMPILED: CompiledOperator = {
  needed: BYTES_BEYOND_ASCII,
  test: (value) => findMalformed(value) >= 0,
  match: (value) => {
    const at = findMalformed(value);
    return at < 0 ? null : spanMatch(value, at, at + 1);
  },
};

export const validateUtf8Encoding: OperatorDefinition = {
  name: 'validateutf8encoding',
  compile: () => ok(COMPILED),
};

/** Where the first sequence begins that is not well-formed, or -1. */
function findMalformed(value: string): number {
  let at = value.search(BEYOND_ASCII);
  if (at < 0) return -1;
  while (at < value.length) {
    const length = sequenceLength(value, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** The length of the well-formed sequence at a place, or 0. */
function sequenceLength(value: string, at: number): number {
  const lead = value.charCodeAt(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = value.charCodeAt(at + 1);
  // The second byte decides about over-long forms, surrogates and what is beyond U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (!(second >= low && second <= high)) return 0;
  if (lead < 0xe0) return 2;
  if (!isContinuation(value, at + 2)) return 0;
  if (lead < 0xf0) return 3;
  return isContinuation(value, at + 3) ? 4 : 0;
}

function isContinuation(value: string, at: number): boolean {
  return (value.charCodeAt(at) & 0xc0) === 0x80;
}
