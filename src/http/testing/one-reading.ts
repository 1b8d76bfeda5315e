/**
 * What must hold for every input, as functions that throw where it does not; property tests and the fuzzer feed
 * them. For each input:
 *
 *   - the codec comes to the same end however the input is cut into pieces and wherever it lies in memory;
 *   - it accepts exactly what the reference accepts, and reads the same in it;
 *   - what the node would send on is read by both as one message with the same meaning, and holds nothing that
 *     ends at this hop, no claim of a stranger about itself and no octet out of place.
 */
import assert from 'node:assert/strict';
import { faultOf, NEED_MORE } from '../faults.ts';
import type { FieldBlock } from '../field-block.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from '../framing.ts';
import { parseRequestHead } from '../parse-request.ts';
import { parseResponseHead } from '../parse-response.ts';
import { RequestHead } from '../request-head.ts';
import { ResponseHead } from '../response-head.ts';
import { constantLines, type ForwardedBy, writeRequestHead } from '../write-request.ts';
import { writeResponseHead } from '../write-response.ts';
import { cutAt, listFields, octets, readBody, TEST_LIMITS } from './read.ts';
import {
  connectionOptions,
  type Fields,
  type ReferenceRequest,
  type ReferenceResponse,
  referenceChunked,
  referenceRequest,
  referenceResponse,
  valuesOf,
} from './reference.ts';

const FRAMINGS: Readonly<Record<string, number>> = {
  none: BODY_NONE,
  length: BODY_LENGTH,
  chunked: BODY_CHUNKED,
  'until close': BODY_UNTIL_CLOSE,
};

const PEER = '192.0.2.7';
const REQUEST_ID = 'id-1';
const DEFAULT_HOST = 'default.example';
const STRANGER: ForwardedBy = {
  peer: PEER,
  scheme: 'https',
  trusted: false,
  lines: constantLines(PEER, 'https'),
};
const PROXY: ForwardedBy = { ...STRANGER, trusted: true };

type ParseHead<Head> = (bytes: Buffer, base: number, end: number, head: Head) => number;

const parseRequest: ParseHead<RequestHead> = (bytes, base, end, head) =>
  parseRequestHead(bytes, base, end, head, TEST_LIMITS);

/** Checks a request and what may follow it. */
export function checkRequest(text: string, cuts: readonly number[]): void {
  const head = new RequestHead(TEST_LIMITS.headerCountMax);
  const after = readWhole(text, head, parseRequest);
  const pieced = new RequestHead(TEST_LIMITS.headerCountMax);
  assertSame(after, head, readPieces(text, cuts, pieced, parseRequest), pieced);

  const reference = referenceRequest(text);
  assert.equal(after >= 0, reference !== null, `the codec says ${describe(after)}, the reference does not`);
  if (reference === null) return;
  assertRequest(head, after, reference);
  const body = checkBody(text.slice(after), reference, cuts);
  for (const by of [STRANGER, PROXY]) {
    checkForwardedRequest(head, reference, by, body ?? 'body');
    if (reference.framing === 'chunked') checkChunkedForward(head, by, body ?? 'body');
  }
}

/** Checks a response to a request with `method`, and what may follow it. */
export function checkResponse(text: string, method: string, cuts: readonly number[]): void {
  const parse: ParseHead<ResponseHead> = (bytes, base, end, one) =>
    parseResponseHead(bytes, base, end, one, TEST_LIMITS, method);
  const head = new ResponseHead(TEST_LIMITS.headerCountMax);
  const after = readWhole(text, head, parse);
  const pieced = new ResponseHead(TEST_LIMITS.headerCountMax);
  assertSame(after, head, readPieces(text, cuts, pieced, parse), pieced);

  const reference = referenceResponse(text, method);
  assert.equal(after >= 0, reference !== null, `the codec says ${describe(after)}, the reference does not`);
  if (reference === null) return;
  assertResponse(head, after, reference);
  checkBody(text.slice(after), reference, cuts);
  for (const clientMinorVersion of [0, 1]) {
    for (const close of [false, true]) {
      checkForwardedResponse(head, reference, method, clientMinorVersion, close);
    }
  }
}

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

function describe(after: number): string {
  if (after >= 0) return 'ok';
  return after === NEED_MORE ? 'more' : faultOf(after).name;
}

/** Reads from the middle of other octets, none of which may matter. */
function readWhole<Head>(text: string, head: Head, parse: ParseHead<Head>): number {
  const bytes = octets(`\r\nx${text}\r\n\r\n`);
  const after = parse(bytes, 3, 3 + text.length, head);
  return after < 0 ? after : after - 3;
}

/** Reads with one more piece at each call, each time from another array at another place. */
function readPieces<Head>(text: string, cuts: readonly number[], head: Head, parse: ParseHead<Head>): number {
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

function assertSame(after: number, head: Head, piecedAfter: number, pieced: Head): void {
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

function assertRequest(head: RequestHead, after: number, reference: ReferenceRequest): void {
  assert.deepEqual(
    {
      ...{ method: head.method, target: head.target, host: head.host, absolute: head.absolute },
      ...{ minorVersion: head.minorVersion, framing: head.framing, keepAlive: head.keepAlive, end: after },
      ...{ expectContinue: head.expectContinue, webSocketKey: head.webSocketKey },
      ...{ contentLength: head.contentLength, fields: listFields(head.fields) },
    },
    {
      ...reference,
      framing: FRAMINGS[reference.framing],
      contentLength: Math.max(0, reference.contentLength),
    },
  );
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

/** Checks what follows a head as its body; returns the data of a whole one, else null. */
function checkBody(
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

/** Checks the request that the origin gets, with a collected body where there is one. */
function checkForwardedRequest(
  head: RequestHead,
  reference: ReferenceRequest,
  by: ForwardedBy,
  body: string,
): void {
  const framing = reference.framing === 'none' ? BODY_NONE : BODY_LENGTH;
  const data = framing === BODY_NONE ? '' : body;
  const text = writeRequestHead(head, by, framing, data.length, REQUEST_ID, DEFAULT_HOST);
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
  const text = writeRequestHead(head, by, BODY_CHUNKED, 0, REQUEST_ID, DEFAULT_HOST);
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

function hostTowardsOrigin(reference: ReferenceRequest): string {
  const named = reference.absolute || valuesOf(reference.fields, 'host').length > 0;
  return named ? reference.host : DEFAULT_HOST;
}

/** Fields that never pass, in lower case. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'http2-settings', 'expect'],
  ...['content-length', 'transfer-encoding'],
]);
/** Fields that Connection cannot make hop-by-hop. */
const KEPT: ReadonlySet<string> = new Set([
  ...['host', 'authorization', 'cookie', 'content-type', 'content-encoding', 'via', 'max-forwards'],
  ...['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-accept'],
]);
const OF_NODE = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-request-id|content-length|transfer-encoding)$/;

/** The fields that the origin must get: those of the client that pass, then those of the node. */
function expectedFields(
  reference: ReferenceRequest,
  by: ForwardedBy,
  framing: number,
  contentLength: number,
): Fields {
  const { fields, absolute, host, method } = reference;
  const kept = fields.filter(([name]) => passes(name.toLowerCase(), reference, by.trusted));
  const start: Fields = absolute ? [['Host', host]] : [];
  const added: [string, string][] = [];
  const forwarded = hostTowardsOrigin(reference);
  if (!absolute && valuesOf(fields, 'host').length === 0) added.push(['Host', forwarded]);
  const bodyExpected = framing === BODY_LENGTH || ['POST', 'PUT', 'PATCH'].includes(method);
  if (bodyExpected) added.push(['Content-Length', `${contentLength}`]);
  if (reference.webSocketKey !== '') added.push(['Connection', 'Upgrade'], ['Upgrade', 'websocket']);
  const forwards = maxForwards(reference);
  if (forwards > 0) added.push(['Max-Forwards', `${forwards - 1}`]);
  added.push(['Via', `1.${reference.minorVersion} secbeat`]);
  return [...start, ...kept, ...added, ...clientFields(reference, by)];
}

function clientFields({ fields, host }: ReferenceRequest, by: ForwardedBy): [string, string][] {
  const told = (name: string) => by.trusted && valuesOf(fields, name).length > 0;
  const chain = by.trusted ? valuesOf(fields, 'x-forwarded-for').filter((value) => value !== '') : [];
  const added: [string, string][] = [['X-Forwarded-For', [...chain, by.peer].join(', ')]];
  if (!told('x-forwarded-proto')) added.push(['X-Forwarded-Proto', by.scheme]);
  if (!told('x-forwarded-host') && host !== '') added.push(['X-Forwarded-Host', host]);
  added.push(['X-Request-Id', REQUEST_ID]);
  return added;
}

/** Whether a field of the client goes on to the origin. */
function passes(name: string, reference: ReferenceRequest, trusted: boolean): boolean {
  if (HOP_BY_HOP.has(name)) return false;
  if (name === 'host') return !reference.absolute;
  if (name === 'max-forwards') return maxForwards(reference) <= 0;
  const plain = name.replaceAll('_', '-');
  if (OF_NODE.test(plain)) {
    return trusted && plain === name && name !== 'x-forwarded-for' && name !== 'x-request-id';
  }
  return KEPT.has(name) || !connectionOptions(reference.fields)?.includes(name);
}

/** What Max-Forwards of an OPTIONS request says, or -1. */
function maxForwards({ fields, method }: ReferenceRequest): number {
  const numbers = valuesOf(fields, 'max-forwards').filter((value) => /^[0-9]+$/.test(value));
  if (method !== 'OPTIONS' || numbers.length === 0) return -1;
  return Math.min(...numbers.map(Number), 999_999_999);
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

function isKept(name: string): boolean {
  return KEPT.has(name) || name === 'expect' || OF_NODE.test(name.replaceAll('_', '-'));
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

const CLEAN_FIELD =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: (?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Asserts that a head holds no control octet but CRLF at line ends, and every field in the one form. */
function assertClean(head: string): void {
  assert.ok(head.endsWith('\r\n\r\n'));
  const [line = '', ...fields] = head.slice(0, -4).split('\r\n');
  assert.match(line, /^[\t\x20-\x7e\x80-\xff]+$/);
  for (const field of fields) assert.match(field, CLEAN_FIELD);
}
