import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from '../framing.ts';
import type { Field } from '../hpack/testing/collect.ts';
import { listFields, TEST_LIMITS } from '../testing/read.ts';
import { readResponse } from './testing/read-head.ts';

const OK: Field = [':status', '200'];

describe('a response over HTTP/2', () => {
  it('is laid out as one of HTTP/1.1', () => {
    const { outcome, head } = readResponse([
      OK,
      ['server', 'x'],
      ['set-cookie', 'a=b'],
      ['set-cookie', 'c=d'],
    ]);
    assert.equal(outcome, 'ok');
    assert.equal(
      head.fields.text,
      'HTTP/1.1 200 \r\nserver: x\r\nset-cookie: a=b\r\nset-cookie: c=d\r\n\r\n',
    );
    assert.equal(head.fields.text.slice(head.fields.start, head.fields.start + 6), 'server');
    assert.deepEqual([head.status, head.minorVersion, head.keepAlive, head.editable], [200, 1, true, false]);
    assert.deepEqual(listFields(head.fields)[2], ['set-cookie', 'c=d']);
  });
});

describe('RFC 9113 section 8.3.2: a response has', () => {
  it('a status of three digits, once and in front', () => {
    for (const status of ['100', '103', '200', '599', '999']) {
      assert.equal(readResponse([[':status', status]]).outcome, 'ok', status);
    }
    for (const status of ['', '20', '2000', '099', '2x0', '-20', '20 ']) {
      assert.notEqual(readResponse([[':status', status]]).outcome, 'ok', status);
    }
    assert.equal(readResponse([OK, OK]).outcome, 'pseudo_field');
    assert.equal(readResponse([['x', 'y'], OK]).outcome, 'pseudo_field');
    assert.equal(readResponse([]).outcome, 'pseudo_field');
  });

  it('no pseudo-field of requests', () => {
    for (const name of [':method', ':path', ':scheme', ':authority', ':protocol', ':x']) {
      assert.equal(readResponse([OK, [name, '/']]).outcome, 'pseudo_field', name);
    }
  });

  it('no 101 (section 8.6)', () => assert.equal(readResponse([[':status', '101']]).outcome, 'status_line'));
});

describe('RFC 9113 section 8.2: a field of a response', () => {
  it('obeys the same rules as one of a request', () => {
    assert.equal(readResponse([OK, ['Server', 'x']]).outcome, 'field_name');
    assert.equal(readResponse([OK, ['x', 'a\r\nb: c']]).outcome, 'field_value');
    assert.equal(readResponse([OK, ['connection', 'close']]).outcome, 'connection_field');
    assert.equal(readResponse([OK, ['transfer-encoding', 'chunked']]).outcome, 'connection_field');
  });
});

describe('RFC 9113 section 8.1.1: the body of a response', () => {
  const framing = (status: string, length: string | null, endStream: boolean, method = 'GET') => {
    const fields: Field[] = [[':status', status]];
    if (length !== null) fields.push(['content-length', length]);
    const { outcome, head } = readResponse(fields, { endStream, method });
    return outcome === 'ok' ? [head.framing, head.contentLength] : outcome;
  };

  it('is as long as content-length says, or goes on to the end of the stream', () => {
    assert.deepEqual(framing('200', '5', false), [BODY_LENGTH, 5]);
    assert.deepEqual(framing('200', '0', false), [BODY_NONE, 0]);
    assert.deepEqual(framing('200', null, false), [BODY_CHUNKED, -1]);
    assert.deepEqual(framing('200', null, true), [BODY_NONE, -1]);
    assert.equal(framing('200', '5', true), 'content_length');
    assert.equal(framing('200', '5x', false), 'content_length');
  });

  it('is none for HEAD, 204 and 304, whatever the length says', () => {
    assert.deepEqual(framing('200', '5', true, 'HEAD'), [BODY_NONE, 5]);
    assert.deepEqual(framing('304', '5', true), [BODY_NONE, 5]);
    assert.deepEqual(framing('204', null, false), [BODY_NONE, -1]);
  });

  it('is none of an interim response, which does not end the stream', () => {
    assert.deepEqual(framing('103', null, false), [BODY_NONE, -1]);
    assert.equal(framing('103', null, true), 'status_line');
  });

  it('has one length', () => {
    const length: Field = ['content-length', '5'];
    assert.equal(readResponse([OK, length, length]).outcome, 'content_length');
  });
});

describe('the answer to an extended CONNECT (RFC 8441)', () => {
  const webSocketAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

  it('is laid out as the 101 of HTTP/1.1 where it agrees', () => {
    for (const status of ['200', '204', '299']) {
      const fields: Field[] = [
        [':status', status],
        ['content-length', '5'],
        ['sec-websocket-accept', 'wrong'],
        ['sec-websocket-protocol', 'chat'],
      ];
      const { outcome, head } = readResponse(fields, { webSocketAccept });
      assert.equal(outcome, 'ok');
      assert.deepEqual([head.status, head.framing, head.contentLength], [101, BODY_NONE, -1]);
      assert.equal(
        head.fields.text,
        `HTTP/1.1 101 \r\nsec-websocket-protocol: chat\r\nupgrade: websocket\r\nsec-websocket-accept: ${webSocketAccept}\r\n\r\n`,
      );
    }
  });

  it('is any other answer where it does not, and none where it ends at once', () => {
    const { head } = readResponse([[':status', '403']], { webSocketAccept });
    assert.equal(head.fields.text, 'HTTP/1.1 403 \r\n\r\n');
    assert.equal(readResponse([OK], { webSocketAccept, endStream: true }).outcome, 'status_line');
    assert.equal(readResponse([[':status', '101']], { webSocketAccept }).outcome, 'status_line');
  });
});

describe('limits of a response', () => {
  const limits = { ...TEST_LIMITS, headerBytesMax: 500, headerCountMax: 10 };

  it('hold for octets and fields', () => {
    assert.equal(readResponse([OK, ['x', 'a'.repeat(467)]], { limits }).outcome, 'ok');
    assert.equal(readResponse([OK, ['x', 'a'.repeat(468)]], { limits }).outcome, 'header_too_large');
    assert.equal(readResponse([OK, ['x', 'a'.repeat(5000)]], { limits }).outcome, 'header_too_large');
    const fields = Array.from({ length: 11 }, (): Field => ['x', '']);
    assert.equal(readResponse([OK, ...fields], { limits }).outcome, 'too_many_fields');
  });
});
