import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileAccessLists, type ListMemory, NamedList } from './access-lists.ts';
import { allocateWords } from './address-index.ts';
import { type AddressWords, IPV4_OFFSET, isIpv4, type Prefix, prefixContains } from './ip.ts';
import { PrefixKeys } from './prefix-keys.ts';
import { compilePrefixKeys, compilePrefixSet } from './prefix-set.ts';
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

  it('tells the length of the longest prefix in bits of its family', () => {
    fc.assert(
      fc.property(arbitraryList, arbitraryAddresses, (prefixes, random) => {
        const set = compilePrefixSet(prefixes);
        for (const words of probes(prefixes, random)) {
          const longest = prefixes[longestByScan(prefixes, words)];
          const offset = isIpv4(words) ? IPV4_OFFSET : 0;
          assert.equal(set.longestLength(words), longest === undefined ? -1 : longest.bits - offset);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('knows whether it has any address in common with a prefix', () => {
    fc.assert(
      fc.property(arbitraryList, arbitraryList, (prefixes, others) => {
        const set = compilePrefixSet(prefixes);
        for (const other of others) {
          const common = prefixes.some(
            (prefix) => prefixContains(prefix, other.words) || prefixContains(other, prefix.words),
          );
          assert.equal(set.touches(other), common);
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

/** What a thread is sent for a list of a name and an action. */
function memoryOf(name: string, action: 'allow' | 'deny', prefixes: readonly Prefix[]): ListMemory {
  const ipv4 = new PrefixKeys(true);
  const ipv6 = new PrefixKeys(false);
  for (const { words, bits } of prefixes) {
    if (isIpv4(words)) ipv4.add(words, bits - IPV4_OFFSET, 0);
    else ipv6.add(words, bits, 0);
  }
  return { name, action, prefixes: compilePrefixKeys(ipv4, ipv6), refusals: allocateWords(1) };
}

describe('access lists', () => {
  it('let the longest prefix of all lists win, tell whose it is, and deny a tie', () => {
    fc.assert(
      fc.property(
        fc.tuple(arbitraryList, arbitraryList, arbitraryList, arbitraryList),
        arbitraryAddresses,
        (all, random) => {
          const [white, black, feedAllow, feedDeny] = all;
          const named = [memoryOf('a', 'allow', feedAllow), memoryOf('d', 'deny', feedDeny)];
          const lists = compileAccessLists(white, black).withLists(named.map((list) => new NamedList(list)));
          for (const words of probes(all.flat(), random)) {
            const [whiteBits, blackBits, allowBits, denyBits] = all.map(
              (prefixes) => prefixes[longestByScan(prefixes, words)]?.bits ?? -1,
            ) as [number, number, number, number];
            const allowed = Math.max(whiteBits, allowBits);
            const denied = Math.max(blackBits, denyBits);
            const { decision, list } = lists.match(words);
            const expected = allowed < 0 && denied < 0 ? 'none' : allowed > denied ? 'allow' : 'deny';
            assert.equal(decision, expected);
            if (expected === 'deny') assert.equal(list?.name ?? null, denyBits > blackBits ? 'd' : null);
            if (expected === 'allow') assert.equal(list?.name ?? null, allowBits > whiteBits ? 'a' : null);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('let the longest prefix win and deny a tie', () => {
    fc.assert(
      fc.property(arbitraryList, arbitraryList, arbitraryAddresses, (white, black, random) => {
        const lists = compileAccessLists(white, black);
        for (const words of probes([...white, ...black], random)) {
          const allowed = white[longestByScan(white, words)]?.bits ?? -1;
          const denied = black[longestByScan(black, words)]?.bits ?? -1;
          const expected = allowed < 0 && denied < 0 ? 'none' : allowed > denied ? 'allow' : 'deny';
          assert.equal(lists.match(words).decision, expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});
