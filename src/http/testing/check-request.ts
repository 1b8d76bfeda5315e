/**
 * What must hold for every request, as a function that throws where it does not; property tests and the fuzzer feed
 * it. For each input:
 *
 *   - the codec comes to the same end however the input is cut into pieces and wherever it lies in memory;
 *   - it accepts exactly what the reference accepts, and reads the same in it;
 *   - what the node would send on is read by both as one message with the same meaning, and holds nothing that
 *     ends at this hop, no claim of a stranger about itself and no octet out of place.
 */
import assert from 'node:assert/strict';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from '../framing.ts';
import { parseRequestHead } from '../parse-request.ts';
import { RequestHead } from '../request-head.ts';
import { constantLines, type ForwardedBy, writeRequestHead } from '../write-request.ts';
import { checkBody } from './check-body.ts';
import {
  assertClean,
  assertSame,
  describe,
  FRAMINGS,
  type ParseHead,
  readPieces,
  readWhole,
  usedHead,
} from './check-head.ts';
import { DEFAULT_HOST, expectedFields, hostTowardsOrigin, REQUEST_ID } from './forwarded-fields.ts';
import { plainRewrite } from './plain-rewrite.ts';
import { listFields, octets, TEST_LIMITS } from './read.ts';
import { type ReferenceRequest, referenceChunked, referenceRequest } from './reference.ts';

const PEER = '192.0.2.7';
const STRANGER: ForwardedBy = {
  peer: PEER,
  scheme: 'https',
  trusted: false,
  lines: constantLines(PEER, 'https'),
};
const PROXY: ForwardedBy = { ...STRANGER, trusted: true };

/** A request with fields of many kinds, none of which may show in the next one. */
const BEFORE = [
  'GET http://before.example/ HTTP/1.0',
  ...[
    'Host: before.example',
    'Connection: keep-alive, x-before, upgrade',
    'X-Before: 1',
    'Content-Length: 7',
  ],
  ...[
    'Max-Forwards: 3',
    'Expect: 100-continue',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: x',
    'X-Forwarded-For: x',
  ],
  ...[
    'Host-Not: 1',
    'X-Request-Id: x',
    'Forwarded: x',
    'Via: x',
    'Odd:x',
    'Content_Length: 1',
    'TE: x',
    '\r\n',
  ],
].join('\r\n');

const parse: ParseHead<RequestHead> = (bytes, base, end, head) =>
  parseRequestHead(bytes, base, end, head, TEST_LIMITS);

/** Checks a request and what may follow it. */
export function checkRequest(text: string, cuts: readonly number[]): void {
  const head = new RequestHead(TEST_LIMITS.headerCountMax);
  const after = readWhole(text, head, parse);
  const pieced = usedHead(new RequestHead(TEST_LIMITS.headerCountMax), BEFORE, parse);
  assertSame(after, head, readPieces(text, cuts, pieced, parse), pieced);

  const reference = referenceRequest(text);
  assert.equal(after >= 0, reference !== null, `the codec says ${describe(after)}, the reference does not`);
  if (reference === null) return;
  assertRequest(head, after, reference);
  const body = checkBody(text.slice(after), reference, cuts);
  for (const one of [head, pieced]) {
    for (const by of [STRANGER, PROXY]) {
      checkForwardedRequest(one, reference, by, body ?? 'body');
      if (reference.framing === 'chunked') checkChunkedForward(one, by, body ?? 'body');
    }
  }
}

function assertRequest(head: RequestHead, after: number, reference: ReferenceRequest): void {
  assert.deepEqual(
    {
      ...{ method: head.method, target: head.target, host: head.host, absolute: head.absolute },
      ...{ minorVersion: head.minorVersion, framing: head.framing, keepAlive: head.keepAlive, end: after },
      ...{
        expectContinue: head.expectContinue,
        webSocketKey: head.webSocketKey,
        maxForwards: head.maxForwards,
      },
      ...{ contentLength: head.contentLength, fields: listFields(head.fields) },
    },
    {
      ...reference,
      framing: FRAMINGS[reference.framing],
      contentLength: Math.max(0, reference.contentLength),
    },
  );
}

/** Checks the request that the origin gets, with a collected body where there is one. */
function checkForwardedRequest(
  head: RequestHead,
  reference: ReferenceRequest,
  by: ForwardedBy,
  body: string,
): void {
  const framing = reference.framing === 'none' ? BODY_NONE : BODY_LENGTH;
  const data = framing === BODY_NONE ? '' : body;
  const text = writeRequestHead(head, by, framing, data.length, REQUEST_ID, plainRewrite(DEFAULT_HOST));
  assertClean(text);
  const forwarded = rereadRequest(`${text}${data}`);
  assert.equal(forwarded.end, text.length);
  assert.equal(Math.max(0, forwarded.contentLength), data.length);
  assert.equal(forwarded.framing, data.length === 0 ? 'none' : 'length');
  assert.equal(forwarded.method, reference.method);
  assert.equal(forwarded.target, reference.target);
  assert.equal(forwarded.host, hostTowardsOrigin(reference));
  assert.equal(forwarded.minorVersion, 1);
  assert.equal(forwarded.absolute, false);
  assert.equal(forwarded.expectContinue, false);
  assert.equal(forwarded.webSocketKey, reference.webSocketKey);
  assert.deepEqual(forwarded.fields, expectedFields(reference, by, framing, data.length));
}

/** Checks the same request where its body is streamed in chunks. */
function checkChunkedForward(head: RequestHead, by: ForwardedBy, body: string): void {
  const text = writeRequestHead(head, by, BODY_CHUNKED, 0, REQUEST_ID, plainRewrite(DEFAULT_HOST));
  assertClean(text);
  const chunks = `${body.length === 0 ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
  const forwarded = rereadRequest(`${text}${chunks}`);
  assert.equal(forwarded.framing, 'chunked');
  assert.deepEqual(referenceChunked(chunks), { data: body, trailers: [], end: chunks.length });
}

/** The reading of a message that this node wrote, by the codec and by the reference. */
function rereadRequest(text: string): ReferenceRequest {
  const head = new RequestHead(TEST_LIMITS.headerCountMax * 2);
  const limits = {
    targetBytesMax: 8192,
    headerBytesMax: 65_536,
    headerCountMax: TEST_LIMITS.headerCountMax * 2,
  };
  const bytes = octets(text);
  const after = parseRequestHead(bytes, 0, bytes.length, head, limits);
  const reference = referenceRequest(text);
  assert.ok(after >= 0, `what is forwarded is refused: ${describe(after)}`);
  if (reference === null) return assert.fail('what is forwarded is refused by the reference');
  assertRequest(head, after, reference);
  return reference;
}
