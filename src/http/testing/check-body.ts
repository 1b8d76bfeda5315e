/** What must hold for every body; see `check-request.ts`. */
import assert from 'node:assert/strict';
import { BODY_CHUNKED, BODY_LENGTH } from '../framing.ts';
import { cutAt, octets, readBody } from './read.ts';
import { type ReferenceRequest, referenceChunked } from './reference.ts';

/** Checks a chunked body and what may follow it. */
export function checkChunked(text: string, cuts: readonly number[]): void {
  const bytes = octets(text);
  const whole = readBody([bytes], BODY_CHUNKED);
  assert.deepEqual(readBody(cutAt(bytes, cuts), BODY_CHUNKED), whole, 'the same in pieces');
  const reference = referenceChunked(text);
  assert.equal(whole.outcome === 'ok', reference !== null, `the codec says ${whole.outcome}`);
  if (reference === null) return;
  assert.equal(whole.data, reference.data);
  assert.equal(whole.consumed, reference.end);
  assert.deepEqual(whole.trailers, reference.trailers);
}

/** Checks what follows a head as its body; returns the data of a whole one, else null. */
export function checkBody(
  rest: string,
  head: Pick<ReferenceRequest, 'contentLength'> & { readonly framing: string },
  cuts: readonly number[],
): string | null {
  if (head.framing === 'chunked') {
    checkChunked(rest, cuts);
    return referenceChunked(rest)?.data ?? null;
  }
  if (head.framing !== 'length') return null;
  const bytes = octets(rest);
  const whole = readBody([bytes], BODY_LENGTH, head.contentLength);
  assert.deepEqual(readBody(cutAt(bytes, cuts), BODY_LENGTH, head.contentLength), whole);
  assert.equal(whole.data, rest.slice(0, head.contentLength));
  assert.equal(whole.outcome, rest.length < head.contentLength ? 'more' : 'ok');
  return whole.outcome === 'ok' ? whole.data : null;
}
