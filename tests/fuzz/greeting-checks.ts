/**
 * What must hold for the first octets of a connection, as functions that throw where it does not: they are read the
 * same in whatever pieces they come, nothing is waited for beyond its bound, and what was read can be told on.
 */
import assert from 'node:assert/strict';
import { prefaceMatch } from '../../src/http/http2/preface.ts';
import { cutAt, octets } from '../../src/http/testing/read.ts';
import {
  PROXY_HEADER_BYTES_MAX,
  type ProxiedPeer,
  parseProxyHeader,
} from '../../src/mitigation/listen/proxy-header.ts';
import { writeProxyHeader } from '../../src/mitigation/upstream/proxy-header.ts';
import type { ClientHello } from '../../src/tls/client-hello.ts';
import { HELLO_BYTES_MAX, HelloReader, type HelloReading } from '../../src/tls/hello-reader.ts';
import { ja4Of } from '../../src/tls/ja4.ts';

const JA4 = /^t(?:1[0-3]|s[23]|00)[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

/** Checks a ClientHello and what may follow it. */
export function checkHello(text: string, cuts: readonly number[]): void {
  const bytes = octets(text);
  const whole = read([bytes]);
  const pieced = read(cutAt(bytes, cuts));
  const single = read(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  assert.deepEqual(pieced.reading, whole.reading, 'the same in pieces');
  assert.deepEqual(single.reading, whole.reading, 'the same in pieces of one octet');
  if (bytes.length > 2 * HELLO_BYTES_MAX) assert.notEqual(whole.reading.kind, 'more');
  if (whole.reading.kind === 'hello') checkFingerprint(whole.reading.hello);
}

function read(pieces: readonly Buffer[]): { reading: HelloReading } {
  const reader = new HelloReader();
  let reading: HelloReading = { kind: 'more' };
  let taken = 0;
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    reading = reader.push(piece);
    taken += piece.length;
    if (reading.kind !== 'more') break;
  }
  assert.deepEqual(reader.octets(), Buffer.concat(pieces).subarray(0, taken), 'all that came is kept');
  return { reading };
}

function checkFingerprint(hello: ClientHello): void {
  const fingerprint = ja4Of(hello);
  assert.match(fingerprint, JA4);
  const shuffled = {
    ...hello,
    cipherSuites: hello.cipherSuites.toReversed(),
    extensions: hello.extensions.toReversed(),
  };
  assert.equal(ja4Of(shuffled), fingerprint);
}

/** Octets that come at once from a slow client; the network's own work for each is far more than the reader's. */
const SLOW_BYTES = 16;

/** Reads a hello in small pieces, which is the dearest way. */
export function readHelloSlowly(text: string): void {
  const bytes = octets(text);
  const reader = new HelloReader();
  for (let at = 0; at < bytes.length; at += SLOW_BYTES) {
    if (reader.push(bytes.subarray(at, at + SLOW_BYTES)).kind !== 'more') return;
  }
}

export function checkProxyHeader(text: string): void {
  const bytes = octets(text);
  const whole = parseProxyHeader(bytes);
  let first = parseProxyHeader(bytes.subarray(0, 0));
  let end = 0;
  while (first.kind === 'more' && end < bytes.length) first = parseProxyHeader(bytes.subarray(0, ++end));
  assert.deepEqual(first, whole, 'no later octet changes the reading');
  if (bytes.length >= PROXY_HEADER_BYTES_MAX) assert.notEqual(whole.kind, 'more');
  if (whole.kind !== 'header') return;
  assert.ok(whole.length <= end, 'the header ends within what decided it');
  if (whole.peer !== null) checkRetold(whole.peer);
}

/** What a header says is what the node tells an origin. */
function checkRetold(peer: ProxiedPeer): void {
  for (const version of ['v1', 'v2'] as const) {
    const header = writeProxyHeader(version, {
      client: { address: peer.address },
      connection: { peerPort: peer.port, localPort: peer.localPort, localAddress: peer.localAddress },
    } as Parameters<typeof writeProxyHeader>[1]);
    const again = parseProxyHeader(header);
    assert.deepEqual(again, { kind: 'header', peer, length: header.length }, header.toString('latin1'));
  }
}

export function checkPreface(text: string): void {
  const bytes = octets(text);
  const whole = prefaceMatch(bytes, 0, bytes.length);
  let first = prefaceMatch(bytes, 0, 0);
  for (let end = 1; end <= bytes.length && first === 'more'; end++) first = prefaceMatch(bytes, 0, end);
  assert.equal(first, whole);
  assert.equal(whole === 'match', text.startsWith('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
}
