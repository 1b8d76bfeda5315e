/**
 * Measures the tables of a node at a million entries, and prints the figures as one line of JSON: a list of prefixes
 * from its octets to the memory that all threads search, and the limits of clients.
 */
import { createClientTableMemory } from '../../src/core/client-groups.ts';
import type { ClientLimits } from '../../src/core/client-limits.ts';
import { ClientTable } from '../../src/core/client-table.ts';
import { createAddressWords, formatPrefix } from '../../src/core/ip.ts';
import { PrefixSet } from '../../src/core/prefix-set.ts';
import { textOf } from '../../src/mitigation/lists/list-file.ts';
import { parseList } from '../../src/mitigation/lists/parse-list.ts';
import { time } from '../micro/measure.ts';
import { createRandom, randomPrefixes, randomProbes } from './random-prefixes.ts';

const MILLION = 1_000_000;
const PROBES = 65_536;
const SEED = { low: 0x1234567, high: 0x89abcde };
const LIMITS: ClientLimits = Object.freeze({
  requestsPerSecond: 100,
  requestCapacity: 150,
  connectionsMax: 10,
  newConnectionsPerSecond: 50,
  violationWindowMs: 60_000,
  violationsMax: 10,
  penaltyMs: 300_000,
});

const list = measureList();
const few = measureClients(1000);
const many = measureClients(MILLION);
console.log(
  JSON.stringify({
    ...list,
    clientsMegabytes: createClientTableMemory(MILLION, SEED).byteLength / 1e6,
    fewClientsNanoseconds: few,
    manyClientsNanoseconds: many,
  }),
);

function measureList(): Record<string, number> {
  const random = createRandom();
  const prefixes = randomPrefixes(MILLION, true, random);
  const octets = Buffer.from(`${prefixes.map(formatPrefix).join('\n')}\n`);
  const startMs = performance.now();
  const parsed = parseList(textOf(octets), { format: 'plain', entriesMax: MILLION, skipInvalid: false });
  const loadMilliseconds = performance.now() - startMs;
  if (!parsed.ok) throw new Error('the list was not read');
  const set = new PrefixSet(parsed.value.memory);
  const probes = randomProbes(prefixes, PROBES, random);
  const words = createAddressWords();
  const { middle } = time((call) => {
    const at = (call & (PROBES - 1)) * 4;
    for (let word = 0; word < 4; word++) words[word] = probes[at + word]!;
    return set.longestMatch(words);
  });
  return { loadMilliseconds, bytesEach: set.bytes / parsed.value.entries, lookUpNanoseconds: middle };
}

/** Nanoseconds to admit a request with that many clients around. */
function measureClients(clients: number): number {
  const table = new ClientTable(createClientTableMemory(clients, SEED));
  const words = Int32Array.of(0, 0, 0xffff, 0);
  let nowMs = 1_800_000_000_000;
  let turn = 0;
  const admit = (): number => {
    words[3] = (turn++ * 7919) % clients;
    nowMs += 0.001;
    return table.admitRequest(words, nowMs, LIMITS) ? 1 : 0;
  };
  for (let client = 0; client < clients; client++) admit();
  return time(admit).middle;
}
