/**
 * Reads what TCP clients and servers sent from a packet capture (pcap or pcapng, little-endian, Ethernet): enough for
 * the captures that tests compare fingerprints with, no more.
 */
import { readFileSync } from 'node:fs';

/** One direction of a TCP connection. */
export interface CapturedStream {
  /** `192.0.2.1:4711>198.51.100.1:443` */
  readonly ends: string;
  /** Its octets from the first one on, as far as none is missing. */
  readonly octets: Buffer;
}

interface Segment {
  readonly ends: string;
  readonly sequence: number;
  readonly starts: boolean;
  readonly data: Buffer;
}

const ENHANCED_PACKET = 6;
const SECTION_HEADER = 0x0a0d0d0a;

/** All streams whose beginning was captured, in the order in which they began. */
export function readCapture(path: string): readonly CapturedStream[] {
  const file = readFileSync(path);
  const flows = new Map<string, Segment[]>();
  for (const packet of file.readUInt32LE(0) === SECTION_HEADER ? blocksOf(file) : recordsOf(file)) {
    const segment = segmentOf(packet);
    if (segment === null) continue;
    const flow = flows.get(segment.ends) ?? [];
    flow.push(segment);
    flows.set(segment.ends, flow);
  }
  return [...flows].flatMap(([ends, segments]) => {
    const octets = assemble(segments);
    return octets === null ? [] : [{ ends, octets }];
  });
}

/** A record of pcap: time in two words, captured length, length; behind a header of 24 octets. */
function* recordsOf(file: Buffer): Generator<Buffer> {
  for (let at = 24; at + 16 <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    yield file.subarray(at + 16, at + 16 + length);
    at += 16 + length;
  }
}

/** A block of pcapng: type, length, and in a packet interface, time in two words, captured length, length. */
function* blocksOf(file: Buffer): Generator<Buffer> {
  for (let at = 0; at + 12 <= file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== ENHANCED_PACKET) continue;
    yield file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20));
  }
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
const PROTOCOL_TCP = 6;

function segmentOf(packet: Buffer): Segment | null {
  const at = packet.readUInt16BE(12) === ETHERTYPE_VLAN ? 18 : 14;
  const type = packet.readUInt16BE(at - 2);
  if (type === ETHERTYPE_IPV4 && packet[at + 9] === PROTOCOL_TCP) {
    const tcp = at + 4 * (packet[at]! & 0x0f);
    const end = at + packet.readUInt16BE(at + 2);
    const host = (from: number): string => packet.subarray(from, from + 4).join('.');
    return tcpSegment(packet, tcp, end, host(at + 12), host(at + 16));
  }
  if (type === ETHERTYPE_IPV6 && packet[at + 6] === PROTOCOL_TCP) {
    const end = at + 40 + packet.readUInt16BE(at + 4);
    const host = (from: number): string => packet.toString('hex', from, from + 16);
    return tcpSegment(packet, at + 40, end, host(at + 8), host(at + 24));
  }
  return null;
}

function tcpSegment(packet: Buffer, at: number, end: number, source: string, target: string): Segment {
  const dataAt = at + 4 * (packet[at + 12]! >> 4);
  return {
    ends: `${source}:${packet.readUInt16BE(at)}>${target}:${packet.readUInt16BE(at + 2)}`,
    sequence: packet.readUInt32BE(at + 4),
    starts: (packet[at + 13]! & 0x02) !== 0,
    data: packet.subarray(dataAt, end),
  };
}

/** Puts segments in order, drops what came twice, and stops at the first gap; null without a beginning. */
function assemble(segments: readonly Segment[]): Buffer | null {
  const first = segments.find(({ starts }) => starts)?.sequence;
  // Some captures begin behind the handshake of TCP: then with the first data that was seen.
  const base = first === undefined ? segments.find(({ data }) => data.length > 0)?.sequence : first + 1;
  if (base === undefined) return null;
  const placed = segments
    .map(({ sequence, starts, data }) => ({ at: (sequence - base + (starts ? 1 : 0)) | 0, data }))
    .filter(({ data }) => data.length > 0)
    .sort((one, other) => one.at - other.at);
  const pieces: Buffer[] = [];
  let length = 0;
  for (const { at, data } of placed) {
    if (at > length) break;
    const fresh = data.subarray(length - at);
    pieces.push(fresh);
    length += fresh.length;
  }
  return Buffer.concat(pieces);
}
