import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { RequestBody } from '../inspection.ts';
import { readRequestBody } from './request-body.ts';
import { LIMITS, pairsOf } from './testing/bodies.ts';

function read(body: string | Uint8Array, type: string | null, encoding: string | null = null): RequestBody {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return readRequestBody(bytes, true, type, encoding, LIMITS, 1_000_000);
}

const UTF16_LE = Buffer.from('{"a":"<script>\u00e9"}', 'utf16le');
const UTF16_BE = Buffer.from(UTF16_LE).swap16();
const JSON_PAIR = `json.a=<script>${Buffer.from('\u00e9').toString('latin1')}`;

describe('the body of a request', () => {
  it('is text of octets and goes to the parser of its media type', () => {
    const body = read('a=1&b=\u00ff', 'application/x-www-form-urlencoded');
    assert.equal(body.text, 'a=1&b=\u00ff');
    assert.equal(body.processor, 'URLENCODED');
    assert.deepEqual(pairsOf(body.parse('URLENCODED')), ['a=1', 'b=\u00ff']);
    assert.equal(body.unpackFault, null);
  });

  it('is taken apart once by each processor', () => {
    const body = read('{"a":1}', 'application/json');
    const parsed = body.parse('JSON');
    assert.equal(body.parse('JSON'), parsed);
    assert.equal(body.parse('URLENCODED').processor, 'URLENCODED');
    assert.equal(body.parse('JSON'), parsed);
  });

  it('is unpacked', () => {
    const body = read(gzipSync('a=1'), 'application/x-www-form-urlencoded', 'gzip');
    assert.deepEqual(pairsOf(body.parse('URLENCODED')), ['a=1']);
    assert.notEqual(read('a=1', null, 'gzip').unpackFault, null);
    assert.notEqual(read('a=1', null, 'lzma').unpackFault, null);
  });

  it('is turned from UTF-16 into UTF-8, declared or marked', () => {
    const mark = Buffer.from([0xff, 0xfe]);
    const reverseMark = Buffer.from([0xfe, 0xff]);
    for (const [bytes, type] of [
      [UTF16_LE, 'application/json; charset=utf-16le'],
      [UTF16_BE, 'application/json; charset="UTF-16BE"'],
      [UTF16_LE, 'application/json; charset=utf-16'],
      [UTF16_BE, 'application/json; charset=utf-16'],
      [Buffer.concat([mark, UTF16_LE]), 'application/json'],
      [Buffer.concat([reverseMark, UTF16_BE]), 'application/json; charset=utf-8'],
    ] as const) {
      const body = read(bytes, type);
      assert.deepEqual(pairsOf(body.parse('JSON')), [JSON_PAIR], type);
      assert.equal(body.unpackFault, null);
    }
  });

  it('is reported in a character set that hides ASCII', () => {
    for (const charset of ['utf-7', 'UTF-32', 'ibm037', 'cp500', '"utf-7"', 'x-unknown', "utf-7'"]) {
      assert.notEqual(read('a', `text/plain; charset=${charset}`).unpackFault, null, charset);
    }
    assert.notEqual(read('a', 'text/plain; charset=utf-8; charset=utf-7').unpackFault, null);
    assert.notEqual(read(Buffer.from([0, 0, 0xfe, 0xff]), 'text/plain').unpackFault, null);
    for (const charset of [
      'utf-8',
      'UTF8',
      '"utf-8"',
      'iso-8859-1',
      'windows-1252',
      'us-ascii',
      'Shift_JIS',
    ]) {
      assert.equal(read('a', `text/plain; charset=${charset}`).unpackFault, null, charset);
    }
  });

  it('may begin with a byte order mark', () => {
    assert.equal(read('\u00ef\u00bb\u00bf{"a":1}', 'application/json').parse('JSON').fault, null);
    assert.equal(read('\u00ef\u00bb\u00bf<a/>', 'text/xml').parse('XML').fault, null);
  });

  it('has a fault where Content-Type names several types', () => {
    const body = read('{"a":1}', 'application/json, text/plain');
    assert.equal(body.processor, 'JSON');
    assert.equal(body.parse('JSON').fault?.kind, 'syntax');
  });

  it('taken for multipart without being so has a fault', () => {
    assert.equal(read('a=1', 'text/plain').parse('MULTIPART').fault?.kind, 'syntax');
    assert.equal(read('a=1', null).processor, null);
  });
});
