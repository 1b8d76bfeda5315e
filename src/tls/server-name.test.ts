import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalPattern, canonicalServerName } from './server-name.ts';

const LONG_LABEL = 'a'.repeat(63);

describe('server name', () => {
  for (const [name, expected] of [
    ['shop.example', 'shop.example'],
    ['SHOP.Example', 'shop.example'],
    ['shop.example.', 'shop.example'],
    ['localhost', 'localhost'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['_dmarc.example', '_dmarc.example'],
    [`${LONG_LABEL}.example`, `${LONG_LABEL}.example`],
    ['192.0.2.1', ''],
    ['2001:db8::1', ''],
    ['', null],
    ['.', null],
    ['shop..example', null],
    ['shop.example..', null],
    ['.example', null],
    ['shop example', null],
    ['shop.example\0.evil.example', null],
    ['b\xfccher.example', null],
    ['shop.example:443', null],
    ['*.example', null],
    ['__proto__', '__proto__'],
    [`a${LONG_LABEL}.example`, null],
    [`${`${LONG_LABEL}.`.repeat(4)}example`, null],
  ] as const) {
    it(`${JSON.stringify(name).slice(0, 50)} is ${JSON.stringify(expected)?.slice(0, 50)}`, () => {
      assert.equal(canonicalServerName(name), expected);
    });
  }

  it('may begin with a star where it stands in a certificate', () => {
    assert.equal(canonicalPattern('*.Example.org'), '*.example.org');
    assert.equal(canonicalPattern('shop.example.org'), 'shop.example.org');
    for (const name of ['*', '*.', '*.*.example', 'a*.example', '*.192.0.2.1', '192.0.2.1']) {
      assert.equal(canonicalPattern(name), null, name);
    }
  });
});
