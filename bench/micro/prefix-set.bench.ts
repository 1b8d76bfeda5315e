/** What a lookup in a prefix set costs. Run: bun bench/micro/prefix-set.bench.ts */
import { clientKeyInto, createAddressWords, IPV4_OFFSET, maskWords, type Prefix } from '../../src/core/ip.ts';
import { compilePrefixSet } from '../../src/core/prefix-set.ts';
import { measure } from './measure.ts';

const PROBES = 65_536;

/** A repeatable stream of 32-bit words (xorshift). */
function createRandom(): () => number {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

const random = createRandom();

function randomPrefixes(count: number, ipv4: boolean): readonly Prefix[] {
  return Array.from({ length: count }, () => {
    const bits = ipv4 ? IPV4_OFFSET + 24 + (random() & 7) : 32 + (random() & 31);
    const words = ipv4
      ? Int32Array.of(0, 0, 0xffff, random())
      : Int32Array.of(0x20000000 | (random() & 0xffffff), random(), 0, 0);
    maskWords(words, bits);
    return { words, bits };
  });
}

function look(title: string, prefixes: readonly Prefix[]): void {
  const set = compilePrefixSet(prefixes);
  const probes = new Int32Array(PROBES * 4);
  // Every other probe is near a prefix, the others are anywhere in the first word that varies.
  for (let probe = 0; probe < PROBES; probe++) {
    const words = prefixes[(random() >>> 1) % prefixes.length]!.words.slice();
    if ((probe & 1) !== 0) words[words[2] === 0xffff ? 3 : 1] = random();
    probes.set(words, probe * 4);
  }
  const words = createAddressWords();
  measure(title, (call) => {
    const at = (call & (PROBES - 1)) * 4;
    for (let word = 0; word < 4; word++) words[word] = probes[at + word]!;
    return set.longestMatch(words);
  });
}

look('longestMatch, 10 IPv4 prefixes', randomPrefixes(10, true));
look('longestMatch, 10,000 IPv4 prefixes', randomPrefixes(10_000, true));
look('longestMatch, 1,000,000 IPv4 prefixes', randomPrefixes(1_000_000, true));
look('longestMatch, 1,000,000 IPv6 prefixes', randomPrefixes(1_000_000, false));

const key = createAddressWords();
for (const text of ['192.0.2.177', '2001:db8:1234:5678:9abc:def0:1234:5678']) {
  measure(`clientKeyInto, ${text}`, () => (clientKeyInto(text, 64, key) ? key[3]! : 0));
}
