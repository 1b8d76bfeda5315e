/** What must hold for every response; the same as for requests, see `check-request.ts`. */
import assert from 'node:assert/strict';
import { BODY_CHUNKED, BODY_UNTIL_CLOSE } from '../framing.ts';
import { parseResponseHead } from '../parse-response.ts';
import { ResponseHead } from '../response-head.ts';
import { writeResponseHead } from '../write-response.ts';
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
import { HOP_BY_HOP, isKept } from './forwarded-fields.ts';
import { listFields, octets, TEST_LIMITS } from './read.ts';
import {
  connectionOptions,
  type Fields,
  type ReferenceResponse,
  referenceResponse,
  valuesOf,
} from './reference.ts';

/** A response with fields of many kinds, none of which may show in the next one. */
const BEFORE = [
  'HTTP/1.0 299 Before',
  ...['Content-Length: 7', 'Connection: keep-alive, x-before', 'X-Before: 1', 'Upgrade: x', 'Keep-Alive: 1'],
  ...['Connection: close', 'TE: x', 'Trailer: x', 'Odd:x', 'X: y', 'Sec-WebSocket-Accept: x', '\r\n'],
].join('\r\n');

/** Checks a response to a request with `method`, and what may follow it. */
export function checkResponse(text: string, method: string, cuts: readonly number[]): void {
  const parse: ParseHead<ResponseHead> = (bytes, base, end, one) =>
    parseResponseHead(bytes, base, end, one, TEST_LIMITS, method);
  const head = new ResponseHead(TEST_LIMITS.headerCountMax);
  const after = readWhole(text, head, parse);
  const pieced = usedHead(new ResponseHead(TEST_LIMITS.headerCountMax), BEFORE, parse);
  assertSame(after, head, readPieces(text, cuts, pieced, parse), pieced);

  const reference = referenceResponse(text, method);
  assert.equal(after >= 0, reference !== null, `the codec says ${describe(after)}, the reference does not`);
  if (reference === null) return;
  assertResponse(head, after, reference);
  checkBody(text.slice(after), reference, cuts);
  for (const clientMinorVersion of [0, 1]) {
    for (const close of [false, true]) {
      checkForwardedResponse(head, reference, method, clientMinorVersion, close);
      checkForwardedResponse(pieced, reference, method, clientMinorVersion, close);
    }
  }
}

function assertResponse(head: ResponseHead, after: number, reference: ReferenceResponse): void {
  assert.deepEqual(
    {
      ...{ status: head.status, minorVersion: head.minorVersion, framing: head.framing, end: after },
      ...{ contentLength: head.contentLength, keepAlive: head.keepAlive, fields: listFields(head.fields) },
    },
    { ...reference, framing: FRAMINGS[reference.framing] },
  );
}

/** Checks the response that the client gets, framed as the node frames it. */
function checkForwardedResponse(
  head: ResponseHead,
  reference: ReferenceResponse,
  method: string,
  clientMinorVersion: number,
  close: boolean,
): void {
  const endless = head.framing === BODY_CHUNKED || head.framing === BODY_UNTIL_CLOSE;
  const chunked = endless && clientMinorVersion === 1;
  const closes = close || (endless && !chunked);
  const text = writeResponseHead(head, chunked, closes, clientMinorVersion);
  assertClean(text);
  const forwarded = rereadResponse(text, method);
  assert.equal(forwarded.end, text.length);
  assert.equal(forwarded.status, reference.status);
  assert.equal(forwarded.minorVersion, 1);
  assert.equal(forwarded.keepAlive, !closes);
  const bare = reference.status < 200 || reference.status === 204;
  assert.equal(forwarded.contentLength, bare || endless ? -1 : reference.contentLength);
  assert.equal(
    forwarded.framing,
    endless && !chunked ? 'until close' : chunked ? 'chunked' : reference.framing,
  );
  const codings = valuesOf(forwarded.fields, 'transfer-encoding');
  assert.deepEqual(codings, chunked ? ['chunked'] : []);
  const ends = (name: string) => HOP_BY_HOP.has(name) && name !== 'expect';
  const passed = (name: string) =>
    !ends(name) && (isKept(name) || !connectionOptions(reference.fields)?.includes(name));
  const endToEnd = (fields: Fields, keep: (name: string) => boolean) =>
    fields.filter(([name]) => keep(name.toLowerCase()));
  assert.deepEqual(
    endToEnd(forwarded.fields, (name) => !ends(name)),
    endToEnd(reference.fields, passed),
  );
}

function rereadResponse(text: string, method: string): ReferenceResponse {
  const head = new ResponseHead(TEST_LIMITS.headerCountMax * 2);
  const bytes = octets(text);
  const limits = { headerBytesMax: 65_536, headerCountMax: TEST_LIMITS.headerCountMax * 2 };
  const after = parseResponseHead(bytes, 0, bytes.length, head, limits, method);
  const reference = referenceResponse(text, method);
  assert.ok(after >= 0, `what is forwarded is refused: ${describe(after)}`);
  if (reference === null) return assert.fail('what is forwarded is refused by the reference');
  assertResponse(head, after, reference);
  return reference;
}
