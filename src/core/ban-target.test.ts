import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBanTarget } from './ban-target.ts';

describe('the target of a ban', () => {
  const texts: readonly (readonly [string, string, string])[] = [
    ['192.0.2.7', 'address', '192.0.2.7'],
    ['2001:DB8:0::/32', 'address', '2001:db8::/32'],
    ['JA4:t13d1516h2_8daaf6152771_b186095e22b6', 'ja4', 'ja4:t13d1516h2_8daaf6152771_b186095e22b6'],
    ['AS:64500', 'network', 'as:64500'],
  ];
  for (const [text, kind, canonical] of texts) {
    it(`${text} is canonical as ${canonical}`, () => {
      const target = parseBanTarget(text);
      assert.ok(target.ok);
      assert.deepEqual([target.value.kind, target.value.text], [kind, canonical]);
    });
  }

  for (const text of ['', '192.0.2', 'ja4:', 'ja4:t13d', 'as:', 'as:0', 'as:01', 'as:4294967295', 'as:x']) {
    it(`is not "${text}"`, () => {
      assert.equal(parseBanTarget(text).ok, false);
    });
  }
});
