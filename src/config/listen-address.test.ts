import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalHost, isLoopbackHost, isWildcardHost, parseListenAddress } from './listen-address.ts';

describe('parseListenAddress', () => {
  const readable: readonly (readonly [string, string, number])[] = [
    ['127.0.0.1:8443', '127.0.0.1', 8443],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:65535', '::1', 65_535],
    ['[2001:db8::7]:1', '2001:db8::7', 1],
    ['localhost:80', 'localhost', 80],
    ['origin_1.internal-net.example:8080', 'origin_1.internal-net.example', 8080],
  ];
  for (const [text, host, port] of readable) {
    it(`reads ${text}`, () =>
      assert.deepEqual(parseListenAddress(text), { ok: true, value: { host, port } }));
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /"127\.0\.0\.1:8443"/],
    ['8443', /"0\.0\.0\.0:8443"/],
    [':8443', /"0\.0\.0\.0:8443"/],
    ['*:8443', /"0\.0\.0\.0:8443"/],
    ['127.0.0.1', /"127\.0\.0\.1:8443"/],
    ['::1:8443', /"\[::1\]:8443"/],
    ['http://127.0.0.1:8080/', /"127\.0\.0\.1:8080"/],
    ['127.0.0.1:65536', /^$/],
    ['127.0.0.01:80', /like/],
    ['127.0.1:80', /like/],
    ['[127.0.0.1]:80', /like/],
    ['[fe80::1%eth0]:80', /like/],
    ['a..b:80', /like/],
    ['-a:80', /like/],
    ['127.0.0.1:80\n', /like/],
    [`${'a'.repeat(300)}:80`, /like/],
  ];
  for (const [text, suggestion] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))} and shows how to write it`, () => {
      const parsed = parseListenAddress(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.fault.suggestion ?? '', suggestion);
    });
  }
});

describe('hosts', () => {
  it('are loopback where only the machine itself reaches them', () => {
    for (const host of ['127.0.0.1', '127.255.0.9', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1']) {
      assert.ok(isLoopbackHost(host), host);
    }
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example', '127.example']) {
      assert.ok(!isLoopbackHost(host), host);
    }
  });

  it('are wildcards where they stand for all addresses', () => {
    assert.ok(isWildcardHost('0.0.0.0') && isWildcardHost('::') && isWildcardHost('0:0::0'));
    assert.ok(!isWildcardHost('127.0.0.1') && !isWildcardHost('localhost'));
  });

  it('have one canonical text', () => {
    assert.equal(canonicalHost('2001:DB8:0::1'), '2001:db8::1');
    assert.equal(canonicalHost('LocalHost'), 'localhost');
  });
});
