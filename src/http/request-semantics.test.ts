import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from './framing.ts';
import { acceptRequest, getWith, readRequest, requestText } from './testing/read.ts';

const HOST = 'Host: example.org';

function outcomeWith(...fields: readonly string[]): string {
  return readRequest(getWith(...fields)).outcome;
}

function outcomeOfLines(line: string, ...fields: readonly string[]): string {
  return readRequest(requestText(line, ...fields)).outcome;
}

describe('Host (RFC 9112 §3.2)', () => {
  const hosts = ['example.org', 'EXAMPLE.org:8443', 'example.org.', '[2001:db8::1]:443', '192.0.2.1', 'a_b'];
  for (const host of hosts) {
    it(`is taken as it was sent: ${host}`, () =>
      assert.equal(acceptRequest(requestText('GET / HTTP/1.1', `Host: ${host}`)).host, host));
  }

  it('may be empty', () => {
    for (const line of ['Host:', 'Host: ', 'host: \t ']) {
      assert.equal(acceptRequest(requestText('GET / HTTP/1.1', line)).host, '');
    }
  });

  it('may be missing in HTTP/1.0 only', () => {
    assert.equal(acceptRequest(requestText('GET / HTTP/1.0')).host, '');
    assert.equal(outcomeOfLines('GET / HTTP/1.1'), 'host');
    assert.equal(outcomeOfLines('GET / HTTP/1.2'), 'host');
    assert.equal(outcomeOfLines('GET http://example.org/ HTTP/1.1'), 'host');
    assert.equal(outcomeOfLines('OPTIONS * HTTP/1.1'), 'host');
  });

  const repeated: readonly (readonly string[])[] = [
    [HOST, HOST],
    [HOST, 'host: example.org'],
    [HOST, 'Host: other.example'],
    [HOST, 'HOST:'],
    ['Host:', HOST],
    [HOST, 'Accept: */*', 'Host:example.org'],
  ];
  for (const lines of repeated) {
    it(`is refused when repeated: ${lines.join(' | ')}`, () => {
      assert.equal(outcomeOfLines('GET / HTTP/1.1', ...lines), 'host');
      assert.equal(outcomeOfLines('GET / HTTP/1.0', ...lines), 'host');
      assert.equal(outcomeOfLines('GET http://example.org/ HTTP/1.1', ...lines), 'host');
    });
  }

  const invalid: readonly string[] = [
    ...[
      'a,b',
      'a, b',
      'a b',
      'user@a',
      'a/',
      'a/b',
      'a?b',
      'a#b',
      'http://a',
      '//a',
      'a:b',
      'a:80:80',
      ':80',
      '@',
    ],
    ...[
      'a:65536',
      '[::1',
      '::1',
      'a%00',
      'a\\b',
      '"a"',
      'a;b',
      'a=b',
      '\xe4',
      'a\tb',
      '*',
      '*.example.org',
      "a'b",
    ],
  ];
  for (const host of invalid) {
    it(`is refused as ${JSON.stringify(host)}`, () => {
      assert.equal(outcomeOfLines('GET / HTTP/1.1', `Host: ${host}`), 'host');
      assert.equal(outcomeOfLines('GET / HTTP/1.0', `Host: ${host}`), 'host');
      assert.equal(outcomeOfLines('GET http://example.org/ HTTP/1.1', `Host: ${host}`), 'host');
    });
  }

  it('is not taken from names that only look like it', () => {
    for (const name of ['Hos', 'Hosts', 'X-Host', 'Host-', '__proto__', 'H0st']) {
      assert.equal(outcomeOfLines('GET / HTTP/1.1', `${name}: example.org`), 'host');
    }
  });
});

describe('target forms (RFC 9112 §3.2)', () => {
  const origin = [
    '/',
    '//',
    '//other.example/',
    '/a/../b',
    '/%2e%2e/',
    '/a?b?c',
    '/?',
    '/<>"{}|\\^`',
    '/*',
    '/http://a/',
  ];
  for (const target of origin) {
    it(`origin form is taken as it was sent (§3.2.1): ${target}`, () => {
      const head = acceptRequest(requestText(`GET ${target} HTTP/1.1`, HOST));
      assert.deepEqual([head.target, head.host, head.absolute], [target, 'example.org', false]);
    });
  }

  const absolute: readonly (readonly [string, string, string])[] = [
    ['http://other.example/a?b', 'other.example', '/a?b'],
    ['HTTP://Other.Example:8443/', 'Other.Example:8443', '/'],
    ['https://other.example', 'other.example', '/'],
    ['http://other.example?q', 'other.example', '/?q'],
    ['http://[::1]:80//x', '[::1]:80', '//x'],
    ['http://other.example:/', 'other.example:', '/'],
    ['http://other.example/@user:x', 'other.example', '/@user:x'],
  ];
  for (const [target, host, path] of absolute) {
    it(`absolute form replaces Host (§3.2.2): ${target}`, () => {
      const head = acceptRequest(requestText(`GET ${target} HTTP/1.1`, HOST));
      assert.deepEqual([head.target, head.host, head.absolute], [path, host, true]);
    });
  }

  it('absolute form names the host that HTTP/1.0 leaves out (§3.2.2)', () => {
    assert.equal(acceptRequest(requestText('GET http://a/ HTTP/1.0')).host, 'a');
  });

  it('absolute form of OPTIONS without a path is the asterisk form (§3.2.4)', () => {
    assert.equal(acceptRequest(requestText('OPTIONS http://a HTTP/1.1', HOST)).target, '*');
    assert.equal(acceptRequest(requestText('OPTIONS http://a/ HTTP/1.1', HOST)).target, '/');
    assert.equal(acceptRequest(requestText('OPTIONS http://a?q HTTP/1.1', HOST)).target, '/?q');
  });

  const badAbsolute: readonly string[] = [
    ...[
      'http://',
      'http:///',
      'http://?q',
      'http:/a',
      'http:a',
      'http//a',
      '://a/',
      'ftp://a/',
      'ws://a/',
      'file:///a',
    ],
    ...[
      'javascript:x',
      'http://user@a/',
      'http://user:pass@a/',
      'http://@a/',
      'http://:80/',
      'http://a:b/',
      'http://a:99999/',
    ],
    ...[
      'http://a,b/',
      'http://a%2f/',
      'http://a\\b/',
      'http://[::1/',
      'http://[zz]/',
      'httpx://a/',
      'http:\\\\a\\',
      'http://a;b/',
    ],
    ...['xhttp://a/', 'http://a*/'],
  ];
  for (const target of badAbsolute) {
    it(`absolute form is refused with another scheme, user information or no valid host: ${target}`, () =>
      assert.equal(outcomeOfLines(`GET ${target} HTTP/1.1`, HOST), 'target'));
  }

  it('authority form is for CONNECT only (§3.2.3)', () => {
    for (const target of ['example.org:443', 'example.org', '[::1]:443', 'a']) {
      assert.equal(outcomeOfLines(`GET ${target} HTTP/1.1`, HOST), 'target');
    }
  });

  it('asterisk form is for OPTIONS only (§3.2.4)', () => {
    assert.equal(acceptRequest(requestText('OPTIONS * HTTP/1.1', HOST)).target, '*');
    for (const method of ['GET', 'HEAD', 'POST', 'options', 'OPTIONSX']) {
      assert.equal(outcomeOfLines(`${method} * HTTP/1.1`, HOST), 'target');
    }
    for (const target of ['**', '*/', '*?q']) {
      assert.equal(outcomeOfLines(`OPTIONS ${target} HTTP/1.1`, HOST), 'target');
    }
  });

  it('relative references are none', () => {
    for (const target of ['index.html', './', '../', '?q', '%2f', '\\', ';']) {
      assert.equal(outcomeOfLines(`GET ${target} HTTP/1.1`, HOST), 'target');
    }
  });
});

describe('methods that a gateway does not serve (RFC 9110 §9.3)', () => {
  it('are CONNECT and TRACE', () => {
    assert.equal(outcomeOfLines('CONNECT example.org:443 HTTP/1.1', HOST), 'method_not_served');
    assert.equal(outcomeOfLines('CONNECT / HTTP/1.1', HOST), 'method_not_served');
    assert.equal(outcomeOfLines('TRACE / HTTP/1.1', HOST), 'method_not_served');
    assert.equal(outcomeOfLines('TRACE / HTTP/1.1', HOST, 'Max-Forwards: 0'), 'method_not_served');
    assert.equal(outcomeOfLines('TRACE / HTTP/1.1', HOST, 'Content-Length: 0'), 'method_not_served');
  });

  it('are malformed with a body (RFC 9110 §9.3.8)', () => {
    for (const field of ['Content-Length: 1', 'Transfer-Encoding: chunked']) {
      assert.equal(outcomeOfLines('TRACE / HTTP/1.1', HOST, field), 'body_not_allowed');
      assert.equal(outcomeOfLines('CONNECT a:1 HTTP/1.1', HOST, field), 'body_not_allowed');
    }
  });

  it('are told apart by case (RFC 9110 §9.1)', () => {
    assert.equal(outcomeOfLines('trace / HTTP/1.1', HOST), 'ok');
  });
});

describe('framing of a request (RFC 9112 §6)', () => {
  it('is no body where neither field is there (§6.3)', () => {
    for (const method of ['GET', 'POST', 'DELETE', 'BREW']) {
      const head = acceptRequest(requestText(`${method} / HTTP/1.1`, HOST));
      assert.deepEqual([head.framing, head.contentLength], [BODY_NONE, 0]);
    }
  });

  it('is the same for every method, so that no body is left in the stream (§6.3)', () => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'BREW']) {
      const length = acceptRequest(requestText(`${method} / HTTP/1.1`, HOST, 'Content-Length: 5'));
      assert.deepEqual([length.framing, length.contentLength], [BODY_LENGTH, 5]);
      const chunked = acceptRequest(requestText(`${method} / HTTP/1.1`, HOST, 'Transfer-Encoding: chunked'));
      assert.equal(chunked.framing, BODY_CHUNKED);
    }
  });

  it('is no body for a length of 0', () => {
    for (const value of ['0', '00'])
      assert.equal(acceptRequest(getWith(`Content-Length: ${value}`)).framing, BODY_NONE);
  });

  it('takes white space around a field value for none (RFC 9110 §5.5)', () => {
    assert.equal(acceptRequest(getWith('Content-Length:  \t5 \t')).contentLength, 5);
    assert.equal(acceptRequest(getWith('Transfer-Encoding:\tchunked \t')).framing, BODY_CHUNKED);
  });

  const lengths = [
    '',
    '+5',
    '-1',
    '5,5',
    '5, 5',
    '5 5',
    '0x5',
    '5.0',
    '1e2',
    '"5"',
    '9007199254740992',
    '5;',
    'a',
    '5_0',
  ];
  for (const value of lengths) {
    it(`refuses Content-Length ${JSON.stringify(value)} (§6.3)`, () =>
      assert.equal(outcomeWith(`Content-Length: ${value}`), 'content_length'));
  }

  it('refuses a repeated Content-Length, equal or not (§6.3)', () => {
    assert.equal(outcomeWith('Content-Length: 5', 'Content-Length: 5'), 'content_length');
    assert.equal(outcomeWith('Content-Length: 5', 'content-length: 6'), 'content_length');
    assert.equal(outcomeWith('Content-Length: 0', 'CONTENT-LENGTH:'), 'content_length');
  });

  it('refuses both fields in any order, whatever they say (§6.1, §6.3)', () => {
    for (const length of ['0', '5', '5,5', 'x', '']) {
      for (const coding of ['chunked', 'gzip', 'identity', '', 'chunked, chunked']) {
        const fields = [`Content-Length: ${length}`, `Transfer-Encoding: ${coding}`];
        assert.equal(outcomeWith(...fields), 'conflicting_framing', fields.join());
        assert.equal(outcomeWith(...fields.reverse()), 'conflicting_framing', fields.join());
      }
    }
  });

  it('refuses Transfer-Encoding in HTTP/1.0 (§6.1)', () => {
    for (const coding of ['chunked', 'gzip', 'identity']) {
      const text = requestText('POST / HTTP/1.0', HOST, `Transfer-Encoding: ${coding}`);
      assert.equal(readRequest(text).outcome, 'transfer_encoding');
    }
  });

  it('refuses a repeated Transfer-Encoding (§6.1)', () => {
    assert.equal(
      outcomeWith('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
      'transfer_encoding',
    );
    assert.equal(outcomeWith('Transfer-Encoding: gzip', 'transfer-encoding: chunked'), 'transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding:', 'Transfer-Encoding: chunked'), 'transfer_encoding');
  });

  it('tells codings that are unknown from lists that are malformed (§6.1)', () => {
    assert.equal(outcomeWith('Transfer-Encoding: gzip, chunked'), 'unknown_transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding: identity'), 'unknown_transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding: chunked, gzip'), 'transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding: chunked, chunked'), 'transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding: "chunked"'), 'transfer_encoding');
    assert.equal(outcomeWith('Transfer-Encoding:'), 'transfer_encoding');
  });

  it('is not decided by names that only look like the two fields', () => {
    const names = ['Content-Lengt', 'Content-Lengths', 'Content_Length', 'ContentLength', 'X-Content-Length'];
    names.push('Transfer-Encodin', 'Transfer_Encoding', 'X-Transfer-Encoding', 'Transfer-Encoding-', 'TE');
    for (const name of names) assert.equal(acceptRequest(getWith(`${name}: 5`)).framing, BODY_NONE, name);
  });
});

describe('persistence (RFC 9112 §9.3)', () => {
  const cases: readonly (readonly [string, readonly string[], boolean])[] = [
    ['HTTP/1.1', [], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', ['Connection: Close'], false],
    ['HTTP/1.1', ['Connection: keep-alive'], true],
    ['HTTP/1.1', ['Connection: keep-alive, close'], false],
    ['HTTP/1.1', ['Connection: close', 'Connection: keep-alive'], false],
    ['HTTP/1.1', ['Connection: upgrade, , x-y ,CLOSE'], false],
    ['HTTP/1.1', ['Connection: closed'], true],
    ['HTTP/1.1', ['Proxy-Connection: close'], true],
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.0', ['Connection: Keep-Alive, TE'], true],
    ['HTTP/1.0', ['Connection: keep-alive, close'], false],
    ['HTTP/1.0', ['Keep-Alive: timeout=5'], false],
  ];
  for (const [version, fields, keepAlive] of cases) {
    it(`of ${version} with ${fields.join(' | ') || 'nothing'} is ${keepAlive}`, () =>
      assert.equal(acceptRequest(requestText(`GET / ${version}`, HOST, ...fields)).keepAlive, keepAlive));
  }
});

describe('Connection (RFC 9110 §7.6.1)', () => {
  for (const value of [
    'a b',
    '"close"',
    'close;q=1',
    'a=b',
    'close:',
    'x/y',
    'close\xa0',
    '@',
    '(close)',
    'close, a b',
  ]) {
    it(`is refused where it is no list of tokens: ${JSON.stringify(value)}`, () =>
      assert.equal(outcomeWith(`Connection: ${value}`), 'connection'));
  }

  it('may be empty or hold empty elements (§5.6.1)', () => {
    for (const value of ['', ',', ' , ,, ', ',close,'])
      assert.equal(outcomeWith(`Connection: ${value}`), 'ok');
  });

  it('is noted where it names fields', () => {
    assert.equal(acceptRequest(getWith('Connection: X-Mine')).hasConnectionOptions, true);
    assert.equal(
      acceptRequest(getWith('Connection: close, keep-alive, Upgrade')).hasConnectionOptions,
      false,
    );
  });
});

describe('Expect (RFC 9110 §10.1.1)', () => {
  it('of 100-continue is noted, in any case', () => {
    for (const value of ['100-continue', '100-Continue', ' 100-CONTINUE ']) {
      const head = acceptRequest(getWith(`Expect: ${value}`, 'Content-Length: 1'));
      assert.equal(head.expectContinue, true);
    }
    assert.equal(acceptRequest(getWith()).expectContinue, false);
  });

  for (const value of [
    '',
    '200-ok',
    '100',
    '100-continued',
    '100-continue, 100-continue',
    '100-continue;x',
    'x=y',
    '101',
  ]) {
    it(`of ${JSON.stringify(value)} cannot be met`, () =>
      assert.equal(outcomeWith(`Expect: ${value}`), 'expectation'));
  }

  it('that is repeated cannot be met', () => {
    assert.equal(outcomeWith('Expect: 100-continue', 'Expect: 100-continue'), 'expectation');
  });

  it('is ignored from HTTP/1.0', () => {
    for (const value of ['100-continue', 'x']) {
      const head = acceptRequest(
        requestText('POST / HTTP/1.0', HOST, `Expect: ${value}`, 'Content-Length: 1'),
      );
      assert.equal(head.expectContinue, false);
    }
  });
});

describe('Max-Forwards (RFC 9110 §7.6.2)', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['00', 0],
    ['1', 1],
    ['007', 7],
    ['999999999', 999_999_999],
    ['99999999999999999999', 999_999_999],
    ['', -1],
    ['-1', -1],
    ['+1', -1],
    ['1.0', -1],
    ['0x1', -1],
    ['1, 2', -1],
    ['one', -1],
  ];
  for (const [value, expected] of cases) {
    it(`of ${JSON.stringify(value)} is ${expected}`, () =>
      assert.equal(acceptRequest(getWith(`Max-Forwards: ${value}`)).maxForwards, expected));
  }

  it('is -1 where it is not there', () => assert.equal(acceptRequest(getWith()).maxForwards, -1));

  it('is the least of repeated ones, so that none can be outbid', () => {
    assert.equal(acceptRequest(getWith('Max-Forwards: 0', 'Max-Forwards: 5')).maxForwards, 0);
    assert.equal(acceptRequest(getWith('Max-Forwards: 5', 'Max-Forwards: 0')).maxForwards, 0);
    assert.equal(acceptRequest(getWith('Max-Forwards: 0', 'Max-Forwards: x')).maxForwards, 0);
    assert.equal(acceptRequest(getWith('Max-Forwards: x', 'Max-Forwards: 3')).maxForwards, 3);
  });
});

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HANDSHAKE: readonly string[] = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Version: 13',
];

/** The handshake with the lines of the same name replaced, or left out where a value is null. */
function handshake(changes: Readonly<Record<string, string | null>> = {}): string[] {
  const kept = HANDSHAKE.filter((line) => !(line.slice(0, line.indexOf(':')) in changes));
  const changed = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return [...kept, ...changed];
}

describe('WebSocket handshake (RFC 6455 §4.2.1)', () => {
  it('gives the key', () => {
    assert.equal(acceptRequest(getWith(...HANDSHAKE)).webSocketKey, KEY);
    const mixed = handshake({ Connection: 'keep-alive, UPGRADE', Upgrade: 'h2c , WebSocket' });
    assert.equal(acceptRequest(getWith(...mixed)).webSocketKey, KEY);
    assert.equal(acceptRequest(getWith(...HANDSHAKE, 'Content-Length: 0')).webSocketKey, KEY);
  });

  const malformed: readonly (readonly [string, readonly string[]])[] = [
    ['no key', handshake({ 'Sec-WebSocket-Key': null })],
    ['an empty key', handshake({ 'Sec-WebSocket-Key': '' })],
    ['a key of 15 octets', handshake({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' })],
    ['a key of 17 octets', handshake({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAA=' })],
    ['a key without padding', handshake({ 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['a key that is no base64', handshake({ 'Sec-WebSocket-Key': '!AAAAAAAAAAAAAAAAAAAAA==' })],
    ['a key with text behind it', handshake({ 'Sec-WebSocket-Key': `${KEY}x` })],
    ['two keys', [...HANDSHAKE, `Sec-WebSocket-Key: ${KEY}`]],
    ['three keys', [...HANDSHAKE, `Sec-WebSocket-Key: ${KEY}`, `Sec-WebSocket-Key: ${KEY}`]],
    ['two versions', [...HANDSHAKE, 'Sec-WebSocket-Version: 13']],
    ['a body', [...HANDSHAKE, 'Content-Length: 1']],
    ['a chunked body', [...HANDSHAKE, 'Transfer-Encoding: chunked']],
  ];
  for (const [what, fields] of malformed) {
    it(`is refused for ${what}`, () => assert.equal(outcomeWith(...fields), 'upgrade'));
  }

  it('is refused for any method but GET', () => {
    for (const method of ['POST', 'HEAD', 'OPTIONS', 'get']) {
      assert.equal(outcomeOfLines(`${method} / HTTP/1.1`, HOST, ...HANDSHAKE), 'upgrade');
    }
  });

  it('is answered with the version spoken where it asks for another (§4.4)', () => {
    for (const version of ['8', '14', '', '13, 8', '+13', '013', null]) {
      assert.equal(
        outcomeWith(...handshake({ 'Sec-WebSocket-Version': version })),
        'upgrade_version',
        `${version}`,
      );
    }
  });

  const ignored: readonly (readonly [string, string])[] = [
    ['HTTP/1.0 (RFC 9110 §7.8)', requestText('GET / HTTP/1.0', HOST, ...HANDSHAKE)],
    ['no Connection option for it', getWith(...handshake({ Connection: 'keep-alive' }))],
    ['no Connection at all', getWith(...handshake({ Connection: null }))],
    ['no Upgrade', getWith(...handshake({ Upgrade: null }))],
    ['an upgrade to HTTP/2', getWith(...handshake({ Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }))],
    [
      'an upgrade to a word like it',
      getWith(...handshake({ Upgrade: 'websockets, xwebsocket, web socket' })),
    ],
  ];
  for (const [what, text] of ignored) {
    it(`is ignored with ${what}`, () => assert.equal(acceptRequest(text).webSocketKey, ''));
  }
});
