import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NEED_MORE } from './faults.ts';
import { parseRequestHead, type RequestLimits } from './parse-request.ts';
import { RequestHead } from './request-head.ts';
import { acceptRequest, octets, outcomeOf, readRequest, requestText, TEST_LIMITS } from './testing/read.ts';

function outcome(line: string, limits: RequestLimits = TEST_LIMITS): string {
  return readRequest(requestText(line, 'Host: example.org'), limits).outcome;
}

describe('request line (RFC 9112 §3)', () => {
  it('gives method, target and version as they were sent', () => {
    const head = acceptRequest(requestText('PATCH /a%2Fb?c=%20 HTTP/1.1', 'Host: example.org'));
    assert.deepEqual([head.method, head.target, head.minorVersion], ['PATCH', '/a%2Fb?c=%20', 1]);
  });

  for (const method of [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'OPTIONS',
    'PATCH',
    'PROPFIND',
    'VERSION-CONTROL',
  ]) {
    it(`accepts ${method} (RFC 9110 §9.1)`, () => {
      assert.equal(acceptRequest(requestText(`${method} / HTTP/1.1`, 'Host: a')).method, method);
    });
  }

  it('passes unknown methods on, and tells case apart (RFC 9110 §9.1)', () => {
    for (const method of [
      'get',
      'Get',
      'BREW',
      'X',
      'GE',
      'GETS',
      'POS',
      'POSTS',
      'M-SEARCH',
      "!#$%&'*+.^_`|~9",
    ]) {
      assert.equal(acceptRequest(requestText(`${method} / HTTP/1.1`, 'Host: a')).method, method);
    }
  });

  it('gives a method that differs from a common one in a single octet as it is', () => {
    for (const method of ['GET', 'POST']) {
      for (let at = 0; at < method.length; at++) {
        const other = `${method.slice(0, at)}X${method.slice(at + 1)}`;
        assert.equal(acceptRequest(requestText(`${other} / HTTP/1.1`, 'Host: a')).method, other);
      }
    }
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['an empty line', '', 'method'],
    ['a space in front', ' GET / HTTP/1.1', 'method'],
    ['a tab in front', '\tGET / HTTP/1.1', 'method'],
    ['no method', '/ HTTP/1.1', 'method'],
    ['a method with a delimiter', 'GE(T / HTTP/1.1', 'method'],
    ['a method with a colon', 'GET: / HTTP/1.1', 'method'],
    ['a method with NUL', 'GE\0T / HTTP/1.1', 'method'],
    ['a method with an octet above ASCII', 'G\xcaT / HTTP/1.1', 'method'],
    ['a quoted method', '"GET" / HTTP/1.1', 'method'],
    ['a method of 33 octets', `${'M'.repeat(33)} / HTTP/1.1`, 'method'],
    ['a tab behind the method', 'GET\t/ HTTP/1.1', 'method'],
    ['a form feed behind the method', 'GET\x0c/ HTTP/1.1', 'method'],
    ['a method alone', 'GET', 'method'],
    ['two spaces behind the method', 'GET  / HTTP/1.1', 'request_line'],
    ['a tab behind the space', 'GET \t/ HTTP/1.1', 'request_line'],
    ['two spaces behind the target', 'GET /  HTTP/1.1', 'version'],
    ['a tab behind the target', 'GET /\tHTTP/1.1', 'target'],
    ['a vertical tab behind the target', 'GET /\x0bHTTP/1.1', 'target'],
    ['a space behind the version', 'GET / HTTP/1.1 ', 'request_line'],
    ['a tab behind the version', 'GET / HTTP/1.1\t', 'request_line'],
    ['a word behind the version', 'GET / HTTP/1.1 x', 'request_line'],
    ['no version, as HTTP/0.9 has none', 'GET /', 'request_line'],
    ['a space but no version', 'GET / ', 'version'],
    ['no target', 'GET HTTP/1.1', 'request_line'],
    ['a space in the target (§3.2)', 'GET /a b HTTP/1.1', 'version'],
    ['a control octet in the target (§3.2)', 'GET /a\x01b HTTP/1.1', 'target'],
    ['NUL in the target (§3.2)', 'GET /a\0b HTTP/1.1', 'target'],
    ['DEL in the target (§3.2)', 'GET /a\x7fb HTTP/1.1', 'target'],
    ['an octet above ASCII in the target (§3.2)', 'GET /\xe4 HTTP/1.1', 'target'],
    ['a fragment in the target (§3.2)', 'GET /a#b HTTP/1.1', 'target'],
    ['a CR in the target (§2.2)', 'GET /a\rb HTTP/1.1', 'request_line'],
    ['a CR behind the target (§2.2)', 'GET /\r HTTP/1.1', 'request_line'],
    ['an LF in the target (§2.2)', 'GET /a\nb HTTP/1.1', 'request_line'],
  ];
  for (const [what, line, fault] of refused)
    it(`is refused for ${what}`, () => assert.equal(outcome(line), fault));

  it('is refused for any octet but SP between method and target, and target and version', () => {
    for (let octet = 0; octet < 256; octet++) {
      const text = String.fromCharCode(octet);
      const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(text);
      if (text !== ' ' && !token) assert.notEqual(outcome(`GET${text}/ HTTP/1.1`), 'ok', `octet ${octet}`);
      if (text !== ' ') assert.notEqual(outcome(`GET /${text}HTTP/1.1`), 'ok', `octet ${octet}`);
      assert.notEqual(outcome(`GET / HTTP/1.1${text}`), 'ok', `octet ${octet}`);
      assert.notEqual(outcome(`${text} GET / HTTP/1.1`), 'ok', `octet ${octet}`);
    }
  });

  it('is refused where its line end is not CRLF (§2.2)', () => {
    const behind = 'Host: a\r\n\r\n';
    assert.equal(readRequest(`GET / HTTP/1.1\n${behind}`).outcome, 'bare_line_end');
    assert.equal(readRequest(`GET / HTTP/1.1\r${behind}`).outcome, 'bare_line_end');
    assert.equal(readRequest(`GET / HTTP/1.1\r\r\n${behind}`).outcome, 'bare_line_end');
    assert.equal(readRequest(`GET / HTTP/1.1\n\r${behind}`).outcome, 'bare_line_end');
  });

  it('is refused for white space between it and the first field line (§2.2)', () => {
    assert.equal(readRequest('GET / HTTP/1.1\r\n Host: a\r\n\r\n').outcome, 'obsolete_fold');
    assert.equal(readRequest('GET / HTTP/1.1\r\n\tHost: a\r\n\r\n').outcome, 'obsolete_fold');
    assert.equal(readRequest('GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n').outcome, 'obsolete_fold');
  });

  it('is refused where something else than HTTP/1 is spoken', () => {
    for (const [text, fault] of [
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'request_line'],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'method'],
      ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'version'],
      ['\r\n\r\n\x00\r\nQUIT\n', 'method'],
      ['SSH-2.0-OpenSSH_9\r\n', 'method'],
      ['HTTP/1.1 200 OK\r\n\r\n', 'method'],
    ] as const) {
      assert.equal(readRequest(text).outcome, fault, JSON.stringify(text));
    }
  });
});

describe('version (RFC 9112 §2.3)', () => {
  it('1.0 and 1.1 are told apart, a higher minor one is read as 1.1 (RFC 9110 §2.5)', () => {
    for (const [version, minor] of [
      ['HTTP/1.0', 0],
      ['HTTP/1.1', 1],
      ['HTTP/1.2', 1],
      ['HTTP/1.9', 1],
    ] as const) {
      assert.equal(acceptRequest(requestText(`GET / ${version}`, 'Host: a')).minorVersion, minor);
    }
  });

  for (const version of ['HTTP/0.9', 'HTTP/2.0', 'HTTP/2.1', 'HTTP/3.0', 'HTTP/9.9']) {
    it(`${version} is not supported`, () => assert.equal(outcome(`GET / ${version}`), 'unsupported_version'));
  }

  it('2.0 behind anything but exactly the preface is a version that is not supported', () => {
    assert.equal(outcome('GET * HTTP/2.0'), 'unsupported_version');
    assert.equal(outcome('XPRI * HTTP/2.0'), 'unsupported_version');
    assert.equal(outcome('PRI / HTTP/2.0'), 'unsupported_version');
  });

  const junk: readonly string[] = [
    ...[
      'HTTP/1.:',
      'HTTP/1./',
      'HTTP/:.1',
      'http/1.1',
      'Http/1.1',
      'HTTP/1,1',
      'HTTP/1',
      'HTTP/1.',
      'HTTP/.1',
      'HTTP/11',
      'HTTP/1.x',
      'HTTP/x.1',
    ],
    ...['HTTP/-1.1', 'HTTP/+1.1', 'HTTP/ 1.1', 'HTTP /1.1', 'HTTP/1 .1', 'HTTP/1. 1', 'HTTP1.1', 'HTTPS/1.1'],
    ...[
      'HTTP\\1.1',
      'XTTP/1.1',
      'HTP/1.1',
      '1.1',
      'x',
      'HTTP/',
      'HTTP',
      'ICY/1.1',
      'HTTP/1\0.1',
      'HTTP/1.\xb9',
    ],
  ];
  for (const version of junk) {
    it(`is refused as ${JSON.stringify(version)}`, () => {
      const found = outcome(`GET / ${version}`);
      assert.ok(found === 'version' || found === 'request_line', found);
    });
  }

  for (const version of [
    'HTTP/1.10',
    'HTTP/1.11',
    'HTTP/01.1',
    'HTTP/1.01',
    'HTTP/1.1.1',
    'HTTP/1.1x',
    'HTTP/1.1HTTP/1.1',
  ]) {
    it(`is refused as ${version}, which has more digits than one each`, () => {
      const found = outcome(`GET / ${version}`);
      assert.ok(found === 'version' || found === 'request_line', found);
    });
  }
});

describe('limits of a request head', () => {
  const limits: RequestLimits = { targetBytesMax: 100, headerBytesMax: 60, headerCountMax: 2 };

  it('lets a target of the limit through, and answers 414 to one octet more (RFC 9112 §3)', () => {
    assert.equal(outcome(`GET /${'a'.repeat(99)} HTTP/1.1`, limits), 'ok');
    assert.equal(outcome(`GET /${'a'.repeat(100)} HTTP/1.1`, limits), 'target_too_long');
  });

  it('answers 414 before the line has ended', () => {
    assert.equal(readRequest(`GET /${'a'.repeat(99)}`, limits).outcome, 'more');
    assert.equal(readRequest(`GET /${'a'.repeat(100)}`, limits).outcome, 'target_too_long');
  });

  it('accepts a request line of 8000 octets with the limits that are shipped (RFC 9112 §3)', () => {
    assert.equal(outcome(`GET /${'a'.repeat(8000)} HTTP/1.1`), 'ok');
    assert.equal(outcome(`GET /${'a'.repeat(8191)} HTTP/1.1`), 'ok');
    assert.equal(outcome(`GET /${'a'.repeat(8192)} HTTP/1.1`), 'target_too_long');
  });

  it('lets a method of 32 octets through', () => {
    assert.equal(outcome(`${'M'.repeat(32)} / HTTP/1.1`), 'ok');
  });

  it('are the same wherever the head lies in its array', () => {
    const base = 10_000;
    const read = (text: string) => {
      const bytes = octets('x'.repeat(base) + text);
      const head = new RequestHead(limits.headerCountMax);
      return outcomeOf(parseRequestHead(bytes, base, bytes.length, head, limits));
    };
    assert.equal(read(requestText(`${'M'.repeat(32)} /${'a'.repeat(99)} HTTP/1.1`, 'Host: a')), 'ok');
    assert.equal(read(requestText(`${'M'.repeat(33)} / HTTP/1.1`, 'Host: a')), 'method');
    assert.equal(read(requestText(`GET /${'a'.repeat(100)} HTTP/1.1`, 'Host: a')), 'target_too_long');
    assert.equal(read(requestText('GET / HTTP/1.1', `Host: ${'a'.repeat(54)}`)), 'ok');
    assert.equal(read(requestText('GET / HTTP/1.1', `Host: ${'a'.repeat(55)}`)), 'header_too_large');
    assert.equal(read('PRI * HTTP/2.0\r\n\r\n'), 'request_line');
  });

  it('answers 431 to a header over its octets or its fields, whatever the request line needed (RFC 6585 §5)', () => {
    const line = `GET /${'a'.repeat(99)} HTTP/1.1`;
    const fits = `Host: a\r\nX: ${'v'.repeat(60 - 'Host: a\r\nX: '.length)}`;
    assert.equal(readRequest(requestText(line, fits), limits).outcome, 'ok');
    assert.equal(readRequest(requestText(line, `${fits}v`), limits).outcome, 'header_too_large');
    assert.equal(readRequest(requestText(line, 'Host: a', 'b: 1'), limits).outcome, 'ok');
    assert.equal(
      readRequest(requestText(line, 'Host: a', 'b: 1', 'c: 1'), limits).outcome,
      'too_many_fields',
    );
  });
});

describe('a request in pieces', () => {
  const text = requestText('POST /path?query HTTP/1.1', 'Host: example.org', 'Content-Length: 3', 'X:  y ');

  it('needs more at every octet but the last, and then is read as it would have been whole', () => {
    const head = new RequestHead(TEST_LIMITS.headerCountMax);
    for (let end = 0; end < text.length; end++) {
      const bytes = octets(`__${text.slice(0, end)}`);
      assert.equal(parseRequestHead(bytes, 2, bytes.length, head, TEST_LIMITS), NEED_MORE, `${end} octets`);
    }
    const bytes = octets(`_____${text}behind`);
    assert.equal(parseRequestHead(bytes, 5, bytes.length, head, TEST_LIMITS), 5 + text.length);
    assert.deepEqual(
      [head.method, head.target, head.host, head.contentLength],
      ['POST', '/path?query', 'example.org', 3],
    );
  });

  it('leaves what follows the head alone', () => {
    const { outcome: found, after } = readRequest(`${text}abcGET / HTTP/1.1\r\n`);
    assert.deepEqual([found, after], ['ok', text.length]);
  });

  it('is not read beyond the end that was given', () => {
    const bytes = octets(text);
    const head = new RequestHead(TEST_LIMITS.headerCountMax);
    assert.equal(parseRequestHead(bytes, 0, text.length - 1, head, TEST_LIMITS), NEED_MORE);
  });
});

describe('a head that is used again', () => {
  it('holds nothing of the request before it once it is cleared', () => {
    const head = new RequestHead(TEST_LIMITS.headerCountMax);
    const first = octets(
      requestText(
        'GET http://other.example/secret HTTP/1.0',
        'Host: example.org',
        'Content-Length: 7',
        'Connection: x-option',
        'Max-Forwards: 3',
        'Authorization: secret',
        'X:odd',
      ),
    );
    assert.equal(outcomeOf(parseRequestHead(first, 0, first.length, head, TEST_LIMITS)), 'ok');
    head.clear();
    const fresh = new RequestHead(TEST_LIMITS.headerCountMax);
    const plain = ({ fields, ...rest }: RequestHead) => ({
      ...rest,
      count: fields.count,
      text: fields.text,
      canonical: fields.canonical,
    });
    assert.deepEqual(plain(head), plain(fresh));
  });

  it('tells nothing of the request before it where the next one is refused in its first octets', () => {
    const head = new RequestHead(TEST_LIMITS.headerCountMax);
    const first = octets(requestText('HEAD /secret HTTP/1.1', 'Host: example.org'));
    parseRequestHead(first, 0, first.length, head, TEST_LIMITS);
    head.clear();
    const junk = octets('\x16\x03\x01');
    assert.equal(outcomeOf(parseRequestHead(junk, 0, junk.length, head, TEST_LIMITS)), 'method');
    assert.deepEqual([head.method, head.target, head.host], ['', '', '']);
  });
});
