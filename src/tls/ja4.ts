/**
 * JA4, the fingerprint of a TLS client: what kind of program it is, however its addresses change.
 *
 *     t13d1516h2 _ 8daaf6152771 _ e5627efa2ab1
 *     transport, version, server name, counts, protocol _ hash of the ciphers _ hash of extensions and signatures
 *
 * Ciphers and extensions are sorted first, since clients shuffle them; GREASE is left out. Two hashes cost some
 * microseconds, so it is made only for whoever asks.
 */
import { createHash } from 'node:crypto';
import { type ClientHello, EXTENSION_PROTOCOLS, EXTENSION_SERVER_NAME, isGrease } from './client-hello.ts';

const COUNT_MAX = 99;
const HASH_CHARACTERS = 12;
const NO_HASH = '0'.repeat(HASH_CHARACTERS);

/** The fingerprint of a hello over TCP. */
export function ja4Of(hello: ClientHello): string {
  const ciphers = withoutGrease(hello.cipherSuites);
  const extensions = withoutGrease(hello.extensions);
  const name = extensions.includes(EXTENSION_SERVER_NAME) ? 'd' : 'i';
  const counts = `${count(ciphers)}${count(extensions)}`;
  const kind = `t${versionOf(hello)}${name}${counts}${protocolOf(hello)}`;
  return `${kind}_${hash(hexList(ciphers.toSorted()))}_${hash(extensionText(hello, extensions))}`;
}

function extensionText(hello: ClientHello, extensions: Uint16Array): string {
  const counted = extensions.filter((type) => type !== EXTENSION_SERVER_NAME && type !== EXTENSION_PROTOCOLS);
  const types = hexList(counted.sort());
  const signatures = hexList(withoutGrease(hello.signatureAlgorithms));
  return signatures === '' ? types : `${types}_${signatures}`;
}

/** The newest version that is offered; the one in the hello itself has not risen since TLS 1.2. */
function versionOf({ supportedVersions, legacyVersion }: ClientHello): string {
  let version = 0;
  for (const one of supportedVersions) if (!isGrease(one) && one > version) version = one;
  switch (version === 0 ? legacyVersion : version) {
    case 0x0304:
      return '13';
    case 0x0303:
      return '12';
    case 0x0302:
      return '11';
    case 0x0301:
      return '10';
    case 0x0300:
      return 's3';
    case 0x0002:
      return 's2';
    default:
      return '00';
  }
}

/** First and last character of the first protocol; where they are no letters or digits, of its octets in hex. */
function protocolOf({ protocols }: ClientHello): string {
  const first = protocols?.[0];
  if (first === undefined) return '00';
  const ends = `${first.at(0)}${first.at(-1)}`;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const hex = Buffer.from(first, 'latin1').toString('hex');
  return `${hex.at(0)}${hex.at(-1)}`;
}

function withoutGrease(values: Uint16Array): Uint16Array {
  return values.filter((value) => !isGrease(value));
}

function count(values: Uint16Array): string {
  return String(Math.min(values.length, COUNT_MAX)).padStart(2, '0');
}

function hexList(values: Uint16Array): string {
  return Array.from(values, (value) => value.toString(16).padStart(4, '0')).join(',');
}

function hash(text: string): string {
  if (text === '') return NO_HASH;
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARACTERS);
}
