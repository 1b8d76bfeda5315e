import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptResponse } from './testing/read.ts';
import { writeResponseHead } from './write-response.ts';

interface Towards {
  readonly method?: string;
  readonly chunked?: boolean;
  readonly close?: boolean;
  readonly clientMinorVersion?: number;
}

function forward(line: string, fields: readonly string[], towards: Towards = {}): string[] {
  const { method = 'GET', chunked = false, close = false, clientMinorVersion = 1 } = towards;
  const head = acceptResponse(`${[line, ...fields].join('\r\n')}\r\n\r\n`, method);
  const text = writeResponseHead(head, chunked, close, clientMinorVersion);
  assert.ok(text.endsWith('\r\n\r\n'));
  return text.slice(0, -4).split('\r\n');
}

const OK = 'HTTP/1.1 200 OK';

describe('the forwarded response', () => {
  it('is the same where nothing ends at this hop', () => {
    const lines = ['Date: x', 'set-cookie: a', 'Set-Cookie: b', 'X: \xe4', 'Content-Length: 5'];
    assert.deepEqual(forward(OK, lines), [OK, ...lines]);
  });

  it('has every line in the one form "name: value"', () => {
    assert.deepEqual(forward(OK, ['A:1', 'B:\t2 ', 'C:', 'Content-Length: 5']), [
      OK,
      'A: 1',
      'B: 2',
      'C: ',
      'Content-Length: 5',
    ]);
  });

  it('speaks HTTP/1.1, whatever the origin spoke (RFC 9112 §2.3)', () => {
    for (const version of ['HTTP/1.0', 'HTTP/1.2', 'HTTP/1.9']) {
      assert.deepEqual(forward(`${version} 200 OK`, ['Content-Length: 5']), [OK, 'Content-Length: 5']);
    }
  });

  it('keeps status and reason as they came, and has the space that an origin left out (RFC 9112 §4)', () => {
    assert.equal(forward('HTTP/1.0 299 \t\xe4 b ', ['Content-Length: 0'])[0], 'HTTP/1.1 299 \t\xe4 b ');
    assert.equal(forward('HTTP/1.1 200', ['Content-Length: 0'])[0], 'HTTP/1.1 200 ');
    assert.equal(forward('HTTP/1.1 200 ', ['Content-Length: 0'])[0], 'HTTP/1.1 200 ');
    assert.equal(forward('HTTP/1.0 200', ['Connection: close', 'Content-Length: 0'])[0], 'HTTP/1.1 200 ');
  });
});

describe('fields of one hop in a response (RFC 9110 §7.6.1)', () => {
  it('end here', () => {
    const fields = [
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: x',
      'TE: x',
      'Trailer: X-Sum',
    ];
    fields.push('Upgrade: h2c', 'HTTP2-Settings: x', 'X: y', 'Content-Length: 5');
    assert.deepEqual(forward(OK, fields), [OK, 'X: y', 'Content-Length: 5']);
    for (const field of fields.slice(0, -2)) {
      assert.deepEqual(
        forward(OK, ['X: y', 'Content-Length: 5', field]),
        [OK, 'X: y', 'Content-Length: 5'],
        field,
      );
    }
  });

  it('that Connection names end here too, but never the framing', () => {
    const fields = ['X-Mine: 1', 'Connection: x-mine, Content-Length', 'X: y', 'Content-Length: 5'];
    assert.deepEqual(forward(OK, fields), [OK, 'X: y', 'Content-Length: 5']);
  });
});

describe('framing towards the client (RFC 9112 §6)', () => {
  it('is chunked where the node sends chunks, and never both', () => {
    assert.deepEqual(forward(OK, ['Transfer-Encoding: Chunked', 'X: y'], { chunked: true }), [
      OK,
      'X: y',
      'Transfer-Encoding: chunked',
    ]);
    assert.deepEqual(forward(OK, ['X: y'], { chunked: true }), [OK, 'X: y', 'Transfer-Encoding: chunked']);
  });

  it('ends with the connection for HTTP/1.0, which knows no chunks (§6.1)', () => {
    const lines = forward(OK, ['Transfer-Encoding: chunked'], { close: true, clientMinorVersion: 0 });
    assert.deepEqual(lines, [OK, 'Connection: close']);
  });

  it('is a plain number (RFC 9110 §8.6)', () => {
    assert.deepEqual(forward(OK, ['Content-Length: 0005']), [OK, 'Content-Length: 5']);
    assert.deepEqual(forward(OK, ['Content-Length: 00']), [OK, 'Content-Length: 0']);
  });

  for (const line of ['HTTP/1.1 204 No Content', 'HTTP/1.1 103 Early Hints', 'HTTP/1.1 102 Processing']) {
    it(`is not said for ${line.slice(9)} (RFC 9110 §8.6, RFC 9112 §6.1)`, () => {
      for (const field of ['Content-Length: 5', 'Content-Length: 0', 'Transfer-Encoding: chunked']) {
        assert.deepEqual(forward(line, ['X: y', field]), [line, 'X: y'], field);
        assert.deepEqual(forward(line, ['X:y', field]), [line, 'X: y'], field);
      }
      assert.deepEqual(forward(line, ['X: y']), [line, 'X: y']);
    });
  }

  it('is what the body would have had, for HEAD and 304 (RFC 9110 §8.6)', () => {
    assert.deepEqual(forward(OK, ['Content-Length: 5'], { method: 'HEAD' }), [OK, 'Content-Length: 5']);
    assert.deepEqual(forward(OK, ['Content-Length: 5', 'A:b'], { method: 'HEAD' }), [
      OK,
      'A: b',
      'Content-Length: 5',
    ]);
    const line = 'HTTP/1.1 304 Not Modified';
    assert.deepEqual(forward(line, ['Content-Length: 5']), [line, 'Content-Length: 5']);
    assert.deepEqual(forward(OK, ['Transfer-Encoding: chunked'], { method: 'HEAD' }), [OK]);
  });
});

describe('persistence towards the client (RFC 9112 §9.3)', () => {
  it("is the node's own, not the origin's", () => {
    for (const option of ['close', 'keep-alive', 'x']) {
      assert.deepEqual(forward(OK, [`Connection: ${option}`, 'Content-Length: 5']), [
        OK,
        'Content-Length: 5',
      ]);
    }
  });

  it('is said where the connection closes, or stays open with HTTP/1.0', () => {
    const fields = ['Content-Length: 5'];
    assert.deepEqual(forward(OK, fields, { close: true }), [OK, ...fields, 'Connection: close']);
    assert.deepEqual(forward(OK, fields, { close: true, clientMinorVersion: 0 }), [
      OK,
      ...fields,
      'Connection: close',
    ]);
    assert.deepEqual(forward(OK, fields, { clientMinorVersion: 0 }), [
      OK,
      ...fields,
      'Connection: keep-alive',
    ]);
  });
});
