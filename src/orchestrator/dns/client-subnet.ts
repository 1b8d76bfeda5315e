/**
 * The address that an answer is for (RFC 7871): that of the client's network, where its resolver tells it, or else the
 * resolver's own.
 */
import { type AddressWords, createAddressWords, isIpv4, parseAddressInto } from '../../core/ip.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ClientSubnet {
  /** 1 for IPv4, 2 for IPv6. */
  readonly family: number;
  readonly ip: string;
  readonly sourceBits: number;
}

/** IPv4 addresses stand behind this many bits. */
const IPV4_BITS = 96;
const FAMILY_BITS: Readonly<Record<number, number>> = { 1: 32, 2: 128 };

/** Reads the octets of the option; the fault means FORMERR (section 7.1.2). */
export function readClientSubnet(octets: Uint8Array): Result<ClientSubnet, 'malformed'> {
  const [high = 0, low = 0, sourceBits = 0, scopeBits = 0] = octets;
  const family = (high << 8) | low;
  const familyBits = FAMILY_BITS[family];
  if (octets.length < 4 || familyBits === undefined || sourceBits > familyBits || scopeBits !== 0) {
    return fail('malformed');
  }
  const address = octets.subarray(4);
  if (address.length !== Math.ceil(sourceBits / 8)) return fail('malformed');
  const spare = address.length * 8 - sourceBits;
  if (spare > 0 && ((address.at(-1) ?? 0) & ((1 << spare) - 1)) !== 0) return fail('malformed');
  const whole = new Uint8Array(familyBits / 8);
  whole.set(address);
  return ok({ family, ip: family === 1 ? whole.join('.') : ipv6Text(whole), sourceBits });
}

/** The octets of the option in an answer that holds for the first `scopeBits` of the address (section 7.2.1). */
export function writeClientSubnet(octets: Uint8Array, scopeBits: number): Buffer {
  const answer = Buffer.from(octets);
  answer[3] = scopeBits;
  return answer;
}

/** How many bits of a client's address decided, as its family counts them. */
export function scopeOf({ family }: ClientSubnet, bits: number): number {
  return family === 1 ? Math.max(0, bits - IPV4_BITS) : bits;
}

/** An address as words; null where it is none. */
export function wordsOf(address: string): AddressWords | null {
  const words = createAddressWords();
  return parseAddressInto(address, words) ? words : null;
}

export function isIpv4Text(address: string): boolean {
  const words = wordsOf(address);
  return words !== null && isIpv4(words);
}

function ipv6Text(octets: Uint8Array): string {
  const groups: string[] = [];
  for (let place = 0; place < octets.length; place += 2) {
    groups.push((((octets[place] ?? 0) << 8) | (octets[place + 1] ?? 0)).toString(16));
  }
  return groups.join(':');
}
