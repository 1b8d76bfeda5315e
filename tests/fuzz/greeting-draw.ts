/** ClientHellos and PROXY headers drawn from a seed: by their grammar, from captures, and damaged. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mutate } from '../../src/http/testing/mutation.ts';
import { HelloReader } from '../../src/tls/hello-reader.ts';
import {
  extension,
  helloBody,
  helloMessage,
  protocolNames,
  records,
  serverNames,
  signatureAlgorithms,
  supportedVersions,
} from '../../src/tls/testing/hello-octets.ts';
import { readCapture } from '../support/capture-file.ts';
import { findShared } from '../support/shared-data.ts';
import { drawMutations, drawOctets, pick } from './draw.ts';
import type { Random } from './loop.ts';

const MUTATIONS_MAX = 5;
const EXTENSIONS_MAX = 8;
const CIPHERS_MAX = 40;
const PADDING_MAX = 16_000;

const NAMES: readonly string[] = [
  'a',
  'shop.example',
  'SHOP.example.',
  '192.0.2.1',
  'x'.repeat(255),
  '\0',
  'é',
];
const PROTOCOLS: readonly string[] = ['h2', 'http/1.1', 'h3', '\x0a\x0a', 'x'.repeat(255), '\0'];
const VERSIONS: readonly number[] = [0x0304, 0x0303, 0x0302, 0x0301, 0x0300, 0x7a7a, 0x0305, 0];

/** The hellos of captured clients, where there are any. */
export function capturedHellos(): readonly string[] {
  const folder = findShared('data/ja4/pcap');
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => /^(?:browsers-x509|latest|tls.*)\.pcapng$/.test(name))
    .flatMap((name) => readCapture(join(folder, name)))
    .filter(({ octets }) => new HelloReader().push(octets).kind === 'hello')
    .map(({ octets }) => octets.toString('latin1'));
}

/** @param captured hellos to start from, besides those by the grammar */
export function drawHello(random: Random, captured: readonly string[]): string {
  const fromCapture = captured.length > 0 && random(3) === 0;
  const text = fromCapture ? pick(random, captured) : writtenHello(random);
  return random(3) === 0
    ? text
    : mutate(
        text,
        drawMutations(random, MUTATIONS_MAX, () => drawOctets(random, 8)),
      );
}

function writtenHello(random: Random): string {
  const extensions = Array.from({ length: random(EXTENSIONS_MAX) }, () => drawExtension(random));
  const message = helloMessage(
    helloBody({
      version: pick(random, VERSIONS),
      sessionId: Buffer.alloc(random(34)),
      ciphers: Array.from({ length: random(CIPHERS_MAX) }, () => random(65_536)),
      compression: Buffer.alloc(random(3)),
      extensions: random(12) === 0 ? null : extensions,
    }),
  );
  const size = random(3) === 0 ? 1 + random(200) : 16_384;
  const behind = random(4) === 0 ? drawOctets(random, 20) : '';
  return records(message, size).toString('latin1') + behind;
}

function drawExtension(random: Random): Buffer {
  const some = <T>(from: readonly T[]): T[] => Array.from({ length: random(4) }, () => pick(random, from));
  switch (random(8)) {
    case 0:
      return serverNames(...some(NAMES));
    case 1:
      return protocolNames(...some(PROTOCOLS));
    case 2:
      return supportedVersions(...some(VERSIONS));
    case 3:
      return signatureAlgorithms(...some([0x0403, 0x0804, 0x1a1a, 0]));
    case 4:
      return extension(21, Buffer.alloc(random(40) === 0 ? random(PADDING_MAX) : random(100)));
    case 5:
      return extension(pick(random, [0, 13, 16, 43]), Buffer.from(drawOctets(random, 12), 'latin1'));
    default:
      return extension(random(65_536), Buffer.from(drawOctets(random, 12), 'latin1'));
  }
}

const ADDRESSES: readonly string[] = [
  ...['192.0.2.1', '0.0.0.0', '255.255.255.255', '192.0.2.01', '256.0.0.1', '1.2.3', '2001:db8::1', '::'],
  ...['::ffff:192.0.2.1', '::ffff:c000:201', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', '::1%eth0', '[::1]', 'a'],
  ...['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', '1:2:3:4:5:6:7::', 'example.org', ''],
];
const PORTS: readonly string[] = ['0', '1', '443', '65535', '65536', '00', '+1', '', '-1', '1.0', '51234'];
const FAMILIES: readonly string[] = ['TCP4', 'TCP6', 'TCP4', 'TCP6', 'UNKNOWN', 'tcp4', 'UDP4', ''];
const DIRT: readonly string[] = [
  ' ',
  '\r',
  '\n',
  '\r\n',
  '\t',
  '\0',
  'PROXY ',
  'UNKNOWN',
  ':',
  '.',
  '0',
  '\xff',
];
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const COMMANDS: readonly number[] = [0x21, 0x21, 0x21, 0x20, 0x22, 0x11];
/** Family and transport, and the octets of addresses and ports. */
const KINDS: readonly (readonly [kind: number, octets: number])[] = [
  ...([
    [0x11, 12],
    [0x11, 12],
    [0x21, 36],
    [0x21, 36],
    [0x31, 216],
    [0x00, 0],
    [0x12, 12],
    [0x41, 4],
  ] as const),
];

export function drawProxyHeader(random: Random): string {
  const header = random(2) === 0 ? drawLine(random) : drawBinary(random);
  const text = header + (random(2) === 0 ? '' : 'GET / HTTP/1.1\r\n\r\n');
  if (random(2) === 0) return text;
  const drawText = (): string => (random(2) === 0 ? pick(random, DIRT) : drawOctets(random, 5));
  return mutate(text, drawMutations(random, MUTATIONS_MAX, drawText));
}

function drawLine(random: Random): string {
  const addresses = `${pick(random, ADDRESSES)} ${pick(random, ADDRESSES)}`;
  return `PROXY ${pick(random, FAMILIES)} ${addresses} ${pick(random, PORTS)} ${pick(random, PORTS)}\r\n`;
}

function drawBinary(random: Random): string {
  const [kind, size] = pick(random, KINDS);
  const fields = Array.from({ length: random(4) }, () => {
    const value = drawOctets(random, random(10) === 0 ? 2000 : 20);
    return String.fromCharCode(random(256), value.length >> 8, value.length & 255) + value;
  }).join('');
  // A mapped address is one of the other family.
  const mapped = size === 36 && random(3) === 0 ? `${'\0'.repeat(10)}\xff\xff` : '';
  const ends = (mapped + exactly(random, size - mapped.length)).slice(0, size);
  const length = ends.length + fields.length + (random(8) === 0 ? random(5) - 2 : 0);
  const head = String.fromCharCode(pick(random, COMMANDS), kind, (length >> 8) & 255, length & 255);
  return SIGNATURE + head + ends + fields;
}

function exactly(random: Random, length: number): string {
  return String.fromCharCode(...Array.from({ length }, () => random(256)));
}
