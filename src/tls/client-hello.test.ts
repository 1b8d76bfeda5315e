import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClientHello, isGrease, parseClientHello } from './client-hello.ts';
import {
  extension,
  type HelloParts,
  helloBody,
  protocolNames,
  serverNames,
  signatureAlgorithms,
  supportedVersions,
  vector,
} from './testing/hello-octets.ts';

function read(parts: HelloParts): ClientHello {
  const body = helloBody(parts);
  const hello = parseClientHello(body, 0, body.length);
  assert.ok(hello.ok);
  return hello.value;
}

function faultOf(body: Buffer): string | null {
  const hello = parseClientHello(body, 0, body.length);
  return hello.ok ? null : hello.fault;
}

describe('ClientHello', () => {
  it('tells the name, the protocols, the versions and the numbers in their order', () => {
    const hello = read({
      ciphers: [0x2a2a, 0x1302, 0x1301],
      extensions: [
        extension(0x5a5a, Buffer.alloc(0)),
        serverNames('Shop.Example'),
        protocolNames('h2', 'http/1.1'),
        signatureAlgorithms(0x0403, 0x0804),
        supportedVersions(0x0304, 0x0303),
        extension(0xfe0d, Buffer.alloc(200, 1)),
      ],
    });
    assert.equal(hello.serverName, 'Shop.Example');
    assert.deepEqual(hello.protocols, ['h2', 'http/1.1']);
    assert.deepEqual([...hello.cipherSuites], [0x2a2a, 0x1302, 0x1301]);
    assert.deepEqual([...hello.extensions], [0x5a5a, 0, 16, 13, 43, 0xfe0d]);
    assert.deepEqual([...hello.supportedVersions], [0x0304, 0x0303]);
    assert.deepEqual([...hello.signatureAlgorithms], [0x0403, 0x0804]);
  });

  for (const extensions of [null, []]) {
    it(`may have ${extensions === null ? 'no list of' : 'an empty list of'} extensions`, () => {
      const hello = read({ extensions });
      assert.equal(hello.serverName, null);
      assert.equal(hello.protocols, null);
      assert.equal(hello.extensions.length, 0);
    });
  }

  it('tells no name where the list of names is empty or names something else', () => {
    assert.equal(read({ extensions: [serverNames()] }).serverName, null);
    const other = extension(0, vector(2, Buffer.concat([Buffer.from([5]), vector(2, Buffer.from('x'))])));
    assert.equal(read({ extensions: [other] }).serverName, null);
  });

  const whole = helloBody({ extensions: [serverNames('a.example'), protocolNames('h2')] });

  const malformed: readonly (readonly [string, Buffer])[] = [
    ['is empty', Buffer.alloc(0)],
    ['has an odd number of cipher octets', helloBody({ extensions: null }).fill(3, 68, 69)],
    ['has a session id of more than 32 octets', helloBody({ sessionId: Buffer.alloc(33) })],
    ['has octets behind the extensions', Buffer.concat([whole, Buffer.alloc(1)])],
    [
      'has an extension that is longer than the list',
      helloBody({ extensions: [Buffer.from([0, 9, 0, 4, 1])] }),
    ],
    ['has half a head of an extension', helloBody({ extensions: [Buffer.from([0, 9, 0])] })],
    ['has an empty name', helloBody({ extensions: [serverNames('')] })],
    ['has an empty protocol', helloBody({ extensions: [protocolNames('h2', '')] })],
    [
      'has octets behind the protocols',
      helloBody({ extensions: [extension(16, Buffer.from([0, 2, 1, 0x61, 0]))] }),
    ],
    ['has half a signature algorithm', helloBody({ extensions: [extension(13, Buffer.from([0, 1, 4]))] })],
    ['has half a version', helloBody({ extensions: [extension(43, Buffer.from([1, 3]))] })],
  ];
  for (const [what, body] of malformed) {
    it(`is malformed where it ${what}`, () => assert.equal(faultOf(body), 'malformed'));
  }

  it('is malformed wherever it is cut but behind the compression methods', () => {
    const withoutExtensions = helloBody({ extensions: null }).length;
    for (let end = 0; end < whole.length; end++) {
      const hello = parseClientHello(whole, 0, end);
      assert.equal(hello.ok, end === withoutExtensions, `cut at ${end}`);
    }
  });

  it('must not name the server twice, in one extension or in two', () => {
    assert.equal(faultOf(helloBody({ extensions: [serverNames('a.example', 'b.example')] })), 'repeated');
    assert.equal(
      faultOf(helloBody({ extensions: [serverNames('a.example'), serverNames('a.example')] })),
      'repeated',
    );
  });

  it('must not have another known extension twice', () => {
    assert.equal(faultOf(helloBody({ extensions: [protocolNames('h2'), protocolNames('h2')] })), 'repeated');
    assert.equal(
      faultOf(helloBody({ extensions: [supportedVersions(0x0304), supportedVersions(0x0303)] })),
      'repeated',
    );
  });

  it('knows the sixteen values of GREASE and no others', () => {
    const found = Array.from({ length: 0x10000 }, (_, value) => value).filter(isGrease);
    assert.equal(found.length, 16);
    assert.deepEqual(found.slice(0, 3), [0x0a0a, 0x1a1a, 0x2a2a]);
  });
});
