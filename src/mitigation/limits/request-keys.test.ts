import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configSchema } from '../../config/schema.ts';
import { GEO_UNKNOWN, type GeoTable, packCountry } from '../../core/geo-table.ts';
import { createAddressWords, maskWords, parseAddressInto } from '../../core/ip.ts';
import { acceptRequest, requestText } from '../../http/testing/read.ts';
import type { Client } from '../client.ts';
import { compileLimits } from './compile-limits.ts';
import type { LimitPolicy } from './limit-policy.ts';
import { type KeyedRequest, RequestKeys } from './request-keys.ts';

interface Asked {
  readonly from?: string;
  readonly line?: string;
  readonly host?: string;
  readonly fields?: readonly string[];
  readonly ja4?: string;
}

/** Addresses of 10.49.0.0/16 are German and of AS 3320; nothing else is known. */
const GEO: GeoTable = {
  countryOf: (words) => (words[3]! >>> 16 === 0x0a31 ? packCountry('DE') : GEO_UNKNOWN),
  asnOf: (words) => (words[3]! >>> 16 === 0x0a31 ? 3320 : GEO_UNKNOWN),
};

function clientAt(address: string): Client {
  const words = createAddressWords();
  assert.ok(parseAddressInto(address, words));
  const key = words.slice();
  if (address.includes(':')) maskWords(key, 64);
  return { address, words, key, exempt: false };
}

function request({
  from = '10.0.0.1',
  line = 'GET / HTTP/1.1',
  host = 'a',
  fields = [],
  ja4 = '',
}: Asked): KeyedRequest {
  const head = acceptRequest(requestText(line, `Host: ${host}`, ...fields));
  return { head, client: clientAt(from), connection: { ja4 } };
}

function limit(settings: object): LimitPolicy {
  const { limits } = configSchema.parse({ limits: [{ name: 'a', ...settings }] });
  return compileLimits(limits, '')[0]!;
}

const keys = new RequestKeys({ low: 1, high: 2 }, { low: 3, high: 4 });

function keyOf(policy: LimitPolicy, asked: Asked): string {
  keys.begin(request(asked), GEO);
  keys.make(policy);
  keys.end();
  return `${keys.low} ${keys.high}`;
}

/** Whether all requests count together. */
function together(by: readonly string[], ...asked: readonly Asked[]): boolean {
  const policy = limit({ keys: by });
  return new Set(asked.map((one) => keyOf(policy, one))).size === 1;
}

function applies(settings: object, asked: Asked): boolean {
  keys.begin(request(asked), GEO);
  return keys.matches(limit(settings).filter);
}

describe('a key', () => {
  const other = new RequestKeys({ low: 5, high: 6 }, { low: 3, high: 4 });
  const readKey = (made: RequestKeys, policy: LimitPolicy): string => {
    made.begin(request({}), GEO);
    made.make(policy);
    made.end();
    return `${made.low} ${made.high}`;
  };

  it('of a limit of the fleet is the same on all nodes, that of another limit on none', () => {
    const shared = limit({ scope: 'fleet', algorithm: 'sliding_window' });
    assert.equal(readKey(keys, shared), readKey(other, shared));
    const alone = limit({ algorithm: 'sliding_window' });
    assert.notEqual(readKey(keys, alone), readKey(other, alone));
    assert.notEqual(readKey(keys, alone), readKey(keys, shared));
  });
});

describe('what a limit counts by', () => {
  it('is the client as bans see it', () => {
    assert.ok(together(['client'], {}, { line: 'GET /x HTTP/1.1', fields: ['X: 1'] }));
    assert.ok(together(['client'], { from: '2001:db8::1' }, { from: '2001:db8::2' }));
    assert.ok(!together(['client'], { from: '10.0.0.1' }, { from: '10.0.0.2' }));
  });

  it('is the prefix of the whole address', () => {
    assert.ok(together(['prefix'], { from: '10.0.0.1' }, { from: '10.0.0.254' }));
    assert.ok(!together(['prefix'], { from: '10.0.0.1' }, { from: '10.0.1.1' }));
    assert.ok(together(['prefix:16/48'], { from: '10.0.0.1' }, { from: '10.0.9.1' }));
    assert.ok(together(['prefix:16/48'], { from: '2001:db8:1:2::1' }, { from: '2001:db8:1:3::1' }));
    assert.ok(!together(['prefix:16/48'], { from: '2001:db8:1::1' }, { from: '2001:db8:2::1' }));
    assert.ok(!together(['prefix:32/128'], { from: '2001:db8::1' }, { from: '2001:db8::2' }));
  });

  it('is the value of a header, whoever sends it', () => {
    const by = ['header:X-Api-Key'];
    assert.ok(
      together(by, { fields: ['x-api-key: k1'] }, { from: '10.0.0.2', fields: ['X-API-KEY:   k1 '] }),
    );
    assert.ok(!together(by, { fields: ['x-api-key: k1'] }, { fields: ['x-api-key: k2'] }));
    assert.ok(!together(by, { fields: ['x-api-key: k1'] }, { fields: ['x-api-key: K1'] }));
  });

  it('is the value of a cookie, wherever it stands', () => {
    const by = ['cookie:sid'];
    const same = [
      'Cookie: sid=1',
      'Cookie: a=2; sid=1',
      'cookie: sid=1 ; b=3',
      'Cookie: sidx=9; xsid=8; sid=1',
    ];
    assert.ok(together(by, ...same.map((field) => ({ fields: [field] }))));
    assert.ok(together(by, { fields: same.slice(0, 1) }, { fields: ['Cookie: a=2', 'Cookie: sid=1'] }));
    assert.ok(!together(by, { fields: ['Cookie: sid=1'] }, { fields: ['Cookie: sid=2'] }));
    assert.ok(!together(by, { fields: ['Cookie: sid=1'] }, { fields: ['Cookie: SID=1'] }));
  });

  it('is the client for those who leave a header or cookie out, empty it, or send it twice', () => {
    for (const [key, ...ways] of [
      ['header:k', [], ['k:'], ['k: 1', 'K: 1'], ['k: 1', 'k: 2']],
      ['cookie:k', [], ['Cookie: k='], ['Cookie: k'], ['Cookie: k=1; k=2'], ['Cookie: k=1', 'Cookie: k=1']],
    ] as const) {
      const asked = ways.map((fields) => ({ fields }));
      assert.ok(together([key], ...asked), key);
      assert.ok(!together([key], asked[0]!, { ...asked[0], from: '10.0.0.2' }));
      assert.notEqual(keyOf(limit({ keys: [key] }), {}), keyOf(limit({ keys: ['client'] }), {}));
    }
  });

  it('is the path in one spelling, without its query', () => {
    assert.ok(
      together(
        ['path'],
        { line: 'GET /login HTTP/1.1' },
        { line: 'GET /login?a=1 HTTP/1.1' },
        { line: 'GET //Login/ HTTP/1.1' },
        { line: 'POST /%6cogin HTTP/1.1', from: '10.0.0.9' },
      ),
    );
    assert.ok(!together(['path'], { line: 'GET /a HTTP/1.1' }, { line: 'GET /b HTTP/1.1' }));
  });

  it('is the host without case, port and final dot', () => {
    assert.ok(together(['host'], { host: 'a.example' }, { host: 'A.Example:8443' }, { host: 'a.example.' }));
    assert.ok(together(['host'], { host: '[2001:db8::1]' }, { host: '[2001:db8::1]:443' }));
    assert.ok(together(['host'], { host: '[2001:db8::1]' }, { host: '[2001:DB8:0::0001]' }));
    assert.ok(!together(['host'], { host: 'a.example' }, { host: 'b.example' }));
  });

  it('is method, fingerprint, country or network', () => {
    assert.ok(!together(['method'], {}, { line: 'HEAD / HTTP/1.1' }));
    assert.ok(together(['ja4'], { ja4: 't13d' }, { ja4: 't13d', from: '10.0.0.2' }));
    assert.ok(!together(['ja4'], { ja4: 't13d' }, { ja4: 't12d' }));
    assert.ok(!together(['ja4'], {}, { from: '10.0.0.2' }));
    for (const key of ['country', 'asn']) {
      assert.ok(together([key], { from: '10.49.0.1' }, { from: '10.49.7.7' }));
      assert.ok(!together([key], { from: '10.0.0.1' }, { from: '10.0.0.2' }));
    }
  });

  it('may be several together', () => {
    const by = ['client', 'path', 'header:k'];
    const asked = { line: 'GET /a HTTP/1.1', fields: ['k: 1'] };
    assert.ok(together(by, asked, { ...asked, line: 'PUT /a HTTP/1.1' }));
    assert.ok(!together(by, asked, { ...asked, from: '10.0.0.2' }));
    assert.ok(!together(by, asked, { ...asked, line: 'GET /b HTTP/1.1' }));
    assert.ok(!together(by, asked, { ...asked, fields: ['k: 2'] }));
  });

  it('is counted apart from other limits, and the same over a reload that changes rates', () => {
    const one = keyOf(limit({ rate: 1 }), {});
    assert.equal(keyOf(limit({ rate: 7, burst: 9, mode: 'observe', path: '/x' }), {}), one);
    assert.notEqual(keyOf(limit({ name: 'b' }), {}), one);
    assert.notEqual(keyOf(limit({ algorithm: 'sliding_window' }), {}), one);
    const { limits } = configSchema.parse({ limits: [{ name: 'a' }] });
    assert.notEqual(keyOf(compileLimits(limits, 'shop')[0]!, {}), one);
  });
});

describe('a limit applies', () => {
  it('below its path, however that is spelled', () => {
    const settings = { path: '/Api/' };
    for (const path of ['/api', '/api/x', '//API/x', '/%61pi/x?y', '/z/../api']) {
      assert.ok(applies(settings, { line: `GET ${path} HTTP/1.1` }), path);
    }
    for (const path of ['/', '/apix', '/x/api', '/api/../x']) {
      assert.ok(!applies(settings, { line: `GET ${path} HTTP/1.1` }), path);
    }
  });

  it('to its methods', () => {
    assert.ok(applies({ methods: ['POST', 'PUT'] }, { line: 'PUT / HTTP/1.1' }));
    assert.ok(!applies({ methods: ['POST'] }, {}));
  });

  it('to clients of its countries and networks', () => {
    assert.ok(applies({ countries: ['fr', 'de'] }, { from: '10.49.0.1' }));
    assert.ok(!applies({ countries: ['fr'] }, { from: '10.49.0.1' }));
    assert.ok(!applies({ countries: ['de'] }, { from: '10.0.0.1' }));
    assert.ok(applies({ asns: [3320] }, { from: '10.49.0.1' }));
    assert.ok(!applies({ asns: [3320] }, { from: '10.0.0.1' }));
  });
});
