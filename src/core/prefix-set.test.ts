import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileAccessLists } from './access-lists.ts';
import { createAddressWords, type Prefix, parseAddressInto, parsePrefix } from './ip.ts';
import { compilePrefixSet } from './prefix-set.ts';

function prefixes(...texts: readonly string[]): readonly Prefix[] {
  return texts.map((text) => {
    const parsed = parsePrefix(text);
    assert.ok(parsed.ok, text);
    return parsed.value;
  });
}

function address(text: string): Int32Array {
  const words = createAddressWords();
  assert.equal(parseAddressInto(text, words), true, text);
  return words;
}

describe('a prefix set', () => {
  it('finds nothing when empty', () => {
    assert.equal(compilePrefixSet([]).longestMatch(address('192.0.2.1')), -1);
  });

  it('climbs from a longer neighbour to the prefix that holds the address', () => {
    const set = compilePrefixSet(prefixes('10.1.2.0/24', '10.0.0.0/8', '10.1.0.0/16', '10.9.0.0/16'));
    assert.equal(set.longestMatch(address('10.1.2.3')), 0);
    assert.equal(set.longestMatch(address('10.1.3.3')), 2);
    assert.equal(set.longestMatch(address('10.255.0.1')), 1);
    assert.equal(set.longestMatch(address('11.0.0.0')), -1);
  });

  it('holds everything of one family and nothing of the other in a prefix of length 0', () => {
    const set = compilePrefixSet(prefixes('0.0.0.0/0'));
    assert.equal(set.longestMatch(address('255.255.255.255')), 0);
    assert.equal(set.longestMatch(address('0.0.0.0')), 0);
    assert.equal(set.longestMatch(address('::1')), -1);
  });
});

describe('access lists', () => {
  const lists = compileAccessLists(
    prefixes('10.1.0.0/16', '10.1.2.3', '192.0.2.0/24', '2001:db8:1::/48'),
    prefixes('10.0.0.0/8', '10.1.2.0/24', '192.0.2.0/24', '2001:db8::/32'),
  );
  const cases: readonly (readonly [string, 'allow' | 'deny' | 'none'])[] = [
    ['10.200.0.1', 'deny'],
    ['10.1.9.9', 'allow'],
    ['10.1.2.4', 'deny'],
    ['10.1.2.3', 'allow'],
    ['192.0.2.1', 'deny'],
    ['198.51.100.1', 'none'],
    ['2001:db8:1::5', 'allow'],
    ['2001:db8:2::5', 'deny'],
    ['::1', 'none'],
  ];
  for (const [text, expected] of cases) {
    it(`say ${expected} for ${text}`, () => assert.equal(lists.match(address(text)).decision, expected));
  }
});
