import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyReader } from '../body-reader.ts';
import { BODY_CHUNKED } from '../framing.ts';
import { HpackEncoder } from '../hpack/encoder.ts';
import { decodeBlock, type Field } from '../hpack/testing/collect.ts';
import { acceptResponse, readBody } from '../testing/read.ts';
import {
  encodeReplyHead,
  encodeRequestHead,
  encodeResponseHead,
  encodeTrailers,
  encodeWebSocketHead,
} from './write-head.ts';

function written(work: (encoder: HpackEncoder) => void): Field[] | null {
  const encoder = new HpackEncoder();
  work(encoder);
  return decodeBlock([...encoder.bytes.subarray(0, encoder.length)]);
}

function response(text: string, method = 'GET'): Field[] | null {
  return written((encoder) => encodeResponseHead(encoder, acceptResponse(text, method)));
}

describe('a response head for a client of HTTP/2', () => {
  it('has the fields of the origin, with names in lower case', () => {
    assert.deepEqual(
      response(
        'HTTP/1.1 404 Not Found\r\nServer: X/1\r\nSet-Cookie: A=B\r\nset-cookie:c\r\nX-Odd: \xe9\r\n\r\n',
      ),
      [
        [':status', '404'],
        ['server', 'X/1'],
        ['set-cookie', 'A=B'],
        ['set-cookie', 'c'],
        ['x-odd', '\xe9'],
      ],
    );
  });

  it('has nothing that ends at this hop (RFC 9113 section 8.2.2)', () => {
    const dropped = [
      ...['Connection: keep-alive, X-Hop', 'X-Hop: 1', 'Keep-Alive: timeout=5', 'Proxy-Connection: x'],
      ...['Transfer-Encoding: chunked', 'Upgrade: h2c', 'TE: trailers', 'Trailer: x'],
    ];
    assert.deepEqual(response(`HTTP/1.1 200 OK\r\n${dropped.join('\r\n')}\r\nX: y\r\n\r\n`), [
      [':status', '200'],
      ['x', 'y'],
    ]);
  });

  it('has the length as it was understood', () => {
    assert.deepEqual(response('HTTP/1.1 200 OK\r\nContent-Length: 0007\r\nX: y\r\n\r\n'), [
      [':status', '200'],
      ['x', 'y'],
      ['content-length', '7'],
    ]);
    assert.deepEqual(response('HTTP/1.1 204 OK\r\nContent-Length: 0\r\n\r\n'), [[':status', '204']]);
    assert.deepEqual(response('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n', 'HEAD')?.at(-1), [
      'content-length',
      '7',
    ]);
  });

  it('has the changes that the operator wants', () => {
    const edits = {
      dropped: new Set(['server', 'x-old']),
      lines: '',
      fields: [{ name: 'x-frame-options', value: 'DENY' }],
    };
    const head = acceptResponse('HTTP/1.1 200 OK\r\nServer: x\r\nX_Old: 1\r\nX-New: 2\r\n\r\n');
    assert.deepEqual(
      written((encoder) => encodeResponseHead(encoder, head, edits)),
      [
        [':status', '200'],
        ['x-new', '2'],
        ['x-frame-options', 'DENY'],
      ],
    );
  });

  it('may be an interim one', () => {
    assert.deepEqual(response('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), [
      [':status', '103'],
      ['link', '</a>'],
    ]);
  });
});

describe('an answer of the node', () => {
  it('has the fields that it is given', () => {
    const fields: readonly Field[] = [
      ['date', 'now'],
      ['content-type', 'text/plain'],
    ];
    assert.deepEqual(
      written((encoder) => encodeReplyHead(encoder, 429, fields)),
      [[':status', '429'], ...fields],
    );
  });
});

describe('trailers', () => {
  const trailersOf = (lines: string) => {
    const reader = new BodyReader();
    reader.start(BODY_CHUNKED, -1, true);
    const bytes = Buffer.from(`0\r\n${lines}\r\n`);
    reader.next(bytes, 0, bytes.length);
    return reader.trailers ?? assert.fail('there are trailers');
  };

  it('pass, with names in lower case', () => {
    assert.deepEqual(
      written((encoder) => assert.equal(encodeTrailers(encoder, trailersOf('X-Sum: 1\r\ny: 2\r\n')), true)),
      [
        ['x-sum', '1'],
        ['y', '2'],
      ],
    );
  });

  it('do not pass where they frame, route or authenticate', () => {
    const lines = 'Content-Length: 3\r\nConnection: x\r\nHost: a\r\nSet-Cookie: a=b\r\nAuthorization: x\r\n';
    const encoder = new HpackEncoder();
    assert.equal(encodeTrailers(encoder, trailersOf(lines)), false);
    assert.deepEqual(readBody([Buffer.from('0\r\n\r\n')], BODY_CHUNKED).trailers, []);
  });
});

describe('a request for an origin of HTTP/2', () => {
  const request = (...lines: readonly string[]) =>
    written((encoder) => encodeRequestHead(encoder, `${lines.join('\r\n')}\r\n\r\n`, 'https'));

  it('has its pseudo-fields in front, wherever Host was', () => {
    assert.deepEqual(
      request('DELETE /a?b HTTP/1.1', 'Accept: */*', 'Host: a.example:8443', 'Cookie: a=1; b=2'),
      [
        [':method', 'DELETE'],
        [':scheme', 'https'],
        [':path', '/a?b'],
        [':authority', 'a.example:8443'],
        ['accept', '*/*'],
        ['cookie', 'a=1; b=2'],
      ],
    );
  });

  it('has no authority where the client named none (RFC 9113 section 8.3.1)', () => {
    assert.deepEqual(request('OPTIONS * HTTP/1.1', 'Host: '), [
      [':method', 'OPTIONS'],
      [':scheme', 'https'],
      [':path', '*'],
    ]);
  });

  it('has nothing that belongs to a connection of HTTP/1.1', () => {
    const lines = [
      'Transfer-Encoding: chunked',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Keep-Alive: 1',
    ];
    assert.deepEqual(request('POST / HTTP/1.1', 'host: a', ...lines, 'X-Empty: '), [
      [':method', 'POST'],
      [':scheme', 'https'],
      [':path', '/'],
      [':authority', 'a'],
      ['x-empty', ''],
    ]);
  });

  it('says that its client takes trailers', () => {
    const head = 'GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n';
    const fields = written((encoder) => encodeRequestHead(encoder, head, 'http', true));
    assert.deepEqual(fields?.slice(3), [
      [':authority', 'a'],
      ['te', 'trailers'],
    ]);
  });

  it('is an extended CONNECT without a key for a WebSocket (RFC 8441)', () => {
    const lines = [
      ...['GET /chat HTTP/1.1', 'Host: a', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Origin: b'],
      ...['Sec-WebSocket-Version: 13', 'Connection: Upgrade', 'Upgrade: websocket', 'X-Request-Id: 1'],
    ];
    assert.deepEqual(
      written((encoder) => encodeWebSocketHead(encoder, `${lines.join('\r\n')}\r\n\r\n`, 'https')),
      [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'https'],
        [':path', '/chat'],
        [':authority', 'a'],
        ['origin', 'b'],
        ['sec-websocket-version', '13'],
        ['x-request-id', '1'],
      ],
    );
  });
});
