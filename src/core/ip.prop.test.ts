import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  createAddressWords,
  formatAddress,
  formatPrefix,
  maskWords,
  parseAddressInto,
  parsePrefix,
  prefixContains,
} from './ip.ts';
import { arbitraryPrefix, arbitraryWords } from './testing/arbitrary.ts';

const looseAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '::', '.', '25', '/'), maxLength: 20 }),
);

describe('addresses', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(arbitraryWords, (words) => {
        const read = createAddressWords();
        assert.equal(parseAddressInto(formatAddress(words), read), true);
        assert.deepEqual([...read], [...words]);
      }),
    );
  });

  it('are accepted exactly where the runtime accepts them', () => {
    fc.assert(
      fc.property(looseAddress, (text) => {
        assert.equal(parseAddressInto(text, createAddressWords()), isIP(text) !== 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('have one canonical text, the one that URLs use', () => {
    fc.assert(
      fc.property(arbitraryWords, (words) => {
        const canonical = formatAddress(words);
        const host = canonical.includes('.') ? canonical : `[${canonical}]`;
        assert.equal(new URL(`http://${host}`).hostname, host);
      }),
    );
  });
});

describe('prefixes', () => {
  it('come back from their text and contain what shares their bits', () => {
    fc.assert(
      fc.property(arbitraryPrefix, arbitraryWords, (prefix, words) => {
        const read = parsePrefix(formatPrefix(prefix));
        assert.ok(read.ok);
        assert.deepEqual([...read.value.words, read.value.bits], [...prefix.words, prefix.bits]);
        const inside = words.map((word, index) => {
          const kept = Math.max(0, Math.min(32, prefix.bits - index * 32));
          const mask = kept === 0 ? 0 : -1 << (32 - kept);
          return (prefix.words[index]! & mask) | (word & ~mask);
        });
        const sameFamily = formatAddress(inside).includes('.') === formatAddress(prefix.words).includes('.');
        assert.equal(prefixContains(prefix, inside), sameFamily);
      }),
    );
  });

  it('name the prefix that was meant when host bits are set', () => {
    fc.assert(
      fc.property(arbitraryWords, fc.nat(32), (words, length) => {
        const address = formatAddress(words);
        const masked = words.slice();
        const bits = address.includes('.') ? 96 + length : length;
        maskWords(masked, bits);
        const read = parsePrefix(`${address}/${length}`);
        if (read.ok) assert.deepEqual([...read.value.words], [...masked]);
        else assert.ok(read.fault.endsWith(` ${formatPrefix({ words: masked, bits })}`), read.fault);
      }),
    );
  });
});
