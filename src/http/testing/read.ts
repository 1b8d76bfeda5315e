/**
 * Reads messages with the codec for tests: text of octets in, the outcome and the reading out.
 *
 * An outcome is the name of a fault, `more` where the message has not ended, or `ok`.
 */
import assert from 'node:assert/strict';
import { BodyReader } from '../body-reader.ts';
import { faultOf, NEED_MORE } from '../faults.ts';
import type { FieldBlock, FieldLimits } from '../field-block.ts';
import { parseRequestHead, type RequestLimits } from '../parse-request.ts';
import { parseResponseHead } from '../parse-response.ts';
import { RequestHead } from '../request-head.ts';
import { ResponseHead } from '../response-head.ts';

export const TEST_LIMITS: RequestLimits = {
  targetBytesMax: 8192,
  headerBytesMax: 32_768,
  headerCountMax: 100,
};

export function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What a number that the codec returns means. */
export function outcomeOf(position: number): string {
  if (position >= 0) return 'ok';
  return position === NEED_MORE ? 'more' : faultOf(position).name;
}

/** Reads the request head at the start of `text`. */
export function readRequest(
  text: string,
  limits: RequestLimits = TEST_LIMITS,
): { outcome: string; head: RequestHead; after: number } {
  const bytes = octets(text);
  const head = new RequestHead(limits.headerCountMax);
  const after = parseRequestHead(bytes, 0, bytes.length, head, limits);
  return { outcome: outcomeOf(after), head, after };
}

/** The head of a request that has to be accepted and to end where `text` ends. */
export function acceptRequest(text: string, limits: RequestLimits = TEST_LIMITS): RequestHead {
  const { outcome, head, after } = readRequest(text, limits);
  assert.equal(outcome, 'ok', JSON.stringify(text));
  assert.equal(after, text.length, 'the head ends with its empty line');
  return head;
}

/** A request head of a request line and field lines, without their line ends. */
export function requestText(line: string, ...fields: readonly string[]): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n`;
}

/** A GET request of HTTP/1.1 to example.org with more field lines. */
export function getWith(...fields: readonly string[]): string {
  return requestText('GET / HTTP/1.1', 'Host: example.org', ...fields);
}

/** Reads the response head at the start of `text`, the answer to a request with `method`. */
export function readResponse(
  text: string,
  method = 'GET',
  limits: FieldLimits = TEST_LIMITS,
): { outcome: string; head: ResponseHead; after: number } {
  const bytes = octets(text);
  const head = new ResponseHead(limits.headerCountMax);
  const after = parseResponseHead(bytes, 0, bytes.length, head, limits, method);
  return { outcome: outcomeOf(after), head, after };
}

/** The head of a response that has to be accepted and to end where `text` ends. */
export function acceptResponse(text: string, method = 'GET'): ResponseHead {
  const { outcome, head, after } = readResponse(text, method);
  assert.equal(outcome, 'ok', JSON.stringify(text));
  assert.equal(after, text.length, 'the head ends with its empty line');
  return head;
}

export interface BodyReading {
  readonly outcome: string;
  /** The data found, as text of octets. */
  readonly data: string;
  /** Octets of all pieces up to the body's end; 0 where the body was refused. */
  readonly consumed: number;
  readonly trailers: readonly (readonly [string, string])[];
}

/** Reads a body from pieces that arrive one after the other, each in a buffer of its own. */
export function readBody(
  pieces: readonly Buffer[],
  framing: number,
  contentLength = -1,
  budgeted = true,
): BodyReading {
  const reader = new BodyReader();
  reader.start(framing, contentLength, budgeted);
  const data: Buffer[] = [];
  let consumed = 0;
  for (const piece of pieces) {
    let position = 0;
    while (!reader.done && position < piece.length) {
      const next = reader.next(piece, position, piece.length);
      if (next < 0) return { outcome: outcomeOf(next), data: joined(data), consumed: 0, trailers: [] };
      assert.ok(next > position || reader.done, 'each step moves on');
      assert.ok(position <= reader.dataStart && reader.dataStart <= reader.dataEnd && reader.dataEnd <= next);
      data.push(piece.subarray(reader.dataStart, reader.dataEnd));
      position = next;
    }
    consumed += position;
  }
  assert.equal(
    reader.bytesTotal,
    data.reduce((sum, run) => sum + run.length, 0),
    'the octets of data are counted',
  );
  const { trailers } = reader;
  return {
    outcome: reader.done ? 'ok' : 'more',
    data: joined(data),
    consumed,
    trailers: trailers === null ? [] : listFields(trailers),
  };
}

function joined(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('latin1');
}

/** All fields of a block, in their order. */
export function listFields(fields: FieldBlock): [string, string][] {
  return Array.from({ length: fields.count }, (_, index) => [fields.name(index), fields.value(index)]);
}

/** Cuts bytes at positions given in any order. */
export function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let start = 0;
  for (const end of [...places, bytes.length]) {
    pieces.push(Buffer.from(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}
