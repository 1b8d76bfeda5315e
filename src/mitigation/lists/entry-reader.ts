/**
 * Reads addresses and prefixes out of the middle of a long text into packed keys, without making an object or a text
 * for any of them. As strict as the configuration: set bits behind the prefix length are a fault, since nobody knows
 * whether one address was meant or a whole network.
 */
import {
  type AddressWords,
  createAddressWords,
  IPV4_OFFSET,
  isIpv4,
  parseAddressPartInto,
} from '../../core/ip.ts';
import { PrefixKeys } from '../../core/prefix-keys.ts';

const KEY_BITS = 128;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
/** Digits of the longest prefix length. */
const LENGTH_DIGITS_MAX = 3;

export class EntryReader {
  readonly ipv4: PrefixKeys = new PrefixKeys(true);
  readonly ipv6: PrefixKeys = new PrefixKeys(false);
  readonly #words = createAddressWords();

  /** Entries that were read, equal ones included. */
  get count(): number {
    return this.ipv4.count + this.ipv6.count;
  }

  /** Takes the entry that fills the text from `start` to `end`; false where it is none. */
  read(text: string, start: number, end: number): boolean {
    const words = this.#words;
    let slash = end - 1;
    while (slash >= start && slash >= end - LENGTH_DIGITS_MAX - 1 && text.charCodeAt(slash) !== SLASH)
      slash--;
    const prefixed = slash >= start && text.charCodeAt(slash) === SLASH;
    if (!parseAddressPartInto(text, start, prefixed ? slash : end, words)) return false;
    const ipv4 = isIpv4(words);
    const lengthMax = ipv4 ? KEY_BITS - IPV4_OFFSET : KEY_BITS;
    let length = lengthMax;
    if (prefixed) {
      length = readLength(text, slash + 1, end);
      // Behind an IPv4 address that is written as IPv6 the length counts the bits in front of it as well.
      if (ipv4 && isWrittenAsIpv6(text, start)) length -= IPV4_OFFSET;
    }
    // A prefix of length 0 holds the whole internet: in a list it is a slip, or an attack on the node.
    if (length < 1 || length > lengthMax || hasHostBits(words, KEY_BITS - lengthMax + length)) return false;
    if (ipv4) this.ipv4.add(words, length, 0);
    else this.ipv6.add(words, length, 0);
    return true;
  }
}

/** Of an address whether it is written with colons, of which the first stands in front of any dot. */
function isWrittenAsIpv6(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) !== COLON && text.charCodeAt(at) !== DOT) at++;
  return text.charCodeAt(at) === COLON;
}

/** A number without leading zeros; -1 where there is none. */
function readLength(text: string, start: number, end: number): number {
  if (start === end || (end - start > 1 && text.charCodeAt(start) === ZERO)) return -1;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** Whether bits are set behind the first `bits`. */
function hasHostBits(words: AddressWords, bits: number): boolean {
  for (let word = 0; word < 4; word++) {
    const counted = bits - word * 32;
    if (counted >= 32) continue;
    if (counted <= 0 ? words[word] !== 0 : (words[word]! & (-1 >>> counted)) !== 0) return true;
  }
  return false;
}
