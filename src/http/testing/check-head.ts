/** Reads heads for checks: whole, in pieces, and compared with the reference. */
import assert from 'node:assert/strict';
import { faultOf, NEED_MORE } from '../faults.ts';
import type { FieldBlock } from '../field-block.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from '../framing.ts';
import { octets } from './read.ts';

/** What the reference calls a framing. */
export const FRAMINGS: Readonly<Record<string, number>> = {
  none: BODY_NONE,
  length: BODY_LENGTH,
  chunked: BODY_CHUNKED,
  'until close': BODY_UNTIL_CLOSE,
};

export type ParseHead<Head> = (bytes: Buffer, base: number, end: number, head: Head) => number;

export function describe(after: number): string {
  if (after >= 0) return 'ok';
  return after === NEED_MORE ? 'more' : faultOf(after).name;
}

/** Reads from the middle of other octets, none of which may matter. */
export function readWhole<Head>(text: string, head: Head, parse: ParseHead<Head>): number {
  const bytes = octets(`\r\nx${text}\r\n\r\n`);
  const after = parse(bytes, 3, 3 + text.length, head);
  return after < 0 ? after : after - 3;
}

/** A head that holds what an earlier message left there, as far as clearing lets it. */
export function usedHead<Used extends { clear(): void }>(
  head: Used,
  before: string,
  parse: ParseHead<Used>,
): Used {
  const bytes = octets(before);
  assert.ok(parse(bytes, 0, bytes.length, head) > 0);
  head.clear();
  return head;
}

/** Reads with one more piece at each call, each time from another array at another place. */
export function readPieces<Head>(
  text: string,
  cuts: readonly number[],
  head: Head,
  parse: ParseHead<Head>,
): number {
  const ends = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
  for (const [index, end] of [...ends, text.length].entries()) {
    const base = index % 5;
    const bytes = octets(`${'\n'.repeat(base)}${text.slice(0, end)}: \r\n`);
    const after = parse(bytes, base, base + end, head);
    if (after !== NEED_MORE || end === text.length) return after < 0 ? after : after - base;
  }
  return NEED_MORE;
}

interface Head {
  readonly fields: FieldBlock;
}

/** Asserts that two ways of reading came to the same. */
export function assertSame(after: number, head: Head, piecedAfter: number, pieced: Head): void {
  assert.equal(describe(piecedAfter), describe(after), 'the same outcome in pieces');
  assert.equal(piecedAfter, after, 'the same end in pieces');
  if (after < 0) return;
  assert.deepEqual(readingOf(pieced), readingOf(head), 'the same reading in pieces');
}

/** All that is known of a message, but for where reading stopped on the way. */
function readingOf(head: Head): object {
  const { fields, ...rest } = head;
  const { text, canonical, start, end, count } = fields;
  const kinds = [...fields.kinds.subarray(0, count)];
  const offsets = [...fields.offsets.subarray(0, count * 4)];
  return { ...rest, resume: 0, cutAt: 0, text, canonical, start, end, kinds, offsets };
}

const CLEAN_FIELD =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: (?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Asserts that a head holds no control octet but CRLF at line ends, and every field in the one form. */
export function assertClean(head: string): void {
  assert.ok(head.endsWith('\r\n\r\n'));
  const [line = '', ...fields] = head.slice(0, -4).split('\r\n');
  assert.match(line, /^[\t\x20-\x7e\x80-\xff]+$/);
  for (const field of fields) assert.match(field, CLEAN_FIELD);
}
