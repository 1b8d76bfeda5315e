/** What loading a list and a lookup in it cost. Run: bun bench/micro/prefix-set.bench.ts */
import { clientKeyInto, createAddressWords, formatPrefix, type Prefix } from '../../src/core/ip.ts';
import { compilePrefixSet, PrefixSet } from '../../src/core/prefix-set.ts';
import { textOf } from '../../src/mitigation/lists/list-file.ts';
import { parseList } from '../../src/mitigation/lists/parse-list.ts';
import { createRandom, randomPrefixes, randomProbes } from '../tables/random-prefixes.ts';
import { measure } from './measure.ts';

const PROBES = 65_536;
const LOADS = 5;

const random = createRandom();

function look(title: string, prefixes: readonly Prefix[]): void {
  const set = compilePrefixSet(prefixes);
  const probes = randomProbes(prefixes, PROBES, random);
  const words = createAddressWords();
  measure(title, (call) => {
    const at = (call & (PROBES - 1)) * 4;
    for (let word = 0; word < 4; word++) words[word] = probes[at + word]!;
    return set.longestMatch(words);
  });
}

/** Reads and compiles the octets of a list, as the loader thread does. */
function load(title: string, prefixes: readonly Prefix[]): void {
  const octets = Buffer.from(`${prefixes.map(formatPrefix).join('\n')}\n`);
  const rules = { format: 'plain', entriesMax: prefixes.length, skipInvalid: false } as const;
  const times: number[] = [];
  let bytes = 0;
  for (let run = 0; run < LOADS; run++) {
    const started = performance.now();
    const list = parseList(textOf(octets), rules);
    times.push(performance.now() - started);
    if (list.ok) bytes = new PrefixSet(list.value.memory).bytes / list.value.entries;
  }
  const best = Math.min(...times).toFixed(0);
  console.log(
    `${title.padEnd(56)} best ${best} ms, first ${times[0]!.toFixed(0)} ms, ${bytes.toFixed(1)} bytes each`,
  );
}

load('parse and compile, 1,000,000 IPv4 prefixes', randomPrefixes(1_000_000, true, random));
load('parse and compile, 1,000,000 IPv6 prefixes', randomPrefixes(1_000_000, false, random));
look('longestMatch, 10 IPv4 prefixes', randomPrefixes(10, true, random));
look('longestMatch, 10,000 IPv4 prefixes', randomPrefixes(10_000, true, random));
look('longestMatch, 1,000,000 IPv4 prefixes', randomPrefixes(1_000_000, true, random));
look('longestMatch, 1,000,000 IPv6 prefixes', randomPrefixes(1_000_000, false, random));

const key = createAddressWords();
for (const text of ['192.0.2.177', '2001:db8:1234:5678:9abc:def0:1234:5678']) {
  measure(`clientKeyInto, ${text}`, () => (clientKeyInto(text, 64, key) ? key[3]! : 0));
}
