/**
 * What must hold for requests over HTTP/3: they are read as the same fields over HTTP/2 are.
 *
 * An input is fields one behind the other; what stands between them is no octet, so that an input is one text.
 */
import assert from 'node:assert/strict';
import { HpackDecoder } from '../../src/http/hpack/decoder.ts';
import type { Field } from '../../src/http/hpack/testing/collect.ts';
import { notAdded } from '../../src/http/hpack/testing/write-block.ts';
import { RequestReader } from '../../src/http/http2/read-request.ts';
import { RequestHead } from '../../src/http/request-head.ts';
import { listFields, outcomeOf } from '../../src/http/testing/read.ts';
import { Http3Reader } from '../../src/mitigation/http3/read-head.ts';
import { checkAcceptedRequest, LIMITS } from './http2-checks.ts';

const FIELD_END = '\u2016';
const NAME_END = '\u2017';

/** One for all requests, as a worker has. */
const READER = new Http3Reader();

export function writeFields(fields: readonly Field[]): string {
  return fields.map(([name, value]) => name + NAME_END + value).join(FIELD_END);
}

export function checkHttp3Request(text: string, ends: boolean): void {
  const table = tableOf(text);
  const head = new RequestHead(LIMITS.headerCountMax);
  const fault = READER.readHead(table, head, LIMITS, ends);
  const other = new RequestHead(LIMITS.headerCountMax);
  assert.equal(outcomeOf(fault), outcomeOf(readAsHttp2(table, other, ends)));
  if (fault < 0) return;
  assert.deepEqual(listFields(head.fields), listFields(other.fields));
  checkAcceptedRequest(head, ends);
}

/** Names with their values, as the library tells them. */
function tableOf(text: string): Record<string, string[]> {
  const table: Record<string, string[]> = Object.create(null);
  for (const field of text.split(FIELD_END)) {
    const [name = '', value = ''] = field.split(NAME_END);
    table[name] ??= [];
    table[name].push(value);
  }
  return table;
}

function readAsHttp2(table: Record<string, string[]>, head: RequestHead, ends: boolean): number {
  const all = Object.entries(table).flatMap(([name, values]) => values.map((value): Field => [name, value]));
  const isPseudo = ([name]: Field): boolean => name.startsWith(':');
  const ordered = [...all.filter(isPseudo), ...all.filter((field) => !isPseudo(field))];
  const block = Buffer.from(ordered.flatMap(([name, value]) => notAdded(name, value)));
  const reader = new RequestReader(null);
  reader.begin(head, LIMITS);
  assert.equal(new HpackDecoder(0).decode(block, 0, block.length, reader), 0);
  return reader.finish(ends);
}
