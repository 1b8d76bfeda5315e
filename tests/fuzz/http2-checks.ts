/**
 * What must hold for heads and trailers over HTTP/2, as functions that throw where it does not:
 *
 *   - two decoders that are fed the same come to the same, one of them in memory that others use as well, and read
 *     what the reference reads; nothing that a block says makes a longer line than the sink takes;
 *   - what is accepted is laid out as one HTTP/1.1 head, for which all holds that holds for those;
 *   - written again, towards an origin or a client of either protocol, it is accepted with the same meaning.
 */
import assert from 'node:assert/strict';
import type { FieldBlock } from '../../src/http/field-block.ts';
import { BODY_CHUNKED, BODY_NONE } from '../../src/http/framing.ts';
import { HpackDecoder } from '../../src/http/hpack/decoder.ts';
import { HpackEncoder } from '../../src/http/hpack/encoder.ts';
import type { FieldSink } from '../../src/http/hpack/field-sink.ts';
import { LineRoom } from '../../src/http/hpack/line-room.ts';
import { Collector } from '../../src/http/hpack/testing/collect.ts';
import { isMalformed, RequestReader } from '../../src/http/http2/read-request.ts';
import { ResponseReader } from '../../src/http/http2/read-response.ts';
import { TrailerReader } from '../../src/http/http2/read-trailers.ts';
import { WEBSOCKET_KEY } from '../../src/http/http2/testing/read-head.ts';
import {
  encodeRequestHead,
  encodeResponseHead,
  encodeTrailers,
  encodeWebSocketHead,
} from '../../src/http/http2/write-head.ts';
import type { RequestLimits } from '../../src/http/parse-request.ts';
import { RequestHead } from '../../src/http/request-head.ts';
import { ResponseHead } from '../../src/http/response-head.ts';
import { assertClean } from '../../src/http/testing/check-head.ts';
import { checkRequest } from '../../src/http/testing/check-request.ts';
import { checkResponse } from '../../src/http/testing/check-response.ts';
import { plainRewrite } from '../../src/http/testing/plain-rewrite.ts';
import {
  listFields,
  outcomeOf,
  readResponse as readResponseText,
  readRequest as readText,
  TEST_LIMITS,
} from '../../src/http/testing/read.ts';
import { constantLines, type ForwardedBy, writeRequestHead } from '../../src/http/write-request.ts';
import { HpackReference } from './hpack-reference.ts';
import { blocksOf, TABLE_BYTES } from './http2-draw.ts';

/** Below the limits by which HTTP/1.1 is read again, which counts a little more for a line. */
export const LIMITS: RequestLimits = { targetBytesMax: 4000, headerBytesMax: 16_000, headerCountMax: 60 };
/** Of heads that the node wrote itself, with fields of its own. */
const WIDE_LIMITS = { targetBytesMax: 10_000, headerBytesMax: 60_000, headerCountMax: 200 };
const LINE_BYTES_MAX = 300;

const PEER = '192.0.2.7';
const BY: ForwardedBy = { peer: PEER, scheme: 'https', trusted: false, lines: constantLines(PEER, 'https') };

/** What differs between the readings of one input, by the number of the block. */
export interface ReadingOptions {
  /** Whether the stream ends with the block. */
  readonly ends: (block: number) => boolean;
  /** The table's limit that is acknowledged before a block, or null. */
  readonly limit: (block: number) => number | null;
}

/** Checks the decoder alone. */
export function checkDecoder(text: string, { limit }: ReadingOptions): void {
  const room = new LineRoom();
  const alone = new HpackDecoder(TABLE_BYTES);
  const shared = new HpackDecoder(TABLE_BYTES, room);
  const other = new HpackDecoder(TABLE_BYTES, room);
  const reference = new HpackReference(TABLE_BYTES);
  for (const [index, block] of blocksOf(text).entries()) {
    const bytesMax = limit(index);
    if (bytesMax !== null) for (const one of [alone, shared, reference]) one.setLimit(bytesMax);
    const expected = reference.decode(block, LINE_BYTES_MAX);
    for (const decoder of [alone, shared]) {
      const sink = new Collector(LINE_BYTES_MAX);
      // The block lies in the middle of other octets, as it does in a frame.
      const bytes = Buffer.concat([Buffer.from([0xff, 0x82]), block, Buffer.from([0x82, 0x00])]);
      const code = decoder.decode(bytes, 2, bytes.length - 2, sink);
      assert.equal(code === 0, expected !== null, `the decoder says ${code}, the reference does not`);
      if (expected === null) continue;
      assert.deepEqual({ fields: sink.fields, overlong: sink.overlongCount }, expected);
    }
    other.decode(block, 0, block.length, new Collector());
    if (expected === null) return;
  }
}

/** Decodes the blocks with both a fresh reader for each and one for all; `check` gets what they agree on. */
export function checkRequestBlocks(text: string, options: ReadingOptions): void {
  const reader = new RequestReader(() => WEBSOCKET_KEY);
  const used = new RequestHead(LIMITS.headerCountMax);
  eachBlock(text, (decoders, block, index) => {
    const ends = options.ends(index);
    const fresh = new RequestHead(LIMITS.headerCountMax);
    used.clear();
    const faults = [used, fresh].map((head, which) => {
      const one = which === 0 ? reader : new RequestReader(() => WEBSOCKET_KEY);
      one.begin(head, LIMITS);
      return decode(decoders[which]!, block, one) ? one.finish(ends) : null;
    });
    assert.equal(faults[1], faults[0], 'readers agree');
    if (faults[0] === null || faults[0] === undefined) return false;
    assert.deepEqual(readingOf(used), readingOf(fresh));
    if (faults[0] < 0) assert.equal(typeof isMalformed(faults[0]), 'boolean');
    else checkAcceptedRequest(used, ends);
    return true;
  });
}

export function checkResponseBlocks(
  text: string,
  method: string,
  accept: string,
  options: ReadingOptions,
): void {
  const reader = new ResponseReader();
  const used = new ResponseHead(LIMITS.headerCountMax);
  eachBlock(text, (decoders, block, index) => {
    const ends = options.ends(index);
    const fresh = new ResponseHead(LIMITS.headerCountMax);
    used.clear();
    const faults = [used, fresh].map((head, which) => {
      const one = which === 0 ? reader : new ResponseReader();
      one.begin(head, LIMITS, method, accept);
      return decode(decoders[which]!, block, one) ? one.finish(ends) : null;
    });
    assert.equal(faults[1], faults[0], 'readers agree');
    if (faults[0] === null || faults[0] === undefined) return false;
    assert.deepEqual(readingOf(used), readingOf(fresh));
    if (faults[0] === 0) checkAcceptedResponse(used, method);
    return true;
  });
}

export function checkTrailerBlocks(text: string): void {
  const reader = new TrailerReader();
  eachBlock(text, (decoders, block) => {
    const readers = [reader, new TrailerReader()];
    const faults = readers.map((one, which) => {
      one.begin();
      return decode(decoders[which]!, block, one) ? one.finish() : null;
    });
    assert.equal(faults[1], faults[0], 'readers agree');
    const { trailers } = reader;
    const fields = trailers === null ? [] : listFields(trailers);
    assert.deepEqual(fields, readers[1]!.trailers === null ? [] : listFields(readers[1]!.trailers));
    if (faults[0] !== 0) assert.equal(faults[0] === null || trailers === null, true);
    else if (trailers !== null) checkAcceptedTrailers(trailers, fields);
    return faults[0] !== null;
  });
}

/** A request of HTTP/1.1 on its way to an origin of HTTP/2. */
export function checkToHttp2Origin(text: string): void {
  const { outcome, head } = readText(text);
  if (outcome === 'ok') checkForwarded(head);
}

/** A response of HTTP/1.1 on its way to a client of HTTP/2. */
export function checkToHttp2Client(text: string, method: string): void {
  const { outcome, head } = readResponseText(text, method);
  // What agrees to an upgrade is not written by this way.
  if (outcome === 'ok' && head.status !== 101) checkWritten(head, method);
}

/** Decodes all blocks for requests, of which none may cost much. */
export function readRequestBlocks(text: string): void {
  const decoder = new HpackDecoder(TABLE_BYTES);
  const reader = new RequestReader(null);
  const head = new RequestHead(LIMITS.headerCountMax);
  for (const block of blocksOf(text)) {
    head.clear();
    reader.begin(head, LIMITS);
    if (!decode(decoder, block, reader)) return;
    reader.finish(true);
  }
}

/** Calls `read` with each block and the two decoders of one connection, until it is lost. */
function eachBlock(
  text: string,
  read: (decoders: readonly HpackDecoder[], block: Buffer, index: number) => boolean,
): void {
  const decoders = [new HpackDecoder(TABLE_BYTES), new HpackDecoder(TABLE_BYTES)];
  for (const [index, block] of blocksOf(text).entries()) if (!read(decoders, block, index)) return;
}

function decode(decoder: HpackDecoder, block: Buffer, sink: FieldSink): boolean {
  return decoder.decode(block, 0, block.length, sink) === 0;
}

/** For all that was laid out as HTTP/1.1; `ends` where the request ended with its head. */
export function checkAcceptedRequest(head: RequestHead, ends: boolean): void {
  assert.equal(head.fields.canonical, true);
  assert.ok(head.fields.text.length <= TEST_LIMITS.headerBytesMax);
  const { text } = head.fields;
  checkRequest(text, []);
  const again = readText(text);
  assert.equal(again.outcome, 'ok', JSON.stringify(text));
  assert.deepEqual(meaningOf(again.head), meaningOf(head));
  if (ends) assert.equal(head.framing, BODY_NONE);
  if (head.framing !== BODY_CHUNKED) assert.equal(again.head.framing, head.framing);
  checkForwarded(head);
}

/** Writes a request for an origin of HTTP/2, which has to read the same. */
function checkForwarded(head: RequestHead): void {
  const encoder = new HpackEncoder();
  const rewrite = plainRewrite('default.example');
  const text = writeRequestHead(head, BY, head.framing, head.contentLength, 'id', rewrite);
  assertClean(text);
  if (head.webSocketKey === '') encodeRequestHead(encoder, text, 'https');
  else encodeWebSocketHead(encoder, text, 'https');
  // Without a host there is no authority, which an origin may refuse; it is not for the node to make one up.
  if (/^host: \r$/im.test(text)) return;
  const reader = new RequestReader(() => WEBSOCKET_KEY);
  const again = new RequestHead(WIDE_LIMITS.headerCountMax);
  reader.begin(again, WIDE_LIMITS);
  assert.ok(decode(new HpackDecoder(0), encoder.bytes.subarray(0, encoder.length), reader));
  const isBodiless = head.framing === BODY_NONE && head.webSocketKey === '';
  assert.equal(outcomeOf(reader.finish(isBodiless)), 'ok', JSON.stringify(text));
  const host = head.host === '' ? 'default.example' : head.host;
  assert.deepEqual([again.method, again.target, again.host], [head.method, head.target, host]);
  assert.equal(again.extendedConnect, head.webSocketKey !== '');
  if (head.webSocketKey === '') assert.equal(again.framing, head.framing);
}

function checkAcceptedResponse(head: ResponseHead, method: string): void {
  assert.equal(head.editable, false);
  const { text } = head.fields;
  assert.ok(text.length <= TEST_LIMITS.headerBytesMax);
  checkResponse(text, method, []);
  const again = readResponseText(text, method);
  assert.equal(again.outcome, 'ok', JSON.stringify(text));
  assert.equal(again.head.status, head.status);
  assert.equal(again.head.contentLength, head.contentLength);
  assert.deepEqual(listFields(again.head.fields), listFields(head.fields));
  if (head.status !== 101) checkWritten(head, method);
}

/** Writes a response for a client of HTTP/2, which has to read the same. */
function checkWritten(head: ResponseHead, method: string): void {
  const encoder = new HpackEncoder();
  encodeResponseHead(encoder, head);
  const reader = new ResponseReader();
  const again = new ResponseHead(WIDE_LIMITS.headerCountMax);
  reader.begin(again, WIDE_LIMITS, method);
  assert.ok(decode(new HpackDecoder(0), encoder.bytes.subarray(0, encoder.length), reader));
  const hasBody = head.framing !== BODY_NONE || head.status < 200;
  assert.equal(outcomeOf(reader.finish(!hasBody)), 'ok', head.fields.text);
  const isBare = head.status < 200 || head.status === 204;
  assert.deepEqual(
    [again.status, again.contentLength, again.framing === BODY_NONE],
    [head.status, isBare ? -1 : head.contentLength, head.framing === BODY_NONE],
  );
  const sent = new Set(listFields(head.fields).map(([name, value]) => `${name.toLowerCase()}: ${value}`));
  for (const [name, value] of listFields(again.fields)) {
    if (name !== 'content-length') assert.ok(sent.has(`${name}: ${value}`), `${name} was never sent`);
  }
}

function checkAcceptedTrailers(trailers: FieldBlock, fields: readonly (readonly [string, string])[]): void {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  assertClean(`HTTP/1.1 200 \r\n${lines}\r\n`);
  const encoder = new HpackEncoder();
  assert.ok(encodeTrailers(encoder, trailers));
  const reader = new TrailerReader();
  reader.begin();
  assert.ok(decode(new HpackDecoder(0), encoder.bytes.subarray(0, encoder.length), reader));
  assert.equal(outcomeOf(reader.finish()), 'ok');
  assert.deepEqual(reader.trailers === null ? [] : listFields(reader.trailers), fields);
}

function meaningOf({ method, target, host, fields, maxForwards }: RequestHead): object {
  return { method, target, host, maxForwards, fields: listFields(fields) };
}

/** All that is known of a head, but for where its octets lie. */
function readingOf(head: RequestHead | ResponseHead): object {
  const { fields, ...rest } = head;
  return { ...rest, fields: listFields(fields), kinds: [...fields.kinds.subarray(0, fields.count)] };
}
