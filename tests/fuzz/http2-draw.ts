/**
 * Field blocks drawn from a seed: those of a peer that uses its table and codes in every way, mostly sound, now and
 * then damaged in a field or in the octets.
 *
 * An input is the blocks of one connection, one behind the other with BLOCK_END between them, which is no octet: so
 * that an input is one text that can be made smaller.
 */
import type { Field } from '../../src/http/hpack/testing/collect.ts';
import { TableWriter } from '../../src/http/hpack/testing/table-writer.ts';
import { added, huffman, indexed, notAdded, sizeUpdate } from '../../src/http/hpack/testing/write-block.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { octets } from '../../src/http/testing/read.ts';
import { drawMutations, drawOctets, pick } from './draw.ts';
import type { Random } from './loop.ts';

const BLOCK_END = '\u2016';

/** The size of the table that a connection begins with. */
export const TABLE_BYTES = 4096;

const BLOCKS_MAX = 5;
const FIELDS_MAX = 10;
const MUTATIONS_MAX = 5;
const LONG_MAX = 5000;
/** Of so many things one is damaged. */
const DAMAGE_EVERY = 12;

export function blocksOf(text: string): readonly Buffer[] {
  return text.split(BLOCK_END).map(octets);
}

export function joinBlocks(blocks: readonly string[]): string {
  return blocks.join(BLOCK_END);
}

/** Pieces of blocks that do something where they are put. */
const PIECES: readonly string[] = [
  ...[sizeUpdate(0), sizeUpdate(31), sizeUpdate(TABLE_BYTES), sizeUpdate(TABLE_BYTES + 1), sizeUpdate(100)],
  ...[indexed(0), indexed(1), indexed(8), indexed(61), indexed(62), indexed(63), indexed(127), indexed(300)],
  ...[added('x-a', 'b'), added(62, 'c'), added(1, 'd', huffman), notAdded(70, 'e'), notAdded('x', '\0\r\n')],
  ...[added('x-long', 'l'.repeat(TABLE_BYTES - 39)), added('x-long', 'l'.repeat(TABLE_BYTES))],
  ...[[0xff], [0xff, 0xff, 0xff, 0xff, 0x7f], [0x7f, 0x80, 0x80, 0x80, 0x80, 0], [0x40], [0, 0x7f], [0x0f]],
  ...[[0x82, 0xff], [0x83, 0xff, 0xff, 0xff], [0x84, 0xff, 0xff, 0xff, 0xff], huffman('EOS'), [0x81, 0x00]],
].map((all) => String.fromCharCode(...all));

const DIRT: readonly string[] = [
  ...['\r\n', '\r', '\n', '\0', ' ', '\t', ':', ';', ',', '@', '#', 'X', '\x7f', '\xa0', '\x80'],
  ...['HTTP/1.1', 'GET / HTTP/1.1\r\nhost: b\r\n\r\n', 'chunked', '0', '5', 'close', 'a', '/', '*'],
  ...['example.org', 'trailers', '13', '\r\ncontent-length: 5', '%00', '..', '+5', ' 5', '5, 5'],
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  ':method': ['GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'PURGE'],
  ':scheme': ['https', 'http', 'HTTPS', 'ftp'],
  ':authority': ['example.org', 'a:80', '[::1]', 'EXAMPLE.org', '[2001:db8::1]:443', 'a.'],
  ':path': ['/', '/a?b', '*', '//x', '/%2e', '/a;b=c/../d', '/index.html'],
  ':protocol': ['websocket', 'websocket2'],
  ':status': ['200', '204', '304', '404', '103', '101', '999', '20', '099'],
  host: ['example.org', 'a:80', '[::1]', 'b'],
  'content-length': ['0', '5', '05', '-1', '5, 5', '99999999999999999999'],
  'transfer-encoding': ['chunked', 'identity'],
  connection: ['close', 'keep-alive', 'x-a'],
  te: ['trailers', 'gzip', 'trailers, deflate'],
  cookie: ['a=1', 'b=2; c=3', '', 'd'],
  expect: ['100-continue', 'x'],
  upgrade: ['websocket', 'h2c'],
  'sec-websocket-key': ['AAAAAAAAAAAAAAAAAAAAAA==', 'x'],
  'sec-websocket-version': ['13', '8'],
  'max-forwards': ['5', '0', 'x'],
  'x-forwarded-for': ['192.0.2.1'],
};
const SPECIAL_NAMES: readonly string[] = [
  ...Object.keys(VALUES).filter((name) => !name.startsWith(':')),
  ...['trailer', 'keep-alive', 'http2-settings', 'proxy-connection', 'content_length', 'via', 'set-cookie'],
  ...[
    'forwarded',
    'x-real-ip',
    'x-request-id',
    'content-type',
    'authorization',
    'etag',
    'sec-websocket-accept',
  ],
];
const PLAIN_NAMES: readonly string[] = ['accept', 'user-agent', 'x-a', 'x-b', 'referer', 'cookie', 'x-sum'];
const PLAIN_VALUES: readonly string[] = [
  '',
  'a',
  'text/html',
  'x y',
  'gzip, deflate',
  '\xe9t\xe9',
  '1',
  'a=b',
];

/** The pseudo-fields of a request, now and then too few of them, and fields. */
export function drawRequest(random: Random): readonly Field[] {
  const pseudo = [':method', ':scheme', ':authority', ':path'].filter(() => random(25) !== 0);
  if (random(8) === 0) pseudo.push(':protocol');
  // A method that goes with `:protocol` is not drawn by chance alone.
  const isWebSocket = pseudo.includes(':protocol') && random(4) !== 0;
  const fields = pseudo.map((name): Field => {
    if (name === ':method' && isWebSocket) return [name, 'CONNECT'];
    const value = random(4) === 0 ? drawValue(random, name) : VALUES[name]![0]!;
    return [name, soil(random, value)];
  });
  return shuffleAtTimes(random, [...fields, ...drawFields(random)]);
}

export function drawResponse(random: Random): readonly Field[] {
  const status: Field = [':status', soil(random, drawValue(random, ':status'))];
  return shuffleAtTimes(random, [...(random(25) === 0 ? [] : [status]), ...drawFields(random)]);
}

export function drawFields(random: Random): readonly Field[] {
  return Array.from({ length: random(FIELDS_MAX) }, (): Field => {
    const special = random(4) === 0;
    const name = special ? pick(random, SPECIAL_NAMES) : pick(random, PLAIN_NAMES);
    const value = special ? drawValue(random, name) : pick(random, PLAIN_VALUES);
    return [soil(random, name), random(40) === 0 ? 'l'.repeat(random(LONG_MAX)) : soil(random, value)];
  });
}

/** The blocks of a connection as one text, each made of what `drawHead` draws. */
export function drawBlocks(random: Random, drawHead: (random: Random) => readonly Field[]): string {
  const writer = new TableWriter(TABLE_BYTES);
  const blocks = Array.from({ length: 1 + random(BLOCKS_MAX) }, () => {
    const fields = drawHead(random).map((field) => [field, random(4), random(2) === 0] as const);
    const resize = random(12) === 0 ? random(TABLE_BYTES + 1) : null;
    return String.fromCharCode(...writer.block(fields, resize));
  });
  const text = joinBlocks(blocks);
  if (random(3) !== 0) return text;
  return mutate(
    text,
    drawMutations(random, MUTATIONS_MAX, () =>
      random(4) === 0 ? drawOctets(random, 12) : pick(random, PIECES),
    ),
  );
}

/** One block of a few pieces over and over, `length` octets of it, behind one that fills the table. */
export function drawPump(random: Random, length: number): string {
  const start = pick(random, PIECES);
  const pump = Array.from({ length: 1 + random(3) }, () => pick(random, PIECES)).join('');
  return joinBlocks([start, pump.repeat(Math.ceil(length / pump.length)).slice(0, length)]);
}

function drawValue(random: Random, name: string): string {
  return pick(random, VALUES[name] ?? PLAIN_VALUES);
}

function soil(random: Random, text: string): string {
  if (random(DAMAGE_EVERY) !== 0) return text;
  const at = random(text.length + 1);
  const dirt = random(5) === 0 ? drawOctets(random, 4) : pick(random, DIRT);
  return random(4) === 0 ? dirt : text.slice(0, at) + dirt + text.slice(at);
}

function shuffleAtTimes(random: Random, fields: readonly Field[]): readonly Field[] {
  if (fields.length === 0 || random(DAMAGE_EVERY) !== 0) return fields;
  const at = random(fields.length);
  return [...fields.slice(at), ...fields.slice(0, at), fields[random(fields.length)]!];
}
