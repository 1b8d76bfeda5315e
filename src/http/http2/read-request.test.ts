import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from '../framing.ts';
import { HpackDecoder } from '../hpack/decoder.ts';
import type { Field } from '../hpack/testing/collect.ts';
import { indexed } from '../hpack/testing/write-block.ts';
import { RequestHead } from '../request-head.ts';
import { listFields, TEST_LIMITS } from '../testing/read.ts';
import { isMalformed, RequestReader } from './read-request.ts';
import {
  acceptRequest,
  feed,
  GET,
  outcomeWith,
  pseudo,
  readRequest,
  WEBSOCKET_KEY,
} from './testing/read-head.ts';

describe('a request over HTTP/2', () => {
  it('is laid out as one of HTTP/1.1', () => {
    const head = acceptRequest([...pseudo({ ':path': '/a?b=c' }), ['accept', '*/*'], ['x-empty', '']]);
    assert.equal(
      head.fields.text,
      'GET /a?b=c HTTP/1.1\r\nhost: example.org\r\naccept: */*\r\nx-empty: \r\n\r\n',
    );
    assert.deepEqual(listFields(head.fields), [
      ['host', 'example.org'],
      ['accept', '*/*'],
      ['x-empty', ''],
    ]);
    const { method, target, host, protocol, minorVersion, keepAlive, framing, extendedConnect } = head;
    assert.deepEqual(
      { method, target, host, protocol, minorVersion, keepAlive, framing, extendedConnect },
      {
        ...{ method: 'GET', target: '/a?b=c', host: 'example.org', protocol: 'HTTP/2.0', minorVersion: 1 },
        ...{ keepAlive: true, framing: BODY_NONE, extendedConnect: false },
      },
    );
    assert.equal(head.fields.canonical, true);
  });

  it('stays as it is while others are read after it', () => {
    const reader = new RequestReader(null);
    const decoder = new HpackDecoder(4096);
    const heads = Array.from({ length: 60 }, (_, i) => {
      const head = new RequestHead(10);
      reader.begin(head, TEST_LIMITS);
      feed([...pseudo({ ':path': `/${i}` }), ['x-a', `${i}`.repeat(200)]], reader, decoder);
      assert.equal(reader.finish(true), 0);
      return head;
    });
    for (const [i, head] of heads.entries()) {
      assert.equal(
        head.fields.text,
        `GET /${i} HTTP/1.1\r\nhost: example.org\r\nx-a: ${`${i}`.repeat(200)}\r\n\r\n`,
      );
    }
  });

  it('is refused for a field that was refused before, also where it comes from the table', () => {
    const reader = new RequestReader(null);
    const decoder = new HpackDecoder(4096);
    for (const field of [
      ['x-a', 'a\nb'],
      ['connection', 'close'],
    ] as const) {
      reader.begin(new RequestHead(10), TEST_LIMITS);
      feed([...GET, field], reader, decoder);
      const first = reader.finish(true);
      assert.ok(first < 0);
      reader.begin(new RequestHead(10), TEST_LIMITS);
      const block = Buffer.from([0x82, 0x87, 0x84, ...indexed(62)]);
      assert.equal(decoder.decode(block, 0, block.length, reader), 0);
      assert.equal(reader.finish(true), first);
    }
  });
});

describe('RFC 9113 section 8.2.1: a field', () => {
  it('has a name of lower-case token octets', () => {
    for (let octet = 0; octet < 256; octet++) {
      const character = String.fromCharCode(octet);
      const isName = /[!#$%&'*+\-.^_`|~0-9a-z]/.test(character);
      for (const name of [`x${character}`, `x${character}y`, `${character}x`]) {
        const expected = isName ? 'ok' : name.startsWith(':') ? 'pseudo_field' : 'field_name';
        assert.equal(outcomeWith([name, 'v']), expected, JSON.stringify(name));
      }
    }
    assert.equal(outcomeWith(['', 'v']), 'field_name');
  });

  it('has a value without control octets', () => {
    for (let octet = 0; octet < 256; octet++) {
      const isValue = octet === 9 || (octet >= 0x20 && octet !== 0x7f);
      const value = `a${String.fromCharCode(octet)}b`;
      assert.equal(outcomeWith(['x', value]), isValue ? 'ok' : 'field_value', JSON.stringify(value));
    }
  });

  it('has a value without white space around it', () => {
    for (const value of [' a', '\ta', 'a ', 'a\t', ' ', '\t']) {
      assert.equal(outcomeWith(['x', value]), 'field_value', JSON.stringify(value));
    }
    for (const value of ['', 'a b', 'a\tb']) assert.equal(outcomeWith(['x', value]), 'ok');
  });

  it('has the same rules where it is a pseudo-field', () => {
    for (const name of [':method', ':path', ':authority', ':scheme']) {
      for (const value of ['a\r\nb', 'a\0', ' a', 'a ']) {
        const { fault } = readRequest(pseudo({ [name]: value }));
        assert.ok(isMalformed(fault), `${name} ${JSON.stringify(value)}`);
      }
    }
  });
});

describe('RFC 9113 section 8.2.2: fields of a connection', () => {
  it('are refused', () => {
    for (const name of ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']) {
      for (const value of ['', 'close', 'chunked', 'websocket']) {
        assert.equal(outcomeWith([name, value]), 'connection_field', name);
      }
    }
  });

  it('may be TE with trailers and nothing else', () => {
    assert.equal(outcomeWith(['te', 'trailers']), 'ok');
    for (const value of ['', 'gzip', 'trailers, gzip', 'trailers;q=1', 'trailer']) {
      assert.equal(outcomeWith(['te', value]), 'connection_field', value);
    }
  });
});

describe('RFC 9113 section 8.2.3: Cookie', () => {
  const cookies = (head: RequestHead) => listFields(head.fields).filter(([name]) => name === 'cookie');

  it('in pieces is one line', () => {
    const head = acceptRequest([
      ...GET,
      ['cookie', 'a=1'],
      ['x', 'y'],
      ['cookie', 'b=2'],
      ['cookie', 'c=3; d=4'],
    ]);
    assert.deepEqual(cookies(head), [['cookie', 'a=1; b=2; c=3; d=4']]);
    assert.deepEqual(listFields(head.fields)[1], ['x', 'y']);
  });

  it('of one request is not seen in the next', () => {
    const reader = new RequestReader(null);
    const requests: readonly (readonly Field[])[] = [[['cookie', 'secret=1']], [['cookie', 'a=b']], []];
    const heads = requests.map((fields) => {
      const head = new RequestHead(10);
      reader.begin(head, TEST_LIMITS);
      feed([...GET, ...fields], reader);
      assert.equal(reader.finish(true), 0);
      return cookies(head);
    });
    assert.deepEqual(heads, [[['cookie', 'secret=1']], [['cookie', 'a=b']], []]);
  });

  it('may come in 90 pieces beside 15 fields, but not in pieces without end', () => {
    const crumbs = (count: number) => Array.from({ length: count }, (_, i): Field => ['cookie', `c${i}=v`]);
    const others = Array.from({ length: 15 }, (_, i): Field => [`x-${i}`, 'v']);
    const head = acceptRequest([...GET, ...others, ...crumbs(90)]);
    assert.equal(head.fields.count, 17);
    assert.equal(outcomeWith(...crumbs(100)), 'ok');
    assert.equal(outcomeWith(...crumbs(101)), 'too_many_fields');
    const large = { ...TEST_LIMITS, headerCountMax: 10_000 };
    const many = readRequest([...GET, ...crumbs(2000)], { limits: large });
    assert.equal(many.outcome, 'header_too_large', 'each costs 32 octets more');
  });
});

describe('RFC 9113 section 8.3: pseudo-fields', () => {
  it('stand in front of all others', () => {
    for (const [i, field] of GET.entries()) {
      const others = GET.filter((_, other) => other !== i);
      assert.equal(readRequest([...others, ['x', 'y'], field]).outcome, 'pseudo_field', field[0]);
    }
    assert.equal(readRequest([['x', 'y'], ...GET]).outcome, 'pseudo_field');
  });

  it('are known ones of requests', () => {
    for (const name of [':status', ':x', ':', ':Method', ':method ', ':methods', ':protocols', '::path']) {
      assert.ok(isMalformed(readRequest([...GET, [name, '200']]).fault), name);
    }
  });

  it('come once, and in any order', () => {
    for (const field of GET) assert.equal(readRequest([...GET, field]).outcome, 'pseudo_field', field[0]);
    assert.equal(readRequest(GET.toReversed()).outcome, 'ok');
  });
});

describe('RFC 9113 section 8.3.1: a request has', () => {
  it('a method, a scheme and a path', () => {
    for (const name of [':method', ':scheme', ':path']) {
      assert.equal(readRequest(pseudo({ [name]: null })).outcome, 'pseudo_field', name);
    }
    assert.equal(readRequest([]).outcome, 'pseudo_field');
    assert.equal(readRequest([['x', 'y']]).outcome, 'pseudo_field');
  });

  it('a method that is a token', () => {
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'X-custom', 'get']) {
      assert.equal(acceptRequest(pseudo({ ':method': method })).method, method);
    }
    for (const method of ['', 'G T', 'GET/', 'G\xe9T', 'GET,', 'G'.repeat(33), 'GET / HTTP/1.1']) {
      assert.ok(isMalformed(readRequest(pseudo({ ':method': method })).fault), method);
    }
  });

  it('a scheme of HTTP', () => {
    for (const scheme of ['http', 'https']) {
      assert.equal(readRequest(pseudo({ ':scheme': scheme })).outcome, 'ok');
    }
    for (const scheme of ['', 'ftp', 'httpx', 'htt', 'http:']) {
      assert.equal(readRequest(pseudo({ ':scheme': scheme })).outcome, 'pseudo_field', scheme);
    }
  });

  it('a path in origin form', () => {
    for (const path of ['/', '//', '/a?b', '/?', '/%00', '/"<>|']) {
      assert.equal(acceptRequest(pseudo({ ':path': path })).target, path);
    }
    for (const path of [
      '',
      'a',
      '?a',
      'http://example.org/',
      '/a b',
      '/#',
      '/\xe9',
      '/\x7f',
      '/ HTTP/1.1',
      '**',
    ]) {
      assert.ok(isMalformed(readRequest(pseudo({ ':path': path })).fault), path);
    }
  });

  it('an asterisk for a path only with OPTIONS', () => {
    assert.equal(acceptRequest(pseudo({ ':method': 'OPTIONS', ':path': '*' })).target, '*');
    for (const method of ['GET', 'POST', 'options']) {
      assert.equal(readRequest(pseudo({ ':method': method, ':path': '*' })).outcome, 'target', method);
    }
  });

  it('an authority without userinfo', () => {
    for (const authority of ['example.org', 'EXAMPLE.org:8443', '[2001:db8::1]:443', '192.0.2.1']) {
      assert.equal(acceptRequest(pseudo({ ':authority': authority })).host, authority);
    }
    for (const authority of [
      '',
      'user@example.org',
      'a b',
      'a,b',
      'a/b',
      'a:b',
      'a'.repeat(256),
      'a'.repeat(400),
    ]) {
      assert.ok(isMalformed(readRequest(pseudo({ ':authority': authority })).fault), authority);
    }
  });

  it('an authority or a Host', () => {
    const head = acceptRequest([...pseudo({ ':authority': null }), ['accept', '*/*'], ['host', 'a.example']]);
    assert.equal(head.host, 'a.example');
    assert.equal(readRequest(pseudo({ ':authority': null })).outcome, 'host');
    assert.equal(readRequest([...pseudo({ ':authority': null }), ['host', '']]).outcome, 'host');
    assert.equal(
      readRequest([...pseudo({ ':authority': null }), ['host', 'a'], ['host', 'a']]).outcome,
      'host',
    );
  });

  it('a Host that says the same as the authority, and is said once', () => {
    const head = acceptRequest([...GET, ['host', 'Example.ORG']]);
    assert.deepEqual(listFields(head.fields), [['host', 'example.org']]);
    for (const host of ['other.example', 'example.org:443', '', 'example.or']) {
      assert.equal(outcomeWith(['host', host]), 'host', host);
    }
    assert.equal(outcomeWith(['host', 'example.org'], ['host', 'example.org']), 'host');
  });
});

describe('RFC 9113 section 8.5: CONNECT', () => {
  const connect = (more: Readonly<Record<string, string | null>> = {}) =>
    pseudo({ ':method': 'CONNECT', ':scheme': null, ':path': null, ':authority': 'a.example:443', ...more });

  it('is not served', () => {
    const { outcome, fault, head } = readRequest(connect(), { endStream: false });
    assert.equal(outcome, 'method_not_served');
    assert.equal(isMalformed(fault), false);
    assert.deepEqual([head.method, head.target], ['CONNECT', 'a.example:443']);
  });

  it('has an authority and neither scheme nor path', () => {
    assert.equal(readRequest(connect({ ':scheme': 'https' })).outcome, 'pseudo_field');
    assert.equal(readRequest(connect({ ':path': '/' })).outcome, 'pseudo_field');
    assert.equal(readRequest(connect({ ':authority': null })).outcome, 'pseudo_field');
  });
});

describe('TRACE', () => {
  it('is not served, as in HTTP/1.1', () => {
    assert.equal(readRequest(pseudo({ ':method': 'TRACE' })).outcome, 'method_not_served');
  });
});

describe('RFC 8441: extended CONNECT', () => {
  const webSocket = (more: Readonly<Record<string, string | null>> = {}) =>
    pseudo({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', ...more });
  const open = { endStream: false };

  it('for a WebSocket is the handshake that it stands for', () => {
    const head = acceptRequest(
      [...webSocket(), ['sec-websocket-version', '13'], ['origin', 'https://a']],
      open,
    );
    assert.deepEqual([head.method, head.target, head.extendedConnect], ['GET', '/chat', true]);
    assert.deepEqual([head.webSocketKey, head.framing], [WEBSOCKET_KEY, BODY_NONE]);
    assert.deepEqual(listFields(head.fields), [
      ['host', 'example.org'],
      ['sec-websocket-version', '13'],
      ['origin', 'https://a'],
      ['sec-websocket-key', WEBSOCKET_KEY],
    ]);
  });

  it('gets a version where it has none, and never keeps a key of the client', () => {
    const head = acceptRequest([...webSocket(), ['sec-websocket-key', 'BBBBBBBBBBBBBBBBBBBBBB==']], open);
    assert.deepEqual(listFields(head.fields).slice(1), [
      ['sec-websocket-version', '13'],
      ['sec-websocket-key', WEBSOCKET_KEY],
    ]);
  });

  it('has another version than 13 refused', () => {
    const old = readRequest([...webSocket(), ['sec-websocket-version', '8']], open);
    assert.equal(old.outcome, 'upgrade_version');
    assert.equal(isMalformed(old.fault), false);
    const version: Field = ['sec-websocket-version', '13'];
    assert.equal(readRequest([...webSocket(), version, version], open).outcome, 'upgrade');
  });

  it('has method, scheme, path and authority', () => {
    for (const name of [':method', ':scheme', ':path']) {
      assert.equal(readRequest(webSocket({ [name]: null }), open).outcome, 'pseudo_field', name);
    }
    assert.equal(readRequest(webSocket({ ':method': 'GET' }), open).outcome, 'pseudo_field');
    assert.equal(readRequest(webSocket({ ':authority': null }), open).outcome, 'host');
  });

  it('has neither a body nor an end', () => {
    assert.equal(readRequest([...webSocket(), ['content-length', '0']], open).outcome, 'upgrade');
    assert.equal(readRequest(webSocket(), { endStream: true }).outcome, 'upgrade');
  });

  it('for another protocol is not served', () => {
    for (const protocol of ['connect-udp', 'websockets', '']) {
      assert.equal(readRequest(webSocket({ ':protocol': protocol }), open).outcome, 'method_not_served');
    }
  });

  it('is malformed where it was not offered', () => {
    assert.equal(readRequest(webSocket(), { endStream: false, webSocket: false }).outcome, 'pseudo_field');
  });
});

describe('RFC 9113 section 8.1.1: the length of a body', () => {
  const post = pseudo({ ':method': 'POST' });
  const framing = (endStream: boolean, ...fields: readonly Field[]) => {
    const { outcome, head } = readRequest([...post, ...fields], { endStream });
    return outcome === 'ok' ? [head.framing, head.contentLength] : outcome;
  };

  it('is known by content-length, or not at all', () => {
    assert.deepEqual(framing(false), [BODY_CHUNKED, 0]);
    assert.deepEqual(framing(true), [BODY_NONE, 0]);
    assert.deepEqual(framing(false, ['content-length', '12']), [BODY_LENGTH, 12]);
    assert.deepEqual(framing(false, ['content-length', '0']), [BODY_NONE, 0]);
    assert.deepEqual(framing(true, ['content-length', '0']), [BODY_NONE, 0]);
  });

  it('is one plain number', () => {
    for (const value of ['', '-1', '+1', '1,1', '1 1', '0x1', '1e1', '99999999999999999', 'a']) {
      assert.equal(framing(false, ['content-length', value]), 'content_length', value);
    }
    assert.equal(framing(false, ['content-length', '1'], ['content-length', '1']), 'content_length');
  });

  it('is not more than nothing where the stream ends with the head', () => {
    assert.equal(framing(true, ['content-length', '1']), 'content_length');
  });
});

describe('what other fields mean', () => {
  it('is the same as in HTTP/1.1', () => {
    assert.equal(acceptRequest([...GET, ['expect', '100-continue']]).expectContinue, true);
    const other = readRequest([...GET, ['expect', 'x']]);
    assert.equal(other.outcome, 'expectation');
    assert.equal(isMalformed(other.fault), false);
    assert.equal(acceptRequest([...GET, ['max-forwards', '3']]).maxForwards, 3);
  });
});

describe('limits of a request', () => {
  const limits = { targetBytesMax: 100, headerBytesMax: 500, headerCountMax: 10 };
  const outcome = (fields: readonly Field[]) => {
    const read = readRequest(fields, { limits });
    assert.equal(read.outcome !== 'ok' && isMalformed(read.fault), false, 'a limit is no malformed request');
    return read.outcome;
  };

  it('hold for the target', () => {
    assert.equal(outcome(pseudo({ ':path': `/${'a'.repeat(99)}` })), 'ok');
    assert.equal(outcome(pseudo({ ':path': `/${'a'.repeat(100)}` })), 'target_too_long');
    assert.equal(outcome(pseudo({ ':path': `/${'a'.repeat(20_000)}` })), 'target_too_long');
  });

  it('hold for the octets of fields, each with 32 more (section 6.5.2)', () => {
    assert.equal(outcome([...GET, ['x', 'a'.repeat(467)]]), 'ok');
    assert.equal(outcome([...GET, ['x', 'a'.repeat(468)]]), 'header_too_large');
    assert.equal(outcome([...GET, ['x', 'a'.repeat(20_000)]]), 'header_too_large');
    assert.equal(outcome([...GET, ['cookie', 'a'.repeat(463)]]), 'header_too_large');
  });

  it('hold for the number of fields, with Host', () => {
    const some = (count: number) => Array.from({ length: count }, (_, i): Field => [`x${i}`, '']);
    assert.equal(outcome([...GET, ...some(9)]), 'ok');
    assert.equal(outcome([...GET, ...some(10)]), 'too_many_fields');
    assert.equal(outcome([...GET, ...some(9), ['cookie', 'a']]), 'too_many_fields');
  });

  it('stop the storing of a bomb, whatever it refers to', () => {
    const reader = new RequestReader(null);
    const decoder = new HpackDecoder(4096);
    const head = new RequestHead(100);
    reader.begin(head, TEST_LIMITS);
    feed([...GET, ['x-a', 'v'.repeat(3000)]], reader, decoder);
    const block = Buffer.alloc(65_536, 0x80 | 62);
    const startMs = performance.now();
    assert.equal(decoder.decode(block, 0, block.length, reader), 0);
    assert.ok(performance.now() - startMs < 100);
    assert.ok(head.fields.count < 15);
    assert.equal(readRequest([...GET, ['x', 'y']]).outcome, 'ok');
    assert.notEqual(reader.finish(true), 0);
  });
});
