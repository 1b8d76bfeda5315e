/** Reads heads over HTTP/2 for tests: fields in, written as a peer might; the outcome and the reading out. */
import assert from 'node:assert/strict';
import { HpackDecoder } from '../../hpack/decoder.ts';
import type { FieldSink } from '../../hpack/field-sink.ts';
import type { Field } from '../../hpack/testing/collect.ts';
import { added, huffman, notAdded } from '../../hpack/testing/write-block.ts';
import type { RequestLimits } from '../../parse-request.ts';
import { RequestHead } from '../../request-head.ts';
import { ResponseHead } from '../../response-head.ts';
import { listFields, outcomeOf, TEST_LIMITS } from '../../testing/read.ts';
import { RequestReader } from '../read-request.ts';
import { ResponseReader } from '../read-response.ts';
import { TrailerReader } from '../read-trailers.ts';

export const WEBSOCKET_KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';

/** Runs fields through a decoder into a sink. */
export function feed(fields: readonly Field[], sink: FieldSink, decoder = new HpackDecoder(4096)): void {
  const octets = fields.flatMap(([name, value], i) =>
    i % 2 === 0 ? added(name, value) : notAdded(name, value, huffman),
  );
  assert.equal(decoder.decode(Buffer.from(octets), 0, octets.length, sink), 0);
}

export interface RequestOptions {
  readonly endStream?: boolean;
  readonly limits?: RequestLimits;
  /** Whether extended CONNECT is served; it is where nothing is said. */
  readonly webSocket?: boolean;
}

/** Reads a request; `fault` is the number behind the outcome. */
export function readRequest(
  fields: readonly Field[],
  options: RequestOptions = {},
): { outcome: string; fault: number; head: RequestHead } {
  const { endStream = true, limits = TEST_LIMITS, webSocket = true } = options;
  const reader = new RequestReader(webSocket ? () => WEBSOCKET_KEY : null);
  const head = new RequestHead(limits.headerCountMax);
  reader.begin(head, limits);
  feed(fields, reader);
  const fault = reader.finish(endStream);
  return { outcome: outcomeOf(fault), fault, head };
}

/** The pseudo-fields of a request for https://example.org/. */
export const GET: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'example.org'],
  [':path', '/'],
];

/** The same with another value or, for null, without the pseudo-field. */
export function pseudo(changes: Readonly<Record<string, string | null>>): Field[] {
  const fields = new Map<string, string | null>([...GET, ...Object.entries(changes)]);
  return [...fields].filter((field): field is [string, string] => field[1] !== null);
}

/** The outcome of a GET request with more fields. */
export function outcomeWith(...fields: readonly Field[]): string {
  return readRequest([...GET, ...fields]).outcome;
}

/** The head of a request that has to be accepted. */
export function acceptRequest(fields: readonly Field[], options?: RequestOptions): RequestHead {
  const { outcome, head } = readRequest(fields, options);
  assert.equal(outcome, 'ok', JSON.stringify(fields));
  return head;
}

export function readResponse(
  fields: readonly Field[],
  options: {
    readonly endStream?: boolean;
    readonly method?: string;
    readonly limits?: RequestLimits;
    readonly webSocketAccept?: string;
  } = {},
): { outcome: string; head: ResponseHead } {
  const { endStream = false, method = 'GET', limits = TEST_LIMITS, webSocketAccept = '' } = options;
  const reader = new ResponseReader();
  const head = new ResponseHead(limits.headerCountMax);
  reader.begin(head, limits, method, webSocketAccept);
  feed(fields, reader);
  return { outcome: outcomeOf(reader.finish(endStream)), head };
}

/** The trailer fields that are passed on, or the name of a fault. */
export function readTrailers(fields: readonly Field[]): Field[] | string {
  const reader = new TrailerReader();
  reader.begin();
  feed(fields, reader);
  const fault = reader.finish();
  if (fault < 0) return outcomeOf(fault);
  return reader.trailers === null ? [] : listFields(reader.trailers);
}
