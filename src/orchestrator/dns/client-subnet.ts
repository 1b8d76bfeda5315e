/**
 * The address that an answer is for (RFC 7871): that of the client's network, where its resolver tells it, or else the
 * resolver's own.
 */
import { type AddressWords, createAddressWords, IPV4_OFFSET, parseAddressInto } from '../../core/ip.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ClientSubnet {
  /** 1 for IPv4, 2 for IPv6. */
  readonly family: number;
  readonly words: AddressWords;
}

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
  return ok({ family, words: family === 1 ? ipv4Words(address) : ipv6Words(address) });
}

/** The octets of the option in an answer that holds for the first `scopeBits` of the address (section 7.2.1). */
export function writeClientSubnet(octets: Uint8Array, scopeBits: number): Buffer {
  const answer = Buffer.from(octets);
  answer[3] = scopeBits;
  return answer;
}

/** How many bits of a client's address decided, as its family counts them. */
export function scopeOf({ family }: ClientSubnet, bits: number): number {
  return family === 1 ? Math.max(0, bits - IPV4_OFFSET) : bits;
}

/** An address as words; null where it is none. */
export function wordsOf(address: string): AddressWords | null {
  const words = createAddressWords();
  return parseAddressInto(address, words) ? words : null;
}

function ipv4Words(octets: Uint8Array): AddressWords {
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return Int32Array.of(0, 0, 0xffff, (a << 24) | (b << 16) | (c << 8) | d);
}

/** Octets that are left out are 0. */
function ipv6Words(octets: Uint8Array): AddressWords {
  const words = createAddressWords();
  for (const [place, octet] of octets.entries()) {
    words[place >> 2] = words[place >> 2]! | (octet << (24 - 8 * (place & 3)));
  }
  return words;
}
