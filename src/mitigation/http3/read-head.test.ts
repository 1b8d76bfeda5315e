import assert from 'node:assert/strict';
import { it } from 'node:test';
import { faultOf } from '../../http/faults.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from '../../http/framing.ts';
import { isMalformed } from '../../http/http2/read-request.ts';
import { RequestHead } from '../../http/request-head.ts';
import { type FieldTable, Http3Reader } from './read-head.ts';

const LIMITS = { targetBytesMax: 100, headerBytesMax: 1000, headerCountMax: 10 };
const PSEUDO = { ':method': 'GET', ':scheme': 'https', ':authority': 'example.org', ':path': '/' };

const reader = new Http3Reader();

function read(table: FieldTable, endStream = true): { head: RequestHead; fault: number } {
  const head = new RequestHead(16);
  return { fault: reader.readHead({ ...PSEUDO, ...table }, head, LIMITS, endStream), head };
}

it('lays a head out as that of any other protocol', () => {
  const { head, fault } = read({ '1': 'one', 'x-own': ['a', 'caf\xe9'], cookie: ['a=1', 'b=2'] });
  assert.equal(fault, 0);
  assert.deepEqual(
    [head.method, head.target, head.host, head.protocol],
    ['GET', '/', 'example.org', 'HTTP/3.0'],
  );
  const { fields } = head;
  const lines = Array.from({ length: fields.count }, (_, i) => `${fields.name(i)}: ${fields.value(i)}`);
  assert.deepEqual(lines, ['host: example.org', '1: one', 'x-own: a', 'x-own: caf\xe9', 'cookie: a=1; b=2']);
});

it('tells a body by the end of the stream and by its length', () => {
  assert.equal(read({}).head.framing, BODY_NONE);
  assert.equal(read({}, false).head.framing, BODY_CHUNKED);
  assert.equal(read({ 'content-length': '5' }, false).head.framing, BODY_LENGTH);
});

it('a request that HTTP/2 would reset is malformed', () => {
  const malformed: readonly FieldTable[] = [
    { ':path': ['/', '/other'] },
    { ':path': undefined },
    { ':path': 'http://example.org/' },
    { ':protocol': 'unknown' },
    { host: 'other.org' },
    { 'x-own': 'a\r\nx-evil: b' },
    { 'X-Own': 'a' },
    { connection: 'close' },
    { 'content-length': ['3', '4'] },
  ];
  for (const table of malformed) {
    const { fault } = read(table);
    assert.ok(fault !== 0 && isMalformed(fault), JSON.stringify(table));
  }
});

it('what is over a limit is answered', () => {
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-${index}`, '1']));
  assert.equal(faultOf(read(many).fault).reason, 'header_too_large');
  assert.equal(faultOf(read({ 'x-own': 'a'.repeat(2000) }).fault).reason, 'header_too_large');
  assert.equal(faultOf(read({ ':path': `/${'a'.repeat(200)}` }).fault).reason, 'target_too_long');
});

it('a WebSocket is not served', () => {
  const { fault } = read({ ':method': 'CONNECT', ':protocol': 'websocket' }, false);
  assert.notEqual(fault, 0);
});

it('trailers lose what has no place in them', () => {
  const trailers = reader.readTrailers({ 'x-sum': '1', 'content-length': '3' });
  assert.equal(trailers?.count, 1);
  assert.equal(reader.readTrailers({}), null);
  assert.equal(reader.readTrailers({ ':path': '/' }), undefined);
});
