/**
 * IP addresses and prefixes as 128-bit keys of four 32-bit words, read from and written to text.
 *
 * One key space serves both families: the IPv4 address a.b.c.d has the key ::ffff:a.b.c.d, which is also how a
 * dual-stack socket reports it, so one client never has two keys. Parsing is strict, because an address that
 * two programs read differently is a hole in a list: no leading zeros in octets, no zone, no space, no partial
 * forms. Reading and masking write into the caller's array and allocate nothing.
 */
import { fail, ok, type Result } from './result.ts';

/** Four 32-bit words, the most significant first. */
export type AddressWords = Int32Array;

/** An address range. It is IPv4 exactly if its words are: `::/0` holds no IPv4 address. */
export interface Prefix {
  readonly words: AddressWords;
  /** Leading bits that count, in the 128-bit key: 10.0.0.0/8 has 104. */
  readonly bits: number;
}

/** Bits of the key in front of an IPv4 address. */
export const IPV4_OFFSET = 96;
const KEY_BITS = 128;
const ADDRESS_TEXT_MAX = 45;
const GROUPS = 8;
const COLON = 0x3a;
const DOT = 0x2e;
const ZERO = 0x30;

export function createAddressWords(): AddressWords {
  return new Int32Array(4);
}

/** Reads an address into `out`; false where the text is none, and then `out` holds anything. */
export function parseAddressInto(text: string, out: AddressWords): boolean {
  const { length } = text;
  if (length > ADDRESS_TEXT_MAX) return false;
  return text.indexOf(':') >= 0 ? parseIpv6Into(text, out, 0, length) : parseIpv4Into(text, out, 0, length);
}

/** The same for the part of a text from `start` to `end`, so that reading a long list makes no text per entry. */
export function parseAddressPartInto(text: string, start: number, end: number, out: AddressWords): boolean {
  if (end - start > ADDRESS_TEXT_MAX) return false;
  const ipv6 = isColonFirst(text, start, end);
  return ipv6 ? parseIpv6Into(text, out, start, end) : parseIpv4Into(text, out, start, end);
}

/** Reads the key of a client: an IPv4 address, or the leading `ipv6Prefix` bits of an IPv6 address. */
export function clientKeyInto(text: string, ipv6Prefix: number, out: AddressWords): boolean {
  if (!parseAddressInto(text, out)) return false;
  if (!isIpv4(out)) maskWords(out, ipv6Prefix);
  return true;
}

export function isIpv4(words: AddressWords): boolean {
  return words[2] === 0xffff && words[1] === 0 && words[0] === 0;
}

/** Clears everything behind the first `bits` (0 to 128) bits, in place. */
export function maskWords(words: AddressWords, bits: number): void {
  for (let index = 0; index < 4; index++) {
    const kept = bits - index * 32;
    if (kept <= 0) words[index] = 0;
    else if (kept < 32) words[index] = words[index]! & (-1 << (32 - kept));
  }
}

export function prefixContains(prefix: Prefix, words: AddressWords): boolean {
  if (isIpv4(prefix.words) !== isIpv4(words)) return false;
  for (let index = 0; index < 4; index++) {
    const counted = prefix.bits - index * 32;
    if (counted <= 0) return true;
    const difference = prefix.words[index]! ^ words[index]!;
    if (counted >= 32 ? difference !== 0 : difference >>> (32 - counted) !== 0) return false;
  }
  return true;
}

/** The canonical text (RFC 5952); IPv4 in dotted form. */
export function formatAddress(words: AddressWords): string {
  if (isIpv4(words)) {
    const address = words[3]!;
    return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
  }
  return formatIpv6(words);
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or a bare address. The fault is a sentence for the operator. Set host
 * bits are refused, not cleared: 10.0.0.1/8 may have been meant as one address or as sixteen million.
 */
export function parsePrefix(text: string): Result<Prefix, string> {
  const shown = `"${text.slice(0, 64)}"`;
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const words = createAddressWords();
  if (!parseAddressInto(address, words)) return fail(`${shown} is not an IPv4 or IPv6 address or prefix`);
  const offset = address.indexOf(':') < 0 ? IPV4_OFFSET : 0;
  const length = slash < 0 ? KEY_BITS - offset : parsePrefixLength(text.slice(slash + 1), KEY_BITS - offset);
  if (length < 0) return fail(`${shown} needs a prefix length from 0 to ${KEY_BITS - offset}`);
  const bits = offset + length;
  const masked = words.slice();
  maskWords(masked, bits);
  if (masked.some((word, index) => word !== words[index])) {
    const corrected = formatPrefix({ words: masked, bits });
    return fail(`${shown} has bits set behind its prefix length; the prefix is ${corrected}`);
  }
  return ok({ words, bits });
}

/** The canonical text; a prefix of full length is written as its bare address. */
export function formatPrefix(prefix: Prefix): string {
  const address = formatAddress(prefix.words);
  if (prefix.bits === KEY_BITS) return address;
  return `${address}/${prefix.bits - (isIpv4(prefix.words) ? IPV4_OFFSET : 0)}`;
}

function parsePrefixLength(text: string, lengthMax: number): number {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return -1;
  const length = Number(text);
  return length <= lengthMax ? length : -1;
}

function parseIpv4Into(text: string, out: AddressWords, start: number, end: number): boolean {
  const address = parseDotted(text, start, end);
  if (address < 0) return false;
  out[0] = 0;
  out[1] = 0;
  out[2] = 0xffff;
  out[3] = address;
  return true;
}

/** Whether a colon comes before any dot: the first separator tells the family. */
function isColonFirst(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) return true;
    if (code === DOT) return false;
  }
  return false;
}

/** Reads a dotted address that fills the text from `start` to `end`; -1 where it is none. */
function parseDotted(text: string, start: number, end: number): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || dots === 3) return -1;
      address = address * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    // A digit behind a leading zero is octal to some readers and decimal to others.
    if (digit < 0 || digit > 9 || octet === 0) return -1;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return -1;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

function parseIpv6Into(text: string, out: AddressWords, begin: number, end: number): boolean {
  let at = begin;
  let groups = 0;
  let gapAt = -1;
  if (end - begin >= 2 && text.startsWith('::', begin)) {
    gapAt = 0;
    at = begin + 2;
  }
  while (at < end) {
    if (groups === GROUPS) return false;
    const start = at;
    let group = 0;
    for (let digit = hexDigit(text, at, end); digit >= 0; digit = hexDigit(text, at, end)) {
      group = group * 16 + digit;
      if (++at - start > 4) return false;
    }
    if (at < end && text.charCodeAt(at) === DOT) {
      const address = groups <= GROUPS - 2 ? parseDotted(text, start, end) : -1;
      if (address < 0) return false;
      setGroup(out, groups, address >>> 16);
      setGroup(out, groups + 1, address & 0xffff);
      groups += 2;
      break;
    }
    if (at === start) return false;
    setGroup(out, groups++, group);
    if (at === end) break;
    if (text.charCodeAt(at) !== COLON || ++at === end) return false;
    if (text.charCodeAt(at) === COLON) {
      if (gapAt >= 0) return false;
      gapAt = groups;
      at++;
    }
  }
  return gapAt < 0 ? groups === GROUPS : parseIpv6Gap(out, groups, gapAt);
}

/** Moves what follows `::` to the end; the gap stands for at least one group (RFC 4291 section 2.2). */
function parseIpv6Gap(out: AddressWords, groups: number, gapAt: number): boolean {
  if (groups === GROUPS) return false;
  const shift = GROUPS - groups;
  for (let index = groups - 1; index >= gapAt; index--) setGroup(out, index + shift, getGroup(out, index));
  for (let index = gapAt; index < gapAt + shift; index++) setGroup(out, index, 0);
  return true;
}

function formatIpv6(words: AddressWords): string {
  let runAt = -1;
  let runLength = 1;
  for (let index = 0, length = 0; index < GROUPS; index++) {
    length = getGroup(words, index) === 0 ? length + 1 : 0;
    // Only a longer run replaces an earlier one, and a single group is never shortened (RFC 5952 section 4.2).
    if (length > runLength) {
      runLength = length;
      runAt = index - length + 1;
    }
  }
  let text = '';
  for (let index = 0; index < GROUPS; index++) {
    if (index === runAt) {
      text += '::';
      index += runLength - 1;
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':';
      text += getGroup(words, index).toString(16);
    }
  }
  return text;
}

function hexDigit(text: string, at: number, end: number): number {
  if (at >= end) return -1;
  const code = text.charCodeAt(at);
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function getGroup(words: AddressWords, index: number): number {
  const word = words[index >> 1]!;
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff;
}

function setGroup(words: AddressWords, index: number, group: number): void {
  const word = words[index >> 1]!;
  words[index >> 1] = (index & 1) === 0 ? (group << 16) | (word & 0xffff) : (word & ~0xffff) | group;
}
