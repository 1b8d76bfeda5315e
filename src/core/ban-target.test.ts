import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBanTarget, sharingFault } from './ban-target.ts';

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

  const shared = ['0.0.0.0/8', '10.0.0.0/8', '192.0.2.1', '2000::/16', '2001:db8::/32', '::1', 'as:64500'];
  for (const [texts, may] of [
    [shared, true],
    [['0.0.0.0/0', '::ffff:0:0/96', '128.0.0.0/1', '10.0.0.0/7', '::/0', '2000::/3', '2000::/15'], false],
  ] as const) {
    it(`may${may ? '' : ' not'} be ${texts.join(' or ')} for a whole fleet`, () => {
      for (const text of texts) {
        const target = parseBanTarget(text);
        assert.ok(target.ok, text);
        assert.equal(sharingFault(target.value) === null, may, text);
      }
    });
  }

  for (const text of ['', '192.0.2', 'ja4:', 'ja4:t13d', 'as:', 'as:0', 'as:01', 'as:4294967295', 'as:x']) {
    it(`is not "${text}"`, () => {
      assert.equal(parseBanTarget(text).ok, false);
    });
  }
});
