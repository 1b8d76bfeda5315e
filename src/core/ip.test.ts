import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  clientKeyInto,
  createAddressWords,
  formatAddress,
  formatPrefix,
  isIpv4,
  maskWords,
  parseAddressInto,
  parsePrefix,
  prefixContains,
} from './ip.ts';

function canonical(text: string): string | null {
  const words = createAddressWords();
  return parseAddressInto(text, words) ? formatAddress(words) : null;
}

describe('addresses', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['192.0.2.1', '192.0.2.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ];
  for (const [text, expected] of accepted) {
    it(`reads ${text} as ${expected}`, () => assert.equal(canonical(text), expected));
  }

  const refused: readonly string[] = [
    ...[
      '',
      ' ',
      '1',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.',
      '.1.2.3',
      '1..2.3',
      '256.1.1.1',
      '1.2.3.04',
      '00.1.1.1',
    ],
    ...['1.2.3.4 ', ' 1.2.3.4', '1.2.3.a', '0x1.2.3.4', '1.2.3.-4', '+1.2.3.4', '1.2.3.4/8', '3232235521'],
    ...[':', ':::', '::1::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '1:'],
    ...[':1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:', '::12345', '::g', 'fe80::1%eth0', '[::1]', '::1 ', '::1.2.3'],
    ...['1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:5', '::256.1.1.1', '::1.2.3.04', '::ffff:1.2.3.4.', '1.2.3.4::'],
    ...['::٣', '１.2.3.4', 'localhost', `${'0'.repeat(40)}::1`],
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(canonical(text), null));
  }
});

describe('client keys', () => {
  const keys: readonly (readonly [string, number, string])[] = [
    ['192.0.2.77', 64, '192.0.2.77'],
    ['::ffff:192.0.2.77', 64, '192.0.2.77'],
    ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::'],
    ['2001:db8:1:2:3:4:5:6', 128, '2001:db8:1:2:3:4:5:6'],
    ['2001:db8:1:ff:3:4:5:6', 56, '2001:db8:1::'],
    ['::1', 64, '::'],
  ];
  for (const [text, prefix, expected] of keys) {
    it(`takes ${text} with /${prefix} as ${expected}`, () => {
      const words = createAddressWords();
      assert.equal(clientKeyInto(text, prefix, words), true);
      assert.equal(formatAddress(words), expected);
    });
  }

  it('has none for text that is no address', () => {
    assert.equal(clientKeyInto('unknown', 64, createAddressWords()), false);
  });

  it('tells the families apart', () => {
    const words = createAddressWords();
    parseAddressInto('0.0.0.0', words);
    assert.equal(isIpv4(words), true);
    parseAddressInto('::', words);
    assert.equal(isIpv4(words), false);
  });

  it('masks at any bit', () => {
    const words = new Int32Array([-1, -1, -1, -1]);
    maskWords(words, 33);
    assert.deepEqual([...words], [-1, 1 << 31, 0, 0]);
    maskWords(words, 0);
    assert.deepEqual([...words], [0, 0, 0, 0]);
  });
});

describe('prefixes', () => {
  const accepted: readonly (readonly [string, string])[] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::1', '::1'],
    ['::1/128', '::1'],
  ];
  for (const [text, expected] of accepted) {
    it(`reads ${text} as ${expected}`, () => {
      const parsed = parsePrefix(text);
      assert.ok(parsed.ok);
      assert.equal(formatPrefix(parsed.value), expected);
    });
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['10.0.0.1/8', /the prefix is 10\.0\.0\.0\/8$/],
    ['2001:db8::1/32', /the prefix is 2001:db8::\/32$/],
    ['10.0.0.0/33', /from 0 to 32$/],
    ['10.0.0.0/08', /from 0 to 32$/],
    ['10.0.0.0/', /from 0 to 32$/],
    ['10.0.0.0/-1', /from 0 to 32$/],
    ['10.0.0.0/8/8', /from 0 to 32$/],
    ['::/129', /from 0 to 128$/],
    ['10.0/16', /not an IPv4 or IPv6/],
    ['', /not an IPv4 or IPv6/],
  ];
  for (const [text, fault] of refused) {
    it(`refuses ${JSON.stringify(text)} and says why`, () => {
      const parsed = parsePrefix(text);
      assert.ok(!parsed.ok);
      assert.match(parsed.fault, fault);
    });
  }

  it('keeps the families apart even where the bits would match', () => {
    const everyIpv6 = parsePrefix('::/0');
    const words = createAddressWords();
    parseAddressInto('192.0.2.1', words);
    assert.ok(everyIpv6.ok);
    assert.equal(prefixContains(everyIpv6.value, words), false);
    parseAddressInto('2001:db8::', words);
    assert.equal(prefixContains(everyIpv6.value, words), true);
  });
});
