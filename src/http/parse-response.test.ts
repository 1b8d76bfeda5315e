import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NEED_MORE } from './faults.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from './framing.ts';
import { parseResponseHead } from './parse-response.ts';
import { ResponseHead } from './response-head.ts';
import { acceptResponse, listFields, octets, readResponse, TEST_LIMITS } from './testing/read.ts';

function responseText(line: string, ...fields: readonly string[]): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n`;
}

function accept(line: string, ...fields: readonly string[]): ResponseHead {
  return acceptResponse(responseText(line, ...fields));
}

function outcome(line: string, ...fields: readonly string[]): string {
  return readResponse(responseText(line, ...fields)).outcome;
}

describe('status line (RFC 9112 §4)', () => {
  const accepted: readonly (readonly [string, number, number])[] = [
    ['HTTP/1.1 200 OK', 200, 1],
    ['HTTP/1.0 404 Not Found', 404, 0],
    ['HTTP/1.1 200 ', 200, 1],
    ['HTTP/1.1 200', 200, 1],
    ['HTTP/1.1 599 \t odd \xe4 reason!', 599, 1],
    ['HTTP/1.1 999 Unassigned', 999, 1],
    ['HTTP/1.2 200 OK', 200, 1],
    ['HTTP/1.9 200 OK', 200, 1],
    [`HTTP/1.1 200 ${'x'.repeat(499)}`, 200, 1],
  ];
  for (const [line, status, minor] of accepted) {
    it(`is accepted as ${JSON.stringify(line.slice(0, 40))}`, () => {
      const head = accept(line, 'Content-Length: 0');
      assert.deepEqual([head.status, head.minorVersion], [status, minor]);
    });
  }

  const refused: readonly string[] = [
    ...[
      '',
      'OK',
      ' HTTP/1.1 200 OK',
      '\r\nHTTP/1.1 200 OK',
      'http/1.1 200 OK',
      'HTTP/2.0 200 OK',
      'HTTP/0.9 200 OK',
    ],
    ...[
      'HTTP/1.x 200 OK',
      'HTTP/1.10 200 OK',
      'HTTP/1 200 OK',
      'HTTP/1.1  200 OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1200 OK',
    ],
    ...[
      'HTTP/1.1 20 OK',
      'HTTP/1.1 2000 OK',
      'HTTP/1.1 2x0 OK',
      'HTTP/1.1 +20 OK',
      'HTTP/1.1 0x8 OK',
      'HTTP/1.1 099 No',
    ],
    ...[
      'HTTP/1.1 000 No',
      'HTTP/1.1 -20 OK',
      'HTTP/1.1 200OK',
      'HTTP/1.1 200\tOK',
      'HTTP/1.1 200 a\0b',
      'HTTP/1.1 200 a\x1bb',
    ],
    ...[
      'HTTP/1.1 200 a\x7fb',
      'HTTP/1.1 200 a\rb',
      'HTTP/1.1 200 a\nb',
      'HTTP/1.1 200\r',
      'HTTP/1.1 OK',
      'ICY 200 OK',
    ],
    ...[
      'HTTP/1.1 200.1 OK',
      'HTTP/1.1 \xb22\xb2 OK',
      'HTTP/1.1',
      `HTTP/1.1 200 ${'x'.repeat(500)}`,
      'HTTP/1,1 200 OK',
    ],
  ];
  for (const line of refused) {
    it(`is refused as ${JSON.stringify(line.slice(0, 40))}`, () =>
      assert.equal(outcome(line, 'Content-Length: 0'), 'status_line'));
  }

  it('is refused with LF alone as line end (§2.2)', () => {
    assert.equal(readResponse('HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n').outcome, 'status_line');
  });

  it('is refused before its end where it grows without one', () => {
    assert.equal(readResponse(`HTTP/1.1 200 ${'x'.repeat(499)}`).outcome, 'more');
    assert.equal(readResponse(`HTTP/1.1 200 ${'x'.repeat(500)}`).outcome, 'status_line');
  });
});

describe('field lines of a response (RFC 9112 §5)', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['a fold (§5.2)', 'a: b\r\n c', 'obsolete_fold'],
    ['white space before the colon (§5.1)', 'a : b', 'field_name'],
    ['an empty name', ': b', 'field_name'],
    ['NUL (RFC 9110 §5.5)', 'a: \0', 'field_value'],
    ['a bare CR that could split it (§2.2)', 'a: b\rSet-Cookie: c', 'bare_line_end'],
    ['a bare LF that could split it (§2.2)', 'a: b\nSet-Cookie: c', 'bare_line_end'],
    ['a Connection field that is no list of tokens', 'Connection: a b', 'connection'],
  ];
  for (const [what, field, fault] of refused) {
    it(`are refused for ${what}`, () => assert.equal(outcome('HTTP/1.1 200 OK', field), fault));
  }

  it('are held to the limits, like those of a request', () => {
    const limits = { headerBytesMax: 10, headerCountMax: 2 };
    const read = (...fields: string[]) =>
      readResponse(responseText('HTTP/1.1 200 OK', ...fields), 'GET', limits);
    assert.equal(read('a: 1', 'b: 2').outcome, 'ok');
    assert.equal(read('a: 1', 'b: 23').outcome, 'header_too_large');
    assert.equal(read('a:', 'b:', 'c:').outcome, 'too_many_fields');
  });
});

describe('framing of a response (RFC 9112 §6.3)', () => {
  const bodiless: readonly (readonly [string, string])[] = [
    ['HTTP/1.1 200 OK', 'HEAD'],
    ['HTTP/1.1 404 Not Found', 'HEAD'],
    ['HTTP/1.1 100 Continue', 'GET'],
    ['HTTP/1.1 101 Switching Protocols', 'GET'],
    ['HTTP/1.1 103 Early Hints', 'POST'],
    ['HTTP/1.1 199 Odd', 'GET'],
    ['HTTP/1.1 204 No Content', 'GET'],
    ['HTTP/1.1 304 Not Modified', 'GET'],
    ['HTTP/1.0 304 Not Modified', 'GET'],
  ];
  for (const [line, method] of bodiless) {
    it(`is no body for ${line.slice(9)} to ${method}, whatever the fields say`, () => {
      for (const field of ['Content-Length: 5', 'Transfer-Encoding: chunked', 'X: y']) {
        const head = acceptResponse(responseText(line, field), method);
        assert.equal(head.framing, BODY_NONE, field);
      }
    });
  }

  it('is chunked, a length, or everything until the end', () => {
    assert.equal(accept('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked').framing, BODY_CHUNKED);
    assert.equal(accept('HTTP/1.1 200 OK', 'Transfer-Encoding: CHUNKED').framing, BODY_CHUNKED);
    const length = accept('HTTP/1.1 200 OK', 'Content-Length: 5');
    assert.deepEqual([length.framing, length.contentLength], [BODY_LENGTH, 5]);
    assert.equal(accept('HTTP/1.1 200 OK', 'Content-Length: 0').framing, BODY_NONE);
    const endless = accept('HTTP/1.1 200 OK');
    assert.deepEqual(
      [endless.framing, endless.contentLength, endless.keepAlive],
      [BODY_UNTIL_CLOSE, -1, false],
    );
    assert.equal(accept('HTTP/1.0 200 OK', 'Connection: keep-alive').keepAlive, false);
  });

  it('is as usual for 205, which merely has no content (RFC 9110 §15.3.6)', () => {
    assert.equal(accept('HTTP/1.1 205 Reset Content', 'Content-Length: 3').framing, BODY_LENGTH);
  });

  const refused: readonly (readonly [string, readonly string[], string])[] = [
    ['both fields', ['Content-Length: 5', 'Transfer-Encoding: chunked'], 'conflicting_framing'],
    [
      'both fields, the other way',
      ['Transfer-Encoding: chunked', 'Content-Length: 5'],
      'conflicting_framing',
    ],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 5'], 'content_length'],
    ['a list of lengths', ['Content-Length: 5, 5'], 'content_length'],
    ['no length', ['Content-Length:'], 'content_length'],
    ['a negative length', ['Content-Length: -5'], 'content_length'],
    ['a length above 2^53', ['Content-Length: 9007199254740992'], 'content_length'],
    ['two codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 'transfer_encoding'],
    ['a coding that was not asked for', ['Transfer-Encoding: gzip, chunked'], 'transfer_encoding'],
    ['chunked twice', ['Transfer-Encoding: chunked, chunked'], 'transfer_encoding'],
    ['chunked not last', ['Transfer-Encoding: chunked, gzip'], 'transfer_encoding'],
    ['an odd coding', ['Transfer-Encoding: xchunked'], 'transfer_encoding'],
    ['no coding', ['Transfer-Encoding:'], 'transfer_encoding'],
  ];
  for (const [what, fields, fault] of refused) {
    it(`is refused for ${what}`, () => assert.equal(outcome('HTTP/1.1 200 OK', ...fields), fault));
  }

  it('is refused for Transfer-Encoding in HTTP/1.0 (§6.1)', () => {
    assert.equal(outcome('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'), 'transfer_encoding');
  });

  it('is refused for both fields even where no body follows', () => {
    const text = responseText('HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked');
    assert.equal(readResponse(text, 'HEAD').outcome, 'conflicting_framing');
    assert.equal(
      readResponse(responseText('HTTP/1.1 304 Not Modified', 'Content-Length: x')).outcome,
      'content_length',
    );
  });
});

describe('persistence of a connection to the origin (RFC 9112 §9.3)', () => {
  const cases: readonly (readonly [string, readonly string[], boolean])[] = [
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: CLOSE'], false],
    ['HTTP/1.1', ['Connection: x, close'], false],
    ['HTTP/1.1', ['Connection: keep-alive', 'Connection: close'], false],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.0', ['Connection: Keep-Alive, x'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
  ];
  for (const [version, fields, keepAlive] of cases) {
    it(`of ${version} with ${fields.join(' | ') || 'nothing'} is ${keepAlive}`, () =>
      assert.equal(accept(`${version} 200 OK`, 'Content-Length: 0', ...fields).keepAlive, keepAlive));
  }
});

describe('a response in pieces', () => {
  const text = responseText('HTTP/1.1 200 OK', 'Content-Length: 3', 'X:  y ', 'Connection: x');

  it('needs more at every octet but the last, and then is read as it would have been whole', () => {
    const head = new ResponseHead(TEST_LIMITS.headerCountMax);
    for (let end = 0; end < text.length; end++) {
      const bytes = octets(`__${text.slice(0, end)}`);
      assert.equal(
        parseResponseHead(bytes, 2, bytes.length, head, TEST_LIMITS, 'GET'),
        NEED_MORE,
        `${end} octets`,
      );
    }
    const bytes = octets(`_____${text}abc`);
    const after = parseResponseHead(bytes, 5, bytes.length, head, TEST_LIMITS, 'GET');
    assert.equal(after, 5 + text.length);
    assert.deepEqual(listFields(head.fields), [
      ['Content-Length', '3'],
      ['X', 'y'],
      ['Connection', 'x'],
    ]);
    assert.deepEqual([head.contentLength, head.editable, head.hasConnectionOptions], [3, false, true]);
  });
});

describe('a response head that is used again', () => {
  it('holds nothing of the response before it once it is cleared', () => {
    const first = responseText('HTTP/1.0 204 x', 'Content-Length: 3', 'Connection: x, keep-alive', 'Y:z');
    const head = new ResponseHead(TEST_LIMITS.headerCountMax);
    const bytes = octets(first);
    parseResponseHead(bytes, 0, bytes.length, head, TEST_LIMITS, 'GET');
    head.clear();
    const plain = ({ fields, ...rest }: ResponseHead) => ({
      ...rest,
      count: fields.count,
      text: fields.text,
      canonical: fields.canonical,
    });
    assert.deepEqual(plain(head), plain(new ResponseHead(TEST_LIMITS.headerCountMax)));
  });
});
