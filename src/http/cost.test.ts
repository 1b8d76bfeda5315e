/**
 * What hostile input costs: in time linear in its size, and little of it. A codec that reads a line anew with
 * each octet that arrives, or a list anew with each of its elements, is a lever for a flood.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyReader } from './body-reader.ts';
import { NEED_MORE } from './faults.ts';
import { BODY_CHUNKED, BODY_NONE } from './framing.ts';
import { parseRequestHead, type RequestLimits } from './parse-request.ts';
import { parseResponseHead } from './parse-response.ts';
import { RequestHead } from './request-head.ts';
import { ResponseHead } from './response-head.ts';
import { plainRewrite } from './testing/plain-rewrite.ts';
import { octets } from './testing/read.ts';
import { FrameTracker } from './websocket-frames.ts';
import { constantLines, writeRequestHead } from './write-request.ts';
import { writeResponseHead } from './write-response.ts';

const SMALL = 32_768;
const LARGE = 131_072;
/** Time for the large input; what is read once takes a few milliseconds. */
const LARGE_MS_MAX = 50;
/** Four times the input may take four times the time; sixteen times would be quadratic. */
const GROWTH_MAX = 10;
/** Below this the clock and other programs say more than the codec. */
const SHORT_MS = 3;
const ATTEMPTS = 6;

const LIMITS: RequestLimits = {
  targetBytesMax: LARGE * 2,
  headerBytesMax: LARGE * 2,
  headerCountMax: 65_536,
};
const BY = {
  peer: '192.0.2.1',
  scheme: 'http',
  trusted: true,
  lines: constantLines('192.0.2.1', 'http'),
} as const;

/** The best of a few attempts, since the machine has other things to do. */
function bestMs(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && best > SHORT_MS; attempt++) {
    const startMs = performance.now();
    work();
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

/** Asserts that `work` on an input made by `build` grows with the input's size and stays cheap. */
function assertCheap(build: (size: number) => string, work: (bytes: Buffer) => void): void {
  const small = octets(build(SMALL));
  const large = octets(build(LARGE));
  const smallMs = bestMs(() => work(small));
  const largeMs = bestMs(() => work(large));
  assert.ok(largeMs < LARGE_MS_MAX, `${largeMs.toFixed(1)} ms for ${large.length} octets`);
  const growth = largeMs / Math.max(smallMs, SHORT_MS);
  assert.ok(growth < GROWTH_MAX, `${smallMs.toFixed(1)} ms grow to ${largeMs.toFixed(1)} ms`);
}

const requestHead = new RequestHead(LIMITS.headerCountMax);
const responseHead = new ResponseHead(LIMITS.headerCountMax);

function readRequest(bytes: Buffer): void {
  requestHead.clear();
  if (parseRequestHead(bytes, 0, bytes.length, requestHead, LIMITS) < 0) return;
  writeRequestHead(requestHead, BY, BODY_NONE, 0, 'id', plainRewrite('default.example'));
  writeRequestHead(
    requestHead,
    { ...BY, trusted: false },
    BODY_NONE,
    0,
    'id',
    plainRewrite('default.example'),
  );
}

function readRequestInPieces(bytes: Buffer): void {
  requestHead.clear();
  let after = NEED_MORE;
  for (let end = 1; end <= bytes.length && after === NEED_MORE; end++) {
    after = parseRequestHead(bytes, 0, end, requestHead, LIMITS);
  }
}

function readResponse(bytes: Buffer): void {
  responseHead.clear();
  if (parseResponseHead(bytes, 0, bytes.length, responseHead, LIMITS, 'GET') < 0) return;
  writeResponseHead(responseHead, false, true, 1);
}

function readResponseInPieces(bytes: Buffer): void {
  responseHead.clear();
  let after = NEED_MORE;
  for (let end = 1; end <= bytes.length && after === NEED_MORE; end++) {
    after = parseResponseHead(bytes, 0, end, responseHead, LIMITS, 'GET');
  }
}

function readChunks(bytes: Buffer, step: number): void {
  const reader = new BodyReader();
  reader.start(BODY_CHUNKED, 0, false);
  let position = 0;
  for (let end = step; position >= 0 && position < bytes.length && !reader.done; end += step) {
    const until = Math.min(end, bytes.length);
    while (position >= 0 && position < until && !reader.done) position = reader.next(bytes, position, until);
  }
}

/** `unit` as often as it takes to fill `size` octets; `#` in it is a running number. */
function filled(unit: string, size: number): string {
  let text = '';
  for (let index = 0; text.length < size; index++) text += unit.replace('#', index.toString(36));
  return text;
}

type Build = (size: number) => string;

const START = 'GET / HTTP/1.1\r\nHost: a\r\n';
const END = '\r\n\r\n';

const REQUESTS: Readonly<Record<string, Build>> = {
  'a long target': (size) => `GET /${'a'.repeat(size)} HTTP/1.1\r\nHost: a${END}`,
  'a long absolute target': (size) => `GET http://a/${'?'.repeat(size)} HTTP/1.1\r\nHost: a${END}`,
  'a long host in the target': (size) => `GET http://${'a'.repeat(size)} HTTP/1.1\r\nHost: a${END}`,
  'a long method': (size) => `${'A'.repeat(size)} / HTTP/1.1\r\nHost: a${END}`,
  'a long value': (size) => `${START}X: ${'v'.repeat(size)}${END}`,
  'a long name': (size) => `${START}${'n'.repeat(size)}: v${END}`,
  'white space for a value': (size) => `${START}X:${' \t'.repeat(size / 2)}${END}`,
  'white space behind a value': (size) => `${START}X: v${' '.repeat(size)}${END}`,
  'many colons': (size) => `${START}X${':'.repeat(size)}${END}`,
  'many short fields': (size) => `${START}${filled('a:\r\n', size)}\r\n`,
  'many short fields named by Connection': (size) => `${START}Connection: a\r\n${filled('a:\r\n', size)}\r\n`,
  'fields of 300 octets': (size) =>
    `${START}${filled(`${'n'.repeat(280)}#: ${'v'.repeat(12)}\r\n`, size)}\r\n`,
  'fields of 300 octets with names in Connection': (size) =>
    `${START}Connection: ${filled('a#,', size / 2)}z\r\n${filled(`${'n'.repeat(280)}#: v\r\n`, size / 2)}\r\n`,
  'commas in Connection': (size) => `${START}Connection: ${','.repeat(size)}${END}`,
  'white space in Connection': (size) => `${START}Connection: close,${' '.repeat(size)},x${END}`,
  'options in Connection': (size) => `${START}Connection: ${filled('a,', size)}b${END}`,
  'distinct options in Connection': (size) => `${START}Connection: ${filled('x#,', size)}b${END}`,
  'many Connection fields': (size) => `${START}${filled('Connection: a,b\r\n', size)}\r\n`,
  'a long list of codings': (size) => `${START}Transfer-Encoding: ${filled('gzip,', size)}chunked${END}`,
  'a long coding': (size) => `${START}Transfer-Encoding: ${'chunked'.repeat(size / 7)}${END}`,
  'a long Content-Length': (size) => `${START}Content-Length: ${'0'.repeat(size)}${END}`,
  'a long Host': (size) => `GET / HTTP/1.1\r\nHost: ${'a'.repeat(size)}${END}`,
  'a long Host in brackets': (size) => `GET / HTTP/1.1\r\nHost: [${':'.repeat(size)}${END}`,
  'a long Expect': (size) => `${START}Expect: ${'100-continue,'.repeat(size / 13)}${END}`,
  'a long Max-Forwards': (size) => `${START}Max-Forwards: ${'9'.repeat(size)}${END}`,
  'many Max-Forwards fields': (size) =>
    `OPTIONS * HTTP/1.1\r\nHost: a\r\n${filled('Max-Forwards: 9\r\n', size)}\r\n`,
  'a long Upgrade': (size) => `${START}Connection: upgrade\r\nUpgrade: ${filled('websocket ,', size)}${END}`,
  'many Upgrade fields': (size) => `${START}${filled('Upgrade: websocket\r\n', size)}\r\n`,
  'a long key': (size) =>
    `${START}Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${'A'.repeat(size)}==${END}`,
  'many X-Forwarded-For fields': (size) => `${START}${filled('X-Forwarded-For: a\r\n', size)}\r\n`,
  'lines that are written anew': (size) => `${START}${filled('a:b\r\n', size)}\r\n`,
};

describe('a hostile request costs time linear in its size', () => {
  for (const [what, build] of Object.entries(REQUESTS)) {
    it(`with ${what}`, () => assertCheap(build, readRequest));
  }
  for (const [what, build] of Object.entries(REQUESTS)) {
    it(`with ${what}, octet by octet`, () => assertCheap(build, readRequestInPieces));
  }
});

const STATUS = 'HTTP/1.1 200 OK\r\n';

const RESPONSES: Readonly<Record<string, Build>> = {
  'a long reason': (size) => `HTTP/1.1 200 ${'a'.repeat(size)}${END}`,
  'a long value': (size) => `${STATUS}X: ${'v'.repeat(size)}${END}`,
  'a long name': (size) => `${STATUS}${'n'.repeat(size)}: v${END}`,
  'many short fields': (size) => `${STATUS}${filled('a:\r\n', size)}\r\n`,
  'commas in Connection': (size) => `${STATUS}Connection: ${','.repeat(size)}${END}`,
  'distinct options in Connection': (size) => `${STATUS}Connection: ${filled('x#,', size)}b${END}`,
  'a long list of codings': (size) => `${STATUS}Transfer-Encoding: ${filled('gzip,', size)}chunked${END}`,
};

describe('a hostile response costs time linear in its size', () => {
  for (const [what, build] of Object.entries(RESPONSES)) {
    it(`with ${what}`, () => assertCheap(build, readResponse));
    it(`with ${what}, octet by octet`, () => assertCheap(build, readResponseInPieces));
  }
});

const BODIES: Readonly<Record<string, Build>> = {
  'chunks of one octet': (size) => filled('1\r\nx\r\n', size),
  'chunks of one octet with extensions': (size) => filled('1;a="\\b"\r\nx\r\n', size),
  'extensions up to their limit': (size) => filled(`1;${'x'.repeat(200)}\r\nx\r\n`, size),
  'white space in front of an extension': (size) => filled(`1${' '.repeat(200)};a\r\nx\r\n`, size),
  'trailer lines up to their limit': (size) =>
    `0\r\n${filled(`X: ${'v'.repeat(500)}\r\n`, Math.min(size, 8000))}`,
  'one trailer line up to its limit': (size) => `0\r\nX: ${'v'.repeat(Math.min(size, 8180))}`,
  'a trailer line beyond its limit': (size) => `0\r\nX: ${'v'.repeat(size)}`,
};

describe('a hostile body costs time linear in its size', () => {
  for (const [what, build] of Object.entries(BODIES)) {
    it(`with ${what}`, () => assertCheap(build, (bytes) => readChunks(bytes, bytes.length)));
    it(`with ${what}, octet by octet`, () => assertCheap(build, (bytes) => readChunks(bytes, 1)));
  }
});

describe('a hostile tunnel costs time linear in its size', () => {
  it('with empty frames', () => {
    assertCheap(
      (size) => '\x8a\x00'.repeat(size / 2),
      (bytes) => new FrameTracker().advance(bytes),
    );
  });
});
