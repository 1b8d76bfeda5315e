/**
 * Damaged requests for the firewall, drawn from a seed. Damage goes into target, fields and body rather than into the
 * framing, for what the codec refuses never comes to a rule.
 */
import { type Mutation, mutate } from '../../src/http/testing/mutation.ts';
import { drawMutations, pick } from './draw.ts';
import type { Random } from './loop.ts';
import { FRAGMENTS, OWN_REQUESTS } from './waf-requests.ts';

const MUTATIONS_MAX = 6;

/** @param others requests to start from, besides the fuzzer's own */
export function createDraw(others: readonly string[]): (random: Random) => string {
  const seeds = [...OWN_REQUESTS, ...others];
  return (random) => {
    const seed = random(3) === 0 ? pick(random, OWN_REQUESTS) : pick(random, seeds);
    return random(12) === 0 ? mutate(seed, drawDamage(random)) : damage(seed, random);
  };
}

/** A text of fragments, short enough to be repeated. */
export function drawPump(random: Random): string {
  return Array.from({ length: 1 + random(3) }, () => pick(random, FRAGMENTS)).join('');
}

function drawDamage(random: Random): readonly Mutation[] {
  return drawMutations(random, MUTATIONS_MAX, () => drawPump(random));
}

const FIELD_END = /[\r\n\0]/g;
/** Octets that a target cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
const NOT_IN_TARGETS = /[\x00-\x20\x7f-\xff#\\]/g;

function damage(seed: string, random: Random): string {
  const end = seed.indexOf('\r\n\r\n');
  const [start = '', ...lines] = seed.slice(0, end).split('\r\n');
  const [method = '', target = ''] = start.split(' ');
  const body = seed.slice(end + 4);
  const change = (text: string): string => (random(2) === 0 ? text : mutate(text, drawDamage(random)));
  const fields = lines
    .filter((line) => !/^(?:content-length|transfer-encoding):/i.test(line))
    .map((line) => (/^(?:host|content-type):/i.test(line) ? line : changeValue(line, change)));
  const changed = body === '' ? '' : change(body);
  const length = changed === '' ? [] : [`Content-Length: ${changed.length}`];
  const sent = `/${change(target.slice(1)).replace(NOT_IN_TARGETS, escapeOctet)}`;
  return `${[`${method} ${sent} HTTP/1.1`, ...fields, ...length].join('\r\n')}\r\n\r\n${changed}`;
}

function changeValue(line: string, change: (text: string) => string): string {
  const colon = line.indexOf(':');
  if (colon === -1) return line;
  return `${line.slice(0, colon)}: ${change(line.slice(colon + 1).trim()).replace(FIELD_END, ' ')}`;
}

function escapeOctet(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
