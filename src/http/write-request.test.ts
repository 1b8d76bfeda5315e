import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from './framing.ts';
import { editedName, type RequestRewrite } from './header-edits.ts';
import { plainRewrite } from './testing/plain-rewrite.ts';
import { acceptRequest, getWith, requestText } from './testing/read.ts';
import { constantLines, type ForwardedBy, writeRequestHead } from './write-request.ts';

const PEER = '192.0.2.7';
const STRANGER: ForwardedBy = {
  peer: PEER,
  scheme: 'https',
  trusted: false,
  lines: constantLines(PEER, 'https'),
};
const PROXY: ForwardedBy = { ...STRANGER, trusted: true };

const PLAIN = plainRewrite('default.example');

function forward(
  text: string,
  by: ForwardedBy = STRANGER,
  framing: number = BODY_NONE,
  contentLength = 0,
  rewrite: RequestRewrite = PLAIN,
): string[] {
  const written = writeRequestHead(acceptRequest(text), by, framing, contentLength, 'id-1', rewrite);
  assert.ok(written.endsWith('\r\n\r\n'));
  return written.slice(0, -4).split('\r\n');
}

/** The lines forwarded of a GET request with `fields`, without those that every one gets. */
function forwardFields(fields: readonly string[], by: ForwardedBy = STRANGER): string[] {
  const [line, host, ...rest] = forward(getWith(...fields), by);
  assert.deepEqual([line, host], ['GET / HTTP/1.1', 'Host: example.org']);
  return rest.filter((one) => !STANDARD.has(one));
}

const STANDARD: ReadonlySet<string> = new Set([
  'Via: 1.1 secbeat',
  `X-Forwarded-For: ${PEER}`,
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: example.org',
  'X-Request-Id: id-1',
]);

describe('the forwarded request', () => {
  it('has the fields that tell the origin of the client, behind those of the client', () => {
    assert.deepEqual(forward(getWith('Accept: */*')), [
      'GET / HTTP/1.1',
      'Host: example.org',
      'Accept: */*',
      'Via: 1.1 secbeat',
      `X-Forwarded-For: ${PEER}`,
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: example.org',
      'X-Request-Id: id-1',
    ]);
  });

  it('keeps order, case and values of fields, also of repeated ones', () => {
    const fields = [
      'b: 2',
      'A: 1',
      'b: 1',
      '__proto__: x',
      'X-Odd: \x80\xff "\\',
      'Cookie: a=b; c=d',
      'Empty: ',
    ];
    assert.deepEqual(forwardFields(fields), fields);
  });

  it('has every line in the one form "name: value"', () => {
    const fields = ['A:1', 'B:  2', 'C:\t3\t', 'D: 4  ', 'E:', 'F: 6'];
    assert.deepEqual(forwardFields(fields), ['A: 1', 'B: 2', 'C: 3', 'D: 4', 'E: ', 'F: 6']);
  });

  it('keeps Host as it was sent', () => {
    const lines = forward(requestText('GET / HTTP/1.1', 'host: EXAMPLE.org.:8443'));
    assert.ok(lines.includes('host: EXAMPLE.org.:8443'));
    assert.ok(lines.includes('X-Forwarded-Host: EXAMPLE.org.:8443'));
  });

  it('has the host of an absolute target, whatever Host said (RFC 9112 §3.2.2)', () => {
    for (const by of [STRANGER, PROXY]) {
      const lines = forward(
        requestText('GET http://a.example:81/x HTTP/1.1', 'Host: b.example', 'Accept: */*'),
        by,
      );
      assert.equal(lines[0], 'GET /x HTTP/1.1');
      assert.deepEqual(
        lines.filter((line) => /^host:/i.test(line)),
        ['Host: a.example:81'],
      );
      assert.ok(lines.includes('X-Forwarded-Host: a.example:81'));
      assert.ok(lines.includes('Accept: */*'));
    }
  });

  it('has the asterisk form again where OPTIONS asked for the host as a whole (RFC 9112 §3.2.4)', () => {
    assert.equal(forward(requestText('OPTIONS http://a HTTP/1.1', 'Host: b'))[0], 'OPTIONS * HTTP/1.1');
    assert.equal(forward(requestText('OPTIONS * HTTP/1.1', 'Host: b'))[0], 'OPTIONS * HTTP/1.1');
  });

  it('of HTTP/1.0 is one of HTTP/1.1, with a host (RFC 9112 §2.3)', () => {
    const bare = forward(requestText('GET / HTTP/1.0', 'Accept: */*'));
    assert.deepEqual(bare.slice(0, 3), ['GET / HTTP/1.1', 'Accept: */*', 'Host: default.example']);
    assert.ok(!bare.some((line) => line.startsWith('X-Forwarded-Host')));
    const named = forward(requestText('GET / HTTP/1.0', 'Host: a'));
    assert.deepEqual(
      named.filter((line) => /^host/i.test(line)),
      ['Host: a'],
    );
    const absolute = forward(requestText('GET http://a/ HTTP/1.0'));
    assert.deepEqual(
      absolute.filter((line) => /^host/i.test(line)),
      ['Host: a'],
    );
  });

  it('of a higher minor version is one of HTTP/1.1 (RFC 9110 §2.5)', () => {
    assert.equal(forward(requestText('GET / HTTP/1.7', 'Host: a'))[0], 'GET / HTTP/1.1');
  });

  it('says in Via by which version the request came (RFC 9110 §7.6.3)', () => {
    for (const by of [STRANGER, PROXY]) {
      const via = (version: string) =>
        forward(requestText(`GET / HTTP/${version}`, 'Host: a', 'Via: 1.1 before'), by).filter((line) =>
          line.startsWith('Via'),
        );
      assert.deepEqual(via('1.1'), ['Via: 1.1 before', 'Via: 1.1 secbeat']);
      assert.deepEqual(via('1.0'), ['Via: 1.1 before', 'Via: 1.0 secbeat']);
    }
    for (const version of ['2.0', '3.0'] as const) {
      const head = acceptRequest(getWith());
      head.protocol = `HTTP/${version}`;
      assert.match(
        writeRequestHead(head, STRANGER, BODY_NONE, 0, '', PLAIN),
        RegExp(`Via: ${version} secbeat`),
      );
    }
  });

  it('has an empty Host where the client sent one, and no name made of it', () => {
    const lines = forward(requestText('GET / HTTP/1.1', 'Host:'));
    assert.ok(lines.includes('Host: '));
    assert.ok(!lines.some((line) => line.startsWith('X-Forwarded-Host')));
  });
});

describe('framing towards the origin (RFC 9112 §6)', () => {
  function framingLines(method: string, fields: string[], framing: number, length: number): string[] {
    return forward(
      requestText(`${method} / HTTP/1.1`, 'Host: a', ...fields),
      STRANGER,
      framing,
      length,
    ).filter((line) => /^(?:content-length|transfer-encoding):/i.test(line));
  }

  it("is the node's own, never the client's line", () => {
    const chunked = ['transfer-encoding:  CHUNKED'];
    assert.deepEqual(framingLines('POST', chunked, BODY_CHUNKED, 0), ['Transfer-Encoding: chunked']);
    assert.deepEqual(framingLines('POST', chunked, BODY_LENGTH, 12), ['Content-Length: 12']);
    assert.deepEqual(framingLines('POST', ['Content-Length:0012'], BODY_LENGTH, 12), ['Content-Length: 12']);
    assert.deepEqual(framingLines('GET', ['Content-Length: 12'], BODY_LENGTH, 12), ['Content-Length: 12']);
  });

  it('says that there is no body where a method makes one expected (RFC 9110 §8.6)', () => {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      assert.deepEqual(framingLines(method, [], BODY_NONE, 0), ['Content-Length: 0']);
    }
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'BREW']) {
      assert.deepEqual(framingLines(method, ['Content-Length: 0'], BODY_NONE, 0), []);
    }
  });

  it('is not left to a spelling that an origin may take for the field', () => {
    const fields = ['Content_Length: 9', 'TRANSFER_ENCODING: chunked', 'Transfer_Encoding: x', 'X: y'];
    assert.deepEqual(forwardFields(fields), ['X: y']);
    assert.deepEqual(forwardFields(fields, PROXY), ['X: y']);
  });
});

describe('fields of one hop (RFC 9110 §7.6.1)', () => {
  it('end here', () => {
    for (const by of [STRANGER, PROXY]) {
      const fields = [
        'Connection: keep-alive',
        'KEEP-ALIVE: timeout=5',
        'Proxy-Connection: keep-alive',
        'TE: trailers, deflate',
        'Trailer: X-Sum',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
        'Accept: */*',
        'Expect: 100-continue',
      ];
      assert.deepEqual(forwardFields(fields, by), ['Accept: */*']);
    }
  });

  it('that Connection names end here too, in any case and on any line', () => {
    const fields = [
      'X-Mine: 1',
      'Connection: close, x-mine ,,X-OTHER',
      'x-Other: 2',
      'X-Kept: 3',
      'connection: Third',
      'third: 3',
    ];
    assert.deepEqual(forwardFields(fields), ['X-Kept: 3']);
    const odd = ['X-Mine:1', 'Connection:x-mine', 'X-Kept:3'];
    assert.deepEqual(forwardFields(odd), ['X-Kept: 3']);
  });

  it('are named by a Connection field at any place, also the first', () => {
    const lines = forward(
      requestText('GET / HTTP/1.1', 'Connection: x-mine', 'X-Mine: 1', 'Host: example.org'),
    );
    assert.deepEqual(lines.slice(0, 3), ['GET / HTTP/1.1', 'Host: example.org', 'Via: 1.1 secbeat']);
  });

  it('are none that the option close would name', () => {
    assert.deepEqual(forwardFields(['Connection: close', 'Close: 1']), ['Close: 1']);
    assert.deepEqual(forwardFields(['Connection: close, x-mine', 'Close: 1', 'X-Mine: 2']), ['Close: 1']);
  });

  it('are not those that only begin like a name in Connection', () => {
    assert.deepEqual(forwardFields(['Connection: x-a', 'X-Ab: 1', 'X: 2', 'X-A: 3']), ['X-Ab: 1', 'X: 2']);
  });

  it('that are named may be missing, or have names that objects have', () => {
    const fields = ['Connection: __proto__, constructor, nothing', 'constructor: 1', 'Accept: */*'];
    assert.deepEqual(forwardFields(fields), ['Accept: */*']);
  });

  const kept: readonly string[] = [
    ...[
      'Host: example.org',
      'Authorization: Basic x',
      'Cookie: a=b',
      'Content-Type: text/plain',
      'Via: 1.1 before',
    ],
    ...['Content-Encoding: gzip', 'Sec-WebSocket-Key: x', 'Max-Forwards: 1'],
  ];
  for (const line of kept) {
    const name = line.slice(0, line.indexOf(':'));
    it(`cannot be made of ${name} by naming it (§7.6.1)`, () => {
      for (const by of [STRANGER, PROXY]) {
        const fields = name === 'Host' ? [] : [line];
        const lines = forward(getWith(...fields, `Connection: ${name}, ${name.toUpperCase()}`), by);
        assert.ok(lines.includes(line), lines.join(' | '));
      }
    });
  }

  it('cannot be made of the framing by naming it (§7.6.1)', () => {
    const length = requestText(
      'POST / HTTP/1.1',
      'Host: a',
      'Content-Length: 3',
      'Connection: Content-Length',
    );
    assert.ok(forward(length, STRANGER, BODY_LENGTH, 3).includes('Content-Length: 3'));
    const coding = requestText(
      'POST / HTTP/1.1',
      'Host: a',
      'Transfer-Encoding: chunked',
      'Connection: Transfer-Encoding',
    );
    assert.ok(forward(coding, STRANGER, BODY_CHUNKED).includes('Transfer-Encoding: chunked'));
  });

  it("cannot be made of the node's own fields by naming them (§7.6.1)", () => {
    const names = 'X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Request-Id, Via, Forwarded';
    const lines = forward(getWith(`Connection: ${names}`));
    for (const line of STANDARD) assert.ok(lines.includes(line), line);
  });

  it("cannot be made of a trusted proxy's word on the client by naming it (§7.6.1)", () => {
    const told = [
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: a',
      'Forwarded: for=198.51.100.1',
      'X-Real-IP: 198.51.100.1',
    ];
    const names = told.map((line) => line.slice(0, line.indexOf(':'))).join(', ');
    const chain = 'X-Forwarded-For: 198.51.100.1';
    const lines = forward(getWith(...told, chain, `Connection: ${names}, X-Forwarded-For`), PROXY);
    for (const line of [...told, `${chain}, ${PEER}`]) assert.ok(lines.includes(line), line);
  });
});

/** Ways to tell an origin who the client is. */
const CLAIMS: readonly string[] = [
  'X-Forwarded-For: 198.51.100.1',
  'X-Forwarded-Proto: http',
  'X-Forwarded-Host: other.example',
  'X-Forwarded-Port: 1',
  'X-Forwarded-Server: x',
  'X-Forwarded-Protocol: http',
  'X-Forwarded-User-Name: x',
  'X-Forwarded-Client-Cert: x',
  'Forwarded: for=198.51.100.1;host=other.example',
  'X-Real-IP: 198.51.100.1',
  'X-Request-Id: forged',
];
/** The same in spellings that some origins read as the same. */
const ALIASES: readonly string[] = CLAIMS.flatMap((line) => {
  const [name = '', value = ''] = line.split(': ');
  return [`${name.replaceAll('-', '_')}: ${value}`, `${name.replace('-', '_')}: ${value}`];
}).filter((line) => line.includes('_'));

describe('what the client says about itself', () => {
  for (const line of [...CLAIMS, ...ALIASES]) {
    it(`is dropped unless it is a trusted proxy: ${line}`, () => {
      assert.deepEqual(forwardFields([line, 'Accept: */*']), ['Accept: */*']);
      assert.deepEqual(forwardFields([line.toUpperCase(), line.toLowerCase(), 'Accept: */*']), [
        'Accept: */*',
      ]);
    });
  }

  for (const line of ALIASES) {
    it(`is dropped in a spelling that no proxy writes, even from a trusted one: ${line}`, () => {
      assert.deepEqual(forwardFields([line, 'Accept: */*'], PROXY), ['Accept: */*']);
    });
  }
});

describe('what a trusted proxy says about the client', () => {
  it('is passed on, and the chain of addresses grows', () => {
    const fields = [
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: other.example',
      'Forwarded: for=198.51.100.1',
    ];
    const lines = forward(getWith('X-Forwarded-For: 198.51.100.1', ...fields), PROXY);
    for (const line of fields) assert.ok(lines.includes(line), line);
    const ofNode = lines.filter(
      (line) => /^x-forwarded|^via|^x-request/i.test(line) && !fields.includes(line),
    );
    assert.deepEqual(ofNode, [
      'Via: 1.1 secbeat',
      `X-Forwarded-For: 198.51.100.1, ${PEER}`,
      'X-Request-Id: id-1',
    ]);
  });

  it('is filled in where it said nothing', () => {
    assert.deepEqual(new Set(forward(getWith(), PROXY).slice(2)), STANDARD);
  });

  it('is one chain, also of several lines and of empty ones', () => {
    const chain = (...values: string[]) =>
      forward(getWith(...values.map((value) => `X-Forwarded-For: ${value}`)), PROXY).filter((line) =>
        line.startsWith('X-Forwarded-For'),
      );
    assert.deepEqual(chain('a, b', 'c'), [`X-Forwarded-For: a, b, c, ${PEER}`]);
    assert.deepEqual(chain(''), [`X-Forwarded-For: ${PEER}`]);
    assert.deepEqual(chain('', 'a', ''), [`X-Forwarded-For: a, ${PEER}`]);
  });

  it('does not choose the request id of this node', () => {
    const lines = forward(getWith('X-Request-Id: theirs'), PROXY);
    assert.deepEqual(
      lines.filter((line) => /^x-request-id/i.test(line)),
      ['X-Request-Id: id-1'],
    );
  });
});

describe('Max-Forwards (RFC 9110 §7.6.2)', () => {
  const forwarded = (method: string, ...values: string[]) =>
    forward(
      requestText(`${method} / HTTP/1.1`, 'Host: a', ...values.map((value) => `Max-Forwards: ${value}`)),
    )
      .filter((line) => /^max-forwards/i.test(line))
      .map((line) => line.slice('Max-Forwards: '.length));

  it('of OPTIONS is one less at the next hop', () => {
    assert.deepEqual(forwarded('OPTIONS', '1'), ['0']);
    assert.deepEqual(forwarded('OPTIONS', '10'), ['9']);
    assert.deepEqual(forwarded('OPTIONS', '010'), ['9']);
  });

  it('of OPTIONS is bounded, so that it is a number to everyone', () => {
    assert.deepEqual(forwarded('OPTIONS', '99999999999999999999'), ['999999998']);
  });

  it('of OPTIONS is said once', () => {
    assert.deepEqual(forwarded('OPTIONS', '7', '5'), ['4']);
    assert.deepEqual(forwarded('OPTIONS', '5', 'x'), ['4']);
  });

  it('of other methods means nothing and is passed on as it came', () => {
    assert.deepEqual(forwarded('GET', '1'), ['1']);
    assert.deepEqual(forwarded('GET', '0', 'x'), ['0', 'x']);
  });

  it('that is no number is passed on as it came', () => {
    assert.deepEqual(forwarded('OPTIONS', 'x'), ['x']);
  });
});

describe('a forwarded WebSocket handshake (RFC 6455 §4.1)', () => {
  const fields = [
    'Connection: keep-alive, Upgrade, X-Mine',
    'Upgrade: websocket, h2c',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: chat',
    'X-Mine: 1',
  ];

  it('has exactly one upgrade, to websocket', () => {
    assert.deepEqual(forwardFields(fields), [
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Protocol: chat',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ]);
  });

  it('is an ordinary request where it was none', () => {
    const lines = forward(requestText('GET / HTTP/1.0', 'Host: a', ...fields));
    assert.ok(!lines.some((line) => /^(?:connection|upgrade):/i.test(line)));
  });
});

describe('a site that changes requests', () => {
  function rewritten(text: string, rewrite: Partial<RequestRewrite>): string[] {
    return forward(text, STRANGER, BODY_NONE, 0, { ...PLAIN, ...rewrite }).filter(
      (line) => !STANDARD.has(line),
    );
  }

  const requestEdits = {
    dropped: new Set(['cookie', 'x-user', 'authorization'].map(editedName)),
    lines: 'X-User: node\r\nX-Extra: 1\r\n',
    fields: [],
  };

  it('gives the origin its own Host, and the one that was asked for as X-Forwarded-Host', () => {
    const lines = forward(getWith('Accept: */*'), STRANGER, BODY_NONE, 0, { ...PLAIN, preserveHost: false });
    assert.deepEqual(lines.slice(0, 3), ['GET / HTTP/1.1', 'Host: default.example', 'Accept: */*']);
    assert.ok(lines.includes('X-Forwarded-Host: example.org'));
    assert.equal(lines.filter((line) => /^host:/i.test(line)).length, 1);
  });

  it('gives one Host for an absolute target as well', () => {
    const text = 'GET http://example.org/x HTTP/1.1\r\nHost: other.example\r\n\r\n';
    const hosts = rewritten(text, { preserveHost: false }).filter((line) => /^host:/i.test(line));
    assert.deepEqual(hosts, ['Host: default.example']);
  });

  it('leaves out and adds lines, in any spelling that an origin may take for the same', () => {
    const text = getWith(
      'COOKIE: a=1',
      'X_User: root',
      'x-user: root',
      'X-Extra: 0',
      'Authorization: Basic x',
    );
    assert.deepEqual(rewritten(text, { requestEdits }).slice(2), [
      'X-Extra: 0',
      'X-User: node',
      'X-Extra: 1',
    ]);
  });
});
