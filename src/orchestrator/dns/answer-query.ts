/**
 * From the octets of a question to those of its answer.
 *
 * Whoever asks is hostile: what cannot be read is answered with an error of twelve octets or not at all, and an answer
 * over UDP is never longer than the asker says it can take, nor than 1232 octets (RFC 9715).
 */
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { AddressWords } from '../../core/ip.ts';
import { type ClientSubnet, readClientSubnet, scopeOf, wordsOf, writeClientSubnet } from './client-subnet.ts';
import { askZone, type ZoneOptions } from './zone.ts';

/** Who is to be told of which nodes. */
export interface AddressChoice {
  readonly addresses: readonly string[];
  /** How many bits of the client's address decided, of 128. */
  readonly bits: number;
}

export interface QueryContext {
  readonly zone: ZoneOptions;
  readonly choose: (client: AddressWords, family: 4 | 6) => AddressChoice;
}

export interface Asked {
  readonly octets: Buffer;
  /** Address of whoever asks. */
  readonly from: string;
  /** Over TCP answers may be long. */
  readonly stream: boolean;
}

const HEADER_BYTES = 12;
/** Longer questions are not looked at. */
export const QUERY_BYTES_MAX = 4096;
const UDP_BYTES_PLAIN = 512;
const UDP_BYTES_MAX = 1232;
const STREAM_BYTES_MAX = 65_535;

const RESPONSE_BIT = 0x80;
const OPCODE_MASK = 0x78;
const FORMERR = 1;
const NXDOMAIN = 3;
const NOTIMP = 4;
const REFUSED = 5;
/** Upper bits of BADVERS, which is 16 (RFC 6891 section 9). */
const BADVERS_EXTENDED = 1;
const CLIENT_SUBNET = 8;
const NEGATIVE_TTL_SECONDS = 5;

const LABEL_BYTES_MAX = 63;
const SPACE = 0x20;
const DELETE = 0x7f;
const DOT = 0x2e;

/** The answer; null where none is due. */
export function answerQuery(asked: Asked, context: QueryContext): Buffer | null {
  const { octets } = asked;
  if (octets.length < HEADER_BYTES || octets.length > QUERY_BYTES_MAX) return null;
  // An answer is not answered, or two servers would talk for ever.
  if ((octets[2]! & RESPONSE_BIT) !== 0) return null;
  if ((octets[2]! & OPCODE_MASK) !== 0) return bareError(octets, NOTIMP);
  const packet = readPacket(octets);
  const [question, ...others] = packet?.questions ?? [];
  if (packet === null || question === undefined || others.length > 0) return bareError(octets, FORMERR);
  // Names of other octets are in no zone of ours, and the library could not repeat them.
  if (!hasPlainName(octets)) return bareError(octets, REFUSED);
  const edns = readEdns(packet);
  if (edns === 'malformed') return bareError(octets, FORMERR);
  return respond({ packet, question, edns }, asked, context);
}

/** Whether the first question's name is of visible ASCII, written out, without a dot inside a label. */
function hasPlainName(octets: Buffer): boolean {
  let place = HEADER_BYTES;
  for (let length = octets[place]!; length !== 0; length = octets[place]!) {
    if (length > LABEL_BYTES_MAX || place + length + 1 >= octets.length) return false;
    const label = octets.subarray(place + 1, place + 1 + length);
    if (!label.every((octet) => octet > SPACE && octet < DELETE && octet !== DOT)) return false;
    place += length + 1;
  }
  return true;
}

interface Edns {
  readonly bytesMax: number;
  readonly version: number;
  readonly subnet: ClientSubnet | null;
  readonly subnetOctets: Uint8Array | null;
}

interface ReadQuery {
  readonly packet: Packet;
  readonly question: Question;
  /** Null without EDNS. */
  readonly edns: Edns | null;
}

function readPacket(octets: Buffer): Packet | null {
  try {
    return decode(octets);
  } catch {
    return null;
  }
}

function readEdns(packet: Packet): Edns | null | 'malformed' {
  const found = (packet.additionals ?? []).filter((record) => record.type === 'OPT');
  const [record] = found;
  if (record === undefined) return null;
  // At most one (RFC 6891 section 6.1.1).
  if (found.length > 1) return 'malformed';
  const { udpPayloadSize, ednsVersion, options } = record;
  const option = options.find(
    ({ code }) => Number(code) === CLIENT_SUBNET || String(code) === 'CLIENT_SUBNET',
  );
  const subnetOctets = option === undefined ? null : ((option as { data?: Buffer }).data ?? null);
  const subnet = subnetOctets === null ? null : readClientSubnet(subnetOctets);
  if (subnet !== null && !subnet.ok) return 'malformed';
  const bytesMax = Math.min(Math.max(udpPayloadSize, UDP_BYTES_PLAIN), UDP_BYTES_MAX);
  return { bytesMax, version: ednsVersion, subnet: subnet?.value ?? null, subnetOctets };
}

function respond({ packet, question, edns }: ReadQuery, asked: Asked, context: QueryContext): Buffer {
  if (edns !== null && edns.version > 0) {
    return encodeAnswer({ packet, question, edns, extended: BADVERS_EXTENDED }, EMPTY, asked);
  }
  if (question.class !== undefined && question.class !== 'IN') {
    return encodeAnswer({ packet, question, edns }, { ...EMPTY, rcode: REFUSED }, asked);
  }
  const content = contentOf(question, edns?.subnet ?? null, asked, context);
  return encodeAnswer({ packet, question, edns }, content, asked);
}

interface Content {
  readonly rcode: number;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  /** How many bits of the client's address decided, of 128. */
  readonly bits: number;
}

const EMPTY: Content = { rcode: 0, answers: [], authorities: [], bits: 0 };

function contentOf(
  { name, type }: Question,
  subnet: ClientSubnet | null,
  { from }: Asked,
  { zone, choose }: QueryContext,
): Content {
  const answer = askZone(zone, name, type);
  switch (answer.kind) {
    case 'refused':
      return { ...EMPTY, rcode: REFUSED };
    case 'no_name':
      return { ...EMPTY, rcode: NXDOMAIN, authorities: [authorityOf(zone)] };
    case 'nothing':
      return { ...EMPTY, authorities: [authorityOf(zone)] };
    case 'authority':
      return { ...EMPTY, answers: [authorityOf(zone)] };
    case 'name_servers':
      return {
        ...EMPTY,
        answers: zone.nameServers.map((data) => ({ type: 'NS', name, ttl: zone.ttlSeconds, data })),
      };
    case 'minimal':
      return { ...EMPTY, answers: [{ type: 'HINFO', name, ttl: zone.ttlSeconds, data: MINIMAL }] };
    case 'addresses': {
      const client = subnet?.words ?? wordsOf(from);
      const { addresses, bits } = client === null ? NOBODY : choose(client, answer.family);
      if (addresses.length === 0) return { ...EMPTY, bits, authorities: [authorityOf(zone)] };
      const type = answer.family === 4 ? ('A' as const) : ('AAAA' as const);
      return {
        ...EMPTY,
        bits,
        answers: addresses.map((data) => ({ type, name, ttl: zone.ttlSeconds, data })),
      };
    }
  }
}

const MINIMAL = { cpu: 'RFC8482', os: '' };
const NOBODY: AddressChoice = { addresses: [], bits: 0 };

function authorityOf({ name, nameServers, ttlSeconds }: ZoneOptions): Answer {
  return {
    type: 'SOA',
    name,
    ttl: ttlSeconds,
    data: {
      mname: nameServers[0] ?? name,
      rname: `hostmaster.${name}`,
      serial: 1,
      refresh: 3600,
      retry: 600,
      expire: 86_400,
      minimum: Math.min(ttlSeconds, NEGATIVE_TTL_SECONDS),
    },
  };
}

interface Envelope extends ReadQuery {
  readonly extended?: number;
}

function encodeAnswer(envelope: Envelope, content: Content, { stream }: Asked): Buffer {
  const whole = encode(toPacket(envelope, content, 0));
  const bytesMax = stream ? STREAM_BYTES_MAX : (envelope.edns?.bytesMax ?? UDP_BYTES_PLAIN);
  if (whole.length <= bytesMax) return whole;
  return encode(
    toPacket(envelope, { ...EMPTY, rcode: content.rcode, bits: content.bits }, TRUNCATED_RESPONSE),
  );
}

function toPacket(
  { packet, question, edns, extended = 0 }: Envelope,
  { rcode, answers, authorities, bits }: Content,
  flags: number,
): Packet {
  return {
    type: 'response',
    id: packet.id ?? 0,
    // The library keeps the code of the response in the lowest bits of the flags.
    flags: AUTHORITATIVE_ANSWER | ((packet.flags ?? 0) & RECURSION_DESIRED) | flags | rcode,
    questions: [question],
    answers: [...answers],
    authorities: [...authorities],
    additionals: edns === null ? [] : [ednsAnswer(edns, extended, bits)],
  };
}

function ednsAnswer({ subnet, subnetOctets }: Edns, extended: number, bits: number): Answer {
  const told = subnet !== null && subnetOctets !== null;
  const data = told ? writeClientSubnet(subnetOctets, scopeOf(subnet, bits)) : null;
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: UDP_BYTES_MAX,
    extendedRcode: extended,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: data === null ? [] : [{ code: CLIENT_SUBNET, data }],
  } as Answer;
}

/** An answer of nothing that tells whoever asks to come over TCP. */
export function cutShort(octets: Buffer): Buffer | null {
  if (octets.length < HEADER_BYTES || (octets[2]! & RESPONSE_BIT) !== 0) return null;
  const answer = bareError(octets, 0);
  answer[2] = answer[2]! | (TRUNCATED_RESPONSE >> 8);
  return answer;
}

/** The header alone, with an error. */
function bareError(octets: Buffer, rcode: number): Buffer {
  const answer = Buffer.alloc(HEADER_BYTES);
  answer[0] = octets[0]!;
  answer[1] = octets[1]!;
  answer[2] = RESPONSE_BIT | (octets[2]! & (OPCODE_MASK | 1));
  answer[3] = rcode;
  return answer;
}
