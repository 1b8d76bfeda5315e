/**
 * Keys of limits, drawn and checked: what was counted before makes no difference, nor does the spelling of a request
 * by which it says the same.
 */
import assert from 'node:assert/strict';
import { configSchema } from '../../src/config/schema.ts';
import { GEO_UNKNOWN, type GeoTable } from '../../src/core/geo-table.ts';
import { createAddressWords, parseAddressInto } from '../../src/core/ip.ts';
import type { RequestHead } from '../../src/http/request-head.ts';
import { FRAGMENTS, LINES, REQUESTS } from '../../src/http/testing/messages.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { readRequest } from '../../src/http/testing/read.ts';
import type { Client } from '../../src/mitigation/client.ts';
import { compileLimits } from '../../src/mitigation/limits/compile-limits.ts';
import { RequestKeys } from '../../src/mitigation/limits/request-keys.ts';
import { drawMutations, pick } from './draw.ts';
import type { Random } from './loop.ts';

const MUTATIONS_MAX = 4;
const PARTS: readonly string[] = [
  ...['client', 'prefix', 'prefix:16/48', 'path', 'host', 'method', 'ja4', 'country', 'asn'],
  ...['header:x-mine', 'header:accept', 'cookie:a', 'cookie:sid'],
];
const MORE_LINES: readonly string[] = [
  ...[
    'X-Mine: k1',
    'x-mine:k1',
    'X-Mine: ',
    'Cookie: a=1; sid=2',
    'Cookie: sid=',
    'cookie: a=1 ;a=2',
    'Cookie: ;;=',
  ],
];
const GEO: GeoTable = { countryOf: () => GEO_UNKNOWN, asnOf: () => GEO_UNKNOWN };
const SEED = { low: 1, high: 2 };
const CLIENT: Client = clientAt('192.0.2.7');
/** One for all requests, as a worker has. */
const USED = new RequestKeys(SEED, SEED);

export interface DrawnKeys {
  readonly text: string;
  /** What a limit counts by. */
  readonly by: readonly string[];
}

export function drawKeys(random: Random): DrawnKeys {
  const lines = [...LINES, ...MORE_LINES];
  const drawText = (): string => (random(3) === 0 ? pick(random, FRAGMENTS) : pick(random, lines));
  const by = new Set([pick(random, PARTS), pick(random, PARTS), pick(random, PARTS)]);
  return {
    text: mutate(pick(random, REQUESTS), drawMutations(random, MUTATIONS_MAX, drawText)),
    by: [...by],
  };
}

export function checkKeys(text: string, { by }: DrawnKeys): void {
  const { outcome, head } = readRequest(text);
  if (outcome !== 'ok') return;
  const key = keyOf(USED, head, by);
  assert.equal(keyOf(new RequestKeys(SEED, SEED), head, by), key, 'whatever was counted before');
  const respelled = readRequest(respell(text));
  assert.equal(respelled.outcome, 'ok');
  assert.equal(keyOf(USED, respelled.head, by), key, 'in another spelling');
}

export function makeKeys(text: string): void {
  const { outcome, head } = readRequest(text);
  if (outcome === 'ok') keyOf(USED, head, PARTS.slice(0, 5));
}

/** The same request, with other letters in the names of its fields and more blanks in front of their values. */
function respell(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const spelled = fields.map((field) => {
    const colon = field.indexOf(':');
    return `${field.slice(0, colon).toUpperCase()}:\t ${field.slice(colon + 1)}  `;
  });
  return `${[line, ...spelled].join('\r\n')}${text.slice(end)}`;
}

function keyOf(keys: RequestKeys, head: RequestHead, by: readonly string[]): string {
  const { limits } = configSchema.parse({ limits: [{ name: 'a', keys: by }] });
  keys.begin({ head, client: CLIENT, connection: { ja4: '' } }, GEO);
  keys.make(compileLimits(limits, '')[0]!);
  keys.end();
  return `${keys.low} ${keys.high}`;
}

function clientAt(address: string): Client {
  const words = createAddressWords();
  assert.ok(parseAddressInto(address, words));
  return { address, words, key: words.slice(), exempt: false };
}
