/**
 * The PROXY protocol, versions 1 and 2: a balancer's word on who is at the other end of its connection.
 *
 *     1:  PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n                         at most 107 octets
 *     2:  signature | version, command | family, transport | length | addresses | further fields (TLVs)
 *
 * Strict, because whoever gets a wrong header accepted chooses the address that limits and bans see: one space
 * between words, canonical numbers, addresses of the family that is named. The header is read only from listed senders. The
 * end is told by the header itself, so nothing behind it is touched; TLVs are bounded and stepped over.
 */
import { createAddressWords, formatAddress, parseAddressInto } from '../../core/ip.ts';

/** Who a listed sender says is connected; the texts are canonical addresses. */
export interface ProxiedPeer {
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
}

export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'fault' }
  /** `peer` is null where the sender speaks for itself (LOCAL), or about something without an IP address. */
  | { readonly kind: 'header'; readonly peer: ProxiedPeer | null; readonly length: number };

const MORE: ProxyHeader = { kind: 'more' };
const FAULT: ProxyHeader = { kind: 'fault' };

const V1_PREFIX = Buffer.from('PROXY ', 'latin1');
/** With the line end. */
const V1_BYTES_MAX = 107;
const V2_SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_HEAD_BYTES = 16;
/** Addresses and TLVs: the largest address block has 216 octets, a TLS TLV with its certificate's names some more. */
const V2_REST_BYTES_MAX = 4096;
/** What a header may take in all; more need never be collected. */
export const PROXY_HEADER_BYTES_MAX: number = V2_HEAD_BYTES + V2_REST_BYTES_MAX;

/** Reads a header from the beginning of a connection. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return MORE;
  if (bytes[0] === V2_SIGNATURE[0]) return parseBinary(bytes);
  return parseLine(bytes);
}

function beginsLike(bytes: Buffer, prefix: Buffer): boolean {
  const length = Math.min(bytes.length, prefix.length);
  return bytes.compare(prefix, 0, length, 0, length) === 0;
}

function parseLine(bytes: Buffer): ProxyHeader {
  if (!beginsLike(bytes, V1_PREFIX)) return FAULT;
  const head = bytes.subarray(0, V1_BYTES_MAX);
  const lineFeed = head.indexOf(0x0a);
  if (lineFeed === -1) return bytes.length < V1_BYTES_MAX ? MORE : FAULT;
  if (head[lineFeed - 1] !== 0x0d) return FAULT;
  const length = lineFeed + 1;
  const text = head.toString('latin1', V1_PREFIX.length, lineFeed - 1);
  // What stands behind UNKNOWN is to be ignored.
  if (text === 'UNKNOWN' || text.startsWith('UNKNOWN ')) return { kind: 'header', peer: null, length };
  const [family, source, destination, sourcePort, destinationPort, ...rest] = text.split(' ');
  if ((family !== 'TCP4' && family !== 'TCP6') || rest.length > 0) return FAULT;
  const wantsIpv4 = family === 'TCP4';
  const address = readAddress(source, wantsIpv4);
  const localAddress = readAddress(destination, wantsIpv4);
  const port = readPort(sourcePort);
  const localPort = readPort(destinationPort);
  if (address === null || localAddress === null || port < 0 || localPort < 0) return FAULT;
  return { kind: 'header', peer: { address, port, localAddress, localPort }, length };
}

function readAddress(text: string | undefined, wantsIpv4: boolean): string | null {
  const words = createAddressWords();
  if (text === undefined || !parseAddressInto(text, words)) return null;
  return wantsIpv4 === !text.includes(':') ? formatAddress(words) : null;
}

function readPort(text: string | undefined): number {
  if (text === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(text)) return -1;
  const port = Number(text);
  return port <= 65_535 ? port : -1;
}

/** The second octet of each half tells: version 2 and a command; a family and a transport. */
const LOCAL = 0x20;
const PROXY = 0x21;
const STREAM_IPV4 = 0x11;
const STREAM_IPV6 = 0x21;
const STREAM_UNIX = 0x31;
const UNSPECIFIED = 0x00;
const UNIX_BYTES = 216;

function parseBinary(bytes: Buffer): ProxyHeader {
  if (!beginsLike(bytes, V2_SIGNATURE)) return FAULT;
  if (bytes.length < V2_HEAD_BYTES) return MORE;
  const command = bytes[12]!;
  const rest = bytes.readUInt16BE(14);
  if ((command !== LOCAL && command !== PROXY) || rest > V2_REST_BYTES_MAX) return FAULT;
  const length = V2_HEAD_BYTES + rest;
  if (bytes.length < length) return MORE;
  // The sender's own connection, such as a health check; its addresses are to be skipped.
  if (command === LOCAL) return { kind: 'header', peer: null, length };
  return parseEnds(bytes, length);
}

function parseEnds(bytes: Buffer, length: number): ProxyHeader {
  const at = V2_HEAD_BYTES;
  switch (bytes[13]) {
    case STREAM_IPV4:
      return withEnds(bytes, at, 4, length);
    case STREAM_IPV6:
      return withEnds(bytes, at, 16, length);
    case STREAM_UNIX:
      return endsWithTlvs(bytes, at + UNIX_BYTES, length) ? { kind: 'header', peer: null, length } : FAULT;
    case UNSPECIFIED:
      return { kind: 'header', peer: null, length };
    default:
      return FAULT;
  }
}

function withEnds(bytes: Buffer, at: number, size: 4 | 16, length: number): ProxyHeader {
  const ports = at + 2 * size;
  if (!endsWithTlvs(bytes, ports + 4, length)) return FAULT;
  const peer = {
    address: addressAt(bytes, at, size),
    port: bytes.readUInt16BE(ports),
    localAddress: addressAt(bytes, at + size, size),
    localPort: bytes.readUInt16BE(ports + 2),
  };
  return { kind: 'header', peer, length };
}

function addressAt(bytes: Buffer, at: number, size: 4 | 16): string {
  const words = createAddressWords();
  if (size === 4) words[2] = 0xffff;
  for (let i = 0; i < size; i += 4) words[(16 - size + i) >> 2] = bytes.readInt32BE(at + i);
  return formatAddress(words);
}

/** Whether what stands from `at` to `end` is a run of whole TLVs: type, length in two octets, value. */
function endsWithTlvs(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    if (at + 3 > end) return false;
    at += 3 + bytes.readUInt16BE(at + 1);
  }
  return at === end;
}
