/** Prefixes as lists have them, the same in every run. */
import { IPV4_OFFSET, maskWords, type Prefix } from '../../src/core/ip.ts';

/** A repeatable stream of 32-bit words (xorshift). */
export function createRandom(): () => number {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

export function randomPrefixes(count: number, ipv4: boolean, random: () => number): readonly Prefix[] {
  return Array.from({ length: count }, () => {
    const bits = ipv4 ? IPV4_OFFSET + 24 + (random() & 7) : 32 + (random() & 31);
    const words = ipv4
      ? Int32Array.of(0, 0, 0xffff, random())
      : Int32Array.of(0x20000000 | (random() & 0xffffff), random(), 0, 0);
    maskWords(words, bits);
    return { words, bits };
  });
}

/** Addresses to look up, four words each: every other one is near a prefix, the others are anywhere. */
export function randomProbes(prefixes: readonly Prefix[], count: number, random: () => number): Int32Array {
  const probes = new Int32Array(count * 4);
  for (let probe = 0; probe < count; probe++) {
    const words = prefixes[(random() >>> 1) % prefixes.length]!.words.slice();
    if ((probe & 1) !== 0) words[words[2] === 0xffff ? 3 : 1] = random();
    probes.set(words, probe * 4);
  }
  return probes;
}
