/**
 * What a server must keep of messages over HTTP/2 (RFC 9113 section 8) and of their compression (RFC 7541), one test a
 * rule, against a real node.
 */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { type Fields, literals, requestFields } from '../support/http2-client.ts';
import { Http2Rules } from '../support/http2-rules.ts';

const WHOLE = h2.FLAG_END_HEADERS;
const END = h2.FLAG_END_STREAM;

describe('HTTP/2 messages', () => {
  const rules = new Http2Rules();

  describe('RFC 9113 section 8.1: messages', () => {
    rules.harmless('a request may end with trailers', async (client) => {
      const id = await rules.opened(client);
      client.data(id, 'body');
      client.headers(id, [['x-checksum', '1']]);
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.reset('trailers that do not end the stream', h2.PROTOCOL_ERROR, async (client) => {
      const id = await rules.opened(client);
      client.headers(id, [['x-checksum', '1']], false);
      return id;
    });
    rules.badTrailers('a pseudo-field in trailers', [[':method', 'GET']]);
    rules.badTrailers('an unknown pseudo-field in trailers', [[':unknown', '1']]);
    rules.badTrailers('an upper-case name in trailers', [['X-Checksum', '1']]);
    rules.badTrailers('Connection in trailers', [['connection', 'close']]);
    rules.harmless('trailers may be empty, and need no data before them', async (client) => {
      const id = await rules.opened(client);
      client.headers(id, []);
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.reset('less data than content-length says, and trailers', h2.PROTOCOL_ERROR, (client) => {
      const id = client.request([['content-length', '3']], { method: 'POST', end: false });
      client.data(id, 'ab');
      client.headers(id, [['x-checksum', '1']]);
      return id;
    });
    rules.reset('less data than content-length says', h2.PROTOCOL_ERROR, (client) => {
      const id = client.request([['content-length', '3']], { method: 'POST', end: false });
      client.data(id, 'ab', true);
      return id;
    });
    rules.reset('more data than content-length says', h2.PROTOCOL_ERROR, (client) => {
      const id = client.request([['content-length', '3']], { method: 'POST', end: false });
      client.data(id, 'abcd');
      return id;
    });
    rules.reset('data behind content-length 0', h2.PROTOCOL_ERROR, (client) => {
      const id = client.request([['content-length', '0']], { method: 'POST', end: false });
      client.data(id, 'a', true);
      return id;
    });
    rules.harmless('padding does not count for content-length', async (client) => {
      const id = client.request([['content-length', '1']], { method: 'POST', end: false });
      client.send(h2.DATA, h2.FLAG_PADDED | END, id, Buffer.from([2, 0x61, 0, 0]));
      assert.equal((await client.answer(id)).status, 200);
    });
    for (const length of ['', '-1', '+1', '1,1', '0x1', 'one', '9'.repeat(30)]) {
      rules.malformed(
        `content-length "${length}"`,
        requestFields('/', [['content-length', length]], 'POST'),
        false,
      );
    }
    rules.malformed(
      'content-length twice',
      requestFields(
        '/',
        [
          ['content-length', '1'],
          ['content-length', '1'],
        ],
        'POST',
      ),
      false,
    );
    rules.malformed('content-length without data', requestFields('/', [['content-length', '3']], 'POST'));
    rules.harmless(
      'an answer may be complete before its request, whose rest is asked not to come',
      async (client) => {
        const id = client.request([['content-length', '99999999999']], { method: 'POST', end: false });
        const answer = await client.answer(id);
        assert.equal(answer.status, 413);
        await client.when('reset', () => (answer.reset === null ? null : true));
        assert.equal(answer.reset, h2.NO_ERROR);
      },
    );
  });

  describe('RFC 9113 section 8.2: fields', () => {
    rules.malformed('an upper-case name', requestFields('/', [['X-Test', '1']]));
    rules.malformed('a space in a name', requestFields('/', [['x test', '1']]));
    rules.malformed('a colon in a name', requestFields('/', [['x:test', '1']]));
    rules.malformed('an empty name', requestFields('/', [['', '1']]));
    rules.malformed('a line end in a value', requestFields('/', [['x-test', 'a\r\nb: c']]));
    rules.malformed('NUL in a value', requestFields('/', [['x-test', 'a\0b']]));
    rules.malformed('a space in front of a value', requestFields('/', [['x-test', ' a']]));
    rules.malformed('Connection', requestFields('/', [['connection', 'keep-alive']]));
    rules.malformed('Transfer-Encoding', requestFields('/', [['transfer-encoding', 'chunked']]));
    rules.malformed('Upgrade', requestFields('/', [['upgrade', 'h2c']]));
    rules.malformed('Keep-Alive', requestFields('/', [['keep-alive', '1']]));
    rules.malformed('Proxy-Connection', requestFields('/', [['proxy-connection', 'close']]));
    for (const octet of ['\t', '(', '\x7f', '\xff', '\0', '\n']) {
      rules.malformed(`octet ${octet.charCodeAt(0)} in a name`, requestFields('/', [[`x${octet}`, '1']]));
    }
    rules.malformed('CR in a value', requestFields('/', [['x-test', 'a\rb']]));
    rules.malformed('LF in a value', requestFields('/', [['x-test', 'a\nb']]));
    rules.malformed('white space behind a value', requestFields('/', [['x-test', 'a\t']]));
    rules.malformed('TE with more than trailers', requestFields('/', [['te', 'trailers, gzip']]));
    rules.malformed('TE other than trailers', requestFields('/', [['te', 'gzip']]));
    rules.harmless('TE may be trailers', async (client) => {
      assert.equal((await client.get('/', [['te', 'trailers']])).status, 200);
    });
    rules.harmless('crumbs of a cookie reach the origin as one field', async (client) => {
      rules.stand.origin.forget();
      await client.get('/', [
        ['cookie', 'a=1'],
        ['cookie', 'b=2'],
      ]);
      assert.match(rules.stand.origin.received, /\r\ncookie: a=1; b=2\r\n/i);
    });
  });

  describe('RFC 9113 section 8.3: pseudo-fields', () => {
    const plain: Fields = [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':authority', 'example.org'],
      [':path', '/'],
    ];
    rules.malformed('behind another field', [...plain.slice(1), ['x', 'y'], [':method', 'GET']]);
    rules.malformed('unknown', [...plain, [':unknown', 'x']]);
    rules.malformed('of a response', [...plain, [':status', '200']]);
    rules.malformed(
      ':method missing',
      plain.filter(([name]) => name !== ':method'),
    );
    rules.malformed(
      ':scheme missing',
      plain.filter(([name]) => name !== ':scheme'),
    );
    rules.malformed(
      ':path missing',
      plain.filter(([name]) => name !== ':path'),
    );
    rules.malformed(':path empty', requestFields(''));
    rules.malformed(':path without a slash', requestFields('index'));
    rules.malformed('* for another method than OPTIONS', requestFields('*'));
    rules.malformed(':method twice', [[':method', 'GET'], ...plain]);
    rules.malformed(':scheme twice', [[':scheme', 'http'], ...plain]);
    rules.malformed(':path twice', [[':path', '/'], ...plain]);
    rules.malformed(':authority twice', [...plain, [':authority', 'example.org']]);
    rules.malformed(
      'neither :authority nor Host',
      plain.filter(([name]) => name !== ':authority'),
    );
    rules.malformed(':method empty', requestFields('/', [], ''));
    rules.malformed(':path with a fragment', requestFields('/#part'));
    rules.malformed(':path with a space', requestFields('/a b'));
    rules.malformed('CONNECT with :scheme and :path', requestFields('/', [], 'CONNECT'));
    rules.harmless('Host may stand in for :authority, and be the same', async (client) => {
      const host = ['host', 'example.org'] as const;
      const id = client.nextId();
      client.headers(id, [...plain.filter(([name]) => name !== ':authority'), host]);
      assert.equal((await client.answer(id)).status, 200);
      assert.equal((await client.get('/', [host])).status, 200);
    });
    rules.malformed('userinfo in :authority', [
      ...plain.slice(0, 2),
      [':authority', 'a@example.org'],
      [':path', '/'],
    ]);
    rules.malformed('Host other than :authority', [...plain, ['host', 'example.com']]);
    rules.malformed(':protocol without CONNECT', [...plain, [':protocol', 'websocket']]);
  });

  describe('RFC 7541', () => {
    const REQUEST = literals(requestFields());
    const behind = (...octets: readonly number[]): Buffer => Buffer.concat([REQUEST, Buffer.from(octets)]);
    rules.undecodable('section 2.3.3: an index beyond the tables', behind(0xff, 0x00));
    rules.undecodable('section 2.3.3: a name beyond the tables', behind(0x7f, 0x00, 0x01, 0x78));
    rules.undecodable('section 6.1: index 0', behind(0x80));
    rules.undecodable('section 4.2: a table size behind a field', behind(0x20));
    rules.undecodable('section 5.1: an integer over all bounds', behind(0xff, 0xff, 0xff, 0xff, 0xff, 0x0f));
    rules.undecodable('section 5.1: an integer that does not end', behind(0xff, 0x80));
    rules.undecodable('section 5.2: a string that is longer than its block', behind(0x00, 0x01, 0x78, 0x7e));
    rules.undecodable(
      'section 5.2: Huffman padding longer than 7 bits',
      behind(0x00, 0x81, 0x1f, 0x84, 0x1c, 0x64, 0xff, 0xff),
    );
    rules.undecodable('section 5.2: Huffman padding of zeros', behind(0x00, 0x81, 0x1f, 0x81, 0x18));
    rules.undecodable(
      'section 5.2: EOS within a string',
      behind(0x00, 0x81, 0x1f, 0x84, 0xff, 0xff, 0xff, 0xff),
    );
    rules.undecodable(
      'section 6.3: a table size over the limit',
      Buffer.concat([Buffer.from([0x3f, 0xe1, 0xff, 0x03]), REQUEST]),
    );
    rules.harmless('section 4.2: two table sizes in front of a block', async (client) => {
      const sizes = Buffer.from([0x20, 0x3f, 0xe1, 0x1f]);
      const id = client.nextId();
      client.send(h2.HEADERS, WHOLE | END, id, Buffer.concat([sizes, REQUEST]));
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.harmless('section 2.2: a malformed request leaves the table in step', async (client) => {
      const added = Buffer.from([0x40, 0x03, 0x78, 0x2d, 0x61, 0x01, 0x31]);
      client.send(h2.HEADERS, WHOLE | END, client.nextId(), Buffer.concat([added, REQUEST]));
      assert.equal((await client.answer(1)).reset, h2.PROTOCOL_ERROR);
      rules.stand.origin.forget();
      client.send(h2.HEADERS, WHOLE | END, client.nextId(), behind(0xbe));
      assert.equal((await client.answer(3)).status, 200);
      assert.match(rules.stand.origin.received, /\r\nx-a: 1\r\n/i);
    });
  });
});
