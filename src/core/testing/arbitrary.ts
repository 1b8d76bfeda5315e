/** Random addresses and prefixes for property tests, crowded together so that they often meet. */
import fc from 'fast-check';
import { type AddressWords, IPV4_OFFSET, maskWords, type Prefix } from '../ip.ts';

const crowdedWord = fc.oneof(
  fc.constantFrom(0, 1, -1, 0x0a000000, 0x0a000001, 0x20010db8, 0x7fffffff, 1 << 31),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

const ipv4Words: fc.Arbitrary<AddressWords> = crowdedWord.map((word) => Int32Array.of(0, 0, 0xffff, word));

const ipv6Words: fc.Arbitrary<AddressWords> = fc
  .tuple(crowdedWord, crowdedWord, crowdedWord, crowdedWord)
  .map((words) => Int32Array.from(words));

export const arbitraryWords: fc.Arbitrary<AddressWords> = fc.oneof(ipv4Words, ipv6Words);

export const arbitraryPrefix: fc.Arbitrary<Prefix> = fc.oneof(
  fc.tuple(ipv4Words, fc.integer({ min: IPV4_OFFSET, max: 128 })).map(toPrefix),
  fc.tuple(ipv6Words, fc.integer({ min: 0, max: 128 })).map(toPrefix),
);

function toPrefix([words, bits]: readonly [AddressWords, number]): Prefix {
  const masked = words.slice();
  maskWords(masked, bits);
  return { words: masked, bits };
}
