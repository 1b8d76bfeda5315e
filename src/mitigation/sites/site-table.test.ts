import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameFound, tableOf } from './testing/site-places.ts';

const TABLE = tableOf([
  { name: 'www', hosts: ['www.example.org', 'Example.org'], path: '/' },
  { name: 'shop', hosts: ['www.example.org'], path: '/shop' },
  { name: 'till', hosts: ['www.example.org'], path: '/shop/till' },
  { name: 'wild', hosts: ['*.example.org'], path: '/' },
  { name: 'deep', hosts: ['*.eu.example.org'], path: '/' },
  { name: 'status', hosts: [], path: '/status' },
  { name: 'six', hosts: ['2001:db8::1', '192.0.2.7'], path: '/' },
  { name: 'part', hosts: ['part.example.net'], path: '/only' },
]);

function expectFound(cases: readonly (readonly [string, string, string])[]): void {
  for (const [host, target, name] of cases) {
    it(`finds ${name} for ${host}${target}`, () => assert.equal(nameFound(TABLE, host, target), name));
  }
}

describe('the host of a request', () => {
  expectFound([
    ['www.example.org', '/', 'www'],
    ['WWW.Example.ORG.:8443', '/', 'www'],
    ['example.org', '/', 'www'],
    ['other.example.org', '/', 'wild'],
    ['a.b.example.org', '/', 'wild'],
    ['a.eu.example.org', '/', 'deep'],
    ['eu.example.org', '/', 'wild'],
    ['[2001:DB8:0::1]:443', '/', 'six'],
    ['192.0.2.7', '/', 'six'],
    ['192.0.2.8', '/', '(unknown_site)'],
    ['example.com', '/', '(unknown_site)'],
    ['notexample.org', '/', '(unknown_site)'],
    ['', '/', '(unknown_site)'],
    ['', '/status', 'status'],
    ['__proto__', '/', '(unknown_site)'],
  ]);
});

describe('the path of a request', () => {
  expectFound([
    ['www.example.org', '/shop', 'shop'],
    ['www.example.org', '/shop?x=/shop/till', 'shop'],
    ['www.example.org', '/shopping', 'www'],
    ['www.example.org', '/shop/till/3', 'till'],
    ['www.example.org', '/x/../%73hop/./till', 'till'],
    ['www.example.org', '/shop/till/..', 'shop'],
    ['www.example.org', '*', 'www'],
    // What no site of the very name answers to goes to wider ones.
    ['part.example.net', '/status/x', 'status'],
    ['part.example.net', '/', '(unknown_site)'],
  ]);
});

describe('a path with several readings', () => {
  expectFound([
    ['www.example.org', '/shop%2ftill', '(ambiguous_path)'],
    ['www.example.org', '/shop//till', '(ambiguous_path)'],
    ['www.example.org', '/shop;v=1/till', '(ambiguous_path)'],
    ['www.example.org', '\\shop', '(ambiguous_path)'],
    ['www.example.org', '/shop/till/%2e%2e%2fx', '(ambiguous_path)'],
    ['www.example.org', '/shop/till/a%252f..%252f..', '(ambiguous_path)'],
    // All readings of these lie in one site.
    ['www.example.org', '/shop/till/a%2fb', 'till'],
    ['www.example.org', '/shop/till//3', 'till'],
    ['other.example.org', '/a%2f..%2f..%2fb', 'wild'],
    ['other.example.org', '//a', 'wild'],
  ]);
});

describe('a table with one site for everything', () => {
  it('looks at nothing', () => {
    const table = tableOf([{ name: 'all', hosts: [], path: '/' }]);
    for (const target of ['/', '*', '/a%2f..', '//']) assert.equal(nameFound(table, '', target), 'all');
  });
});

describe('the hosts of a site', () => {
  const [www, , , wild, , status] = TABLE.all;

  it('hold whatever the path', () => {
    assert.ok(TABLE.serves(www!, 'example.org') && TABLE.serves(TABLE.all[1]!, 'www.example.org:443'));
    assert.ok(!TABLE.serves(www!, 'other.example.org') && !TABLE.serves(www!, ''));
  });

  it('hold by wildcard, and for any host', () => {
    assert.ok(TABLE.serves(wild!, 'a.b.example.org') && !TABLE.serves(wild!, 'example.org'));
    assert.ok(TABLE.serves(status!, 'whatever') && TABLE.serves(status!, ''));
  });
});
