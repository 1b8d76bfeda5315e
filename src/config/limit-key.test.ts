import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../core/result.ts';
import { formatFault } from './fault.ts';
import { parseLimitKey } from './limit-key.ts';
import { loadConfig } from './load.ts';

function faultsOf(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  const loaded = loadConfig({ path: 'x.toml', explicit: true, env: {}, readFile: () => ok(bytes) });
  return loaded.ok ? [] : loaded.fault.map(formatFault);
}

describe('keys of limits', () => {
  it('are read with their names and lengths', () => {
    assert.deepEqual(parseLimitKey('client'), ok({ kind: 'client' }));
    assert.deepEqual(parseLimitKey('header:X-Api-Key'), ok({ kind: 'header', name: 'x-api-key' }));
    assert.deepEqual(parseLimitKey('cookie:Session'), ok({ kind: 'cookie', name: 'Session' }));
    assert.deepEqual(parseLimitKey('prefix'), ok({ kind: 'prefix', ipv4Bits: 24, ipv6Bits: 64 }));
    assert.deepEqual(parseLimitKey('prefix:16/48'), ok({ kind: 'prefix', ipv4Bits: 16, ipv6Bits: 48 }));
  });

  for (const text of [
    'ip',
    'Client',
    'client:x',
    'header',
    'header:',
    'header:x_y',
    'header:a b',
    'cookie:',
    'cookie:a=b',
    'prefix:24',
    'prefix:33/64',
    'prefix:0/64',
    'prefix:24/129',
  ]) {
    it(`are not ${text}`, () => assert.equal(parseLimitKey(text).ok, false));
  }
});

describe('limits in a configuration', () => {
  it('are written with as little as a name', () => {
    assert.deepEqual(
      faultsOf('[[limits]]\nname = "a"\n[[limits]]\nname = "b"\nkeys = ["header:x", "path"]'),
      [],
    );
  });

  it('need names of their own', () => {
    const [fault] = faultsOf('[[limits]]\nname = "a"\n[[limits]]\nname = "a"');
    assert.match(fault ?? '', /limits\[1\]\.name: is the name of another limit/);
  });

  it('name a slip in a key', () => {
    const [fault] = faultsOf('[[limits]]\nname = "a"\nkeys = ["cleint"]');
    assert.match(fault ?? '', /limits\[0\]\.keys\[0\]: must be a key to count by.*did you mean client\?/s);
  });

  it('cannot ask for countries or networks that nobody knows', () => {
    for (const line of [
      'keys = ["country"]',
      'keys = ["client", "asn"]',
      'countries = ["DE"]',
      'asns = [64500]',
    ]) {
      const text = `[[limits]]\nname = "abroad"\n${line}\n`;
      assert.match(faultsOf(text).join(), /geo\.enabled: is false, but the limit abroad/);
      assert.deepEqual(faultsOf(`${text}[geo]\nenabled = true`), []);
    }
  });
});
