import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileAccessLists } from './access-lists.ts';
import { type AddressWords, type Prefix, prefixContains } from './ip.ts';
import { compilePrefixSet } from './prefix-set.ts';
import { arbitraryPrefix, arbitraryWords } from './testing/arbitrary.ts';

/** Addresses at random and at both ends of each prefix, where a search goes wrong first. */
function probes(prefixes: readonly Prefix[], random: readonly AddressWords[]): readonly AddressWords[] {
  const ends = prefixes.flatMap(({ words, bits }) => {
    const last = words.map((word, index) => {
      const kept = bits - index * 32;
      return kept >= 32 ? word : kept <= 0 ? -1 : word | (-1 >>> kept);
    });
    const before = words.slice();
    before[3] = before[3]! - 1;
    return [words, last, before];
  });
  return [...ends, ...random];
}

function longestByScan(prefixes: readonly Prefix[], words: AddressWords): number {
  let longest = -1;
  for (const [index, prefix] of prefixes.entries()) {
    if (!prefixContains(prefix, words)) continue;
    if (longest < 0 || prefix.bits > prefixes[longest]!.bits) longest = index;
  }
  return longest;
}

const arbitraryList = fc.array(arbitraryPrefix, { maxLength: 60, size: 'max' });
const arbitraryAddresses = fc.array(arbitraryWords, { minLength: 20, maxLength: 20 });

describe('a prefix set', () => {
  it('answers as a scan of the list does', () => {
    fc.assert(
      fc.property(arbitraryList, arbitraryAddresses, (prefixes, random) => {
        const set = compilePrefixSet(prefixes);
        for (const words of probes(prefixes, random)) {
          assert.equal(set.longestMatch(words), longestByScan(prefixes, words));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts each prefix once', () => {
    fc.assert(
      fc.property(arbitraryList, (prefixes) => {
        const different = new Set(prefixes.map(({ words, bits }) => `${words}/${bits}`));
        assert.equal(compilePrefixSet([...prefixes, ...prefixes]).size, different.size);
      }),
    );
  });
});

describe('access lists', () => {
  it('let the longest prefix win and deny a tie', () => {
    fc.assert(
      fc.property(arbitraryList, arbitraryList, arbitraryAddresses, (white, black, random) => {
        const lists = compileAccessLists(white, black);
        for (const words of probes([...white, ...black], random)) {
          const allowed = white[longestByScan(white, words)]?.bits ?? -1;
          const denied = black[longestByScan(black, words)]?.bits ?? -1;
          const expected = allowed < 0 && denied < 0 ? 'none' : allowed > denied ? 'allow' : 'deny';
          assert.equal(lists.decide(words), expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});
