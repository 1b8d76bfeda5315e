/**
 * The PROXY protocol header by which an origin learns whom a connection serves.
 *
 *   v1   one line of text: PROXY TCP4 192.0.2.1 198.51.100.7 51234 443 CR LF
 *   v2   signature, version and command, family, length, addresses and ports in network order
 *
 * Both addresses of one header have the same family: an IPv4 client that came to an IPv6 address of the node (or the
 * other way round) is written as IPv6, the IPv4 address mapped. An address that is none makes a header that says so.
 */
import { createAddressWords, isIpv4, parseAddressInto } from '../../core/ip.ts';
import type { OriginClient } from './origin-client.ts';

const SIGNATURE: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const VERSION_LOCAL = 0x20;
const VERSION_PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;
const HEAD_BYTES = 16;

/** Whom a connection serves; null for the node itself, as for health checks. */
export type ProxiedConnection = Pick<OriginClient, 'client' | 'connection'> | null;

export function writeProxyHeader(version: 'v1' | 'v2', proxied: ProxiedConnection): Buffer {
  const source = createAddressWords();
  const target = createAddressWords();
  const known =
    proxied !== null &&
    parseAddressInto(proxied.client.address, source) &&
    parseAddressInto(proxied.connection.localAddress, target);
  if (!known) return version === 'v1' ? Buffer.from('PROXY UNKNOWN\r\n', 'latin1') : localHeader();
  const { peerPort, localPort } = proxied.connection;
  const ipv4 = isIpv4(source) && isIpv4(target);
  return version === 'v1'
    ? textHeader(source, target, peerPort, localPort, ipv4)
    : binaryHeader(source, target, peerPort, localPort, ipv4);
}

function textHeader(
  source: Int32Array,
  target: Int32Array,
  sourcePort: number,
  targetPort: number,
  ipv4: boolean,
): Buffer {
  const family = ipv4 ? 'TCP4' : 'TCP6';
  const addresses = `${addressText(source, ipv4)} ${addressText(target, ipv4)}`;
  return Buffer.from(`PROXY ${family} ${addresses} ${sourcePort} ${targetPort}\r\n`, 'latin1');
}

function binaryHeader(
  source: Int32Array,
  target: Int32Array,
  sourcePort: number,
  targetPort: number,
  ipv4: boolean,
): Buffer {
  const first = ipv4 ? 3 : 0;
  const addressBytes = (4 - first) * 4;
  const length = 2 * addressBytes + 4;
  const header = Buffer.alloc(HEAD_BYTES + length);
  SIGNATURE.copy(header);
  header[12] = VERSION_PROXY;
  header[13] = ipv4 ? TCP4 : TCP6;
  header.writeUInt16BE(length, 14);
  for (let word = first; word < 4; word++) {
    const at = HEAD_BYTES + (word - first) * 4;
    header.writeInt32BE(source[word]!, at);
    header.writeInt32BE(target[word]!, at + addressBytes);
  }
  header.writeUInt16BE(sourcePort, HEAD_BYTES + 2 * addressBytes);
  header.writeUInt16BE(targetPort, HEAD_BYTES + 2 * addressBytes + 2);
  return header;
}

function localHeader(): Buffer {
  const header = Buffer.alloc(HEAD_BYTES);
  SIGNATURE.copy(header);
  header[12] = VERSION_LOCAL;
  return header;
}

/** IPv6 without abbreviations, which every reader takes. */
function addressText(words: Int32Array, ipv4: boolean): string {
  if (ipv4) {
    const address = words[3]!;
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
  }
  const groups = Array.from(words, (word) => [(word >>> 16) & 0xffff, word & 0xffff]).flat();
  return groups.map((group) => group.toString(16)).join(':');
}
