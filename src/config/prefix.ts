/**
 * Addresses and prefixes in lists: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
 *
 * What counts as readable is the core's decision, so that a list that is accepted here compiles later; this file
 * words the fault and finds what was probably meant.
 */
import {
  createAddressWords,
  formatPrefix,
  IPV4_OFFSET,
  maskWords,
  parseAddressInto,
  parsePrefix,
} from '../core/ip.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { quote, type ValueFault } from './fault.ts';

/** Checks one entry of a list and returns it unchanged. */
export function checkPrefix(text: string): Result<string, ValueFault> {
  if (parsePrefix(text).ok) return ok(text);
  const network = networkOf(text);
  if (network !== null) {
    return fail({
      message: `has bits set behind its prefix: ${quote(text)}`,
      suggestion: `write ${network}`,
    });
  }
  const trimmed = text.trim();
  return fail({
    message: `must be an address or prefix, not ${quote(text)}`,
    suggestion: trimmed !== text && parsePrefix(trimmed).ok ? `write ${quote(trimmed)}` : null,
  });
}

/** Checks one address without a prefix length and returns it unchanged. */
export function checkAddress(text: string): Result<string, ValueFault> {
  if (parseAddressInto(text, createAddressWords())) return ok(text);
  return fail({
    message: `must be one IP address, not ${quote(text)}`,
    suggestion: parsePrefix(text).ok ? 'leave out the prefix length' : null,
  });
}

/** The prefix that an entry with host bits lies in; null where the entry is unreadable for another reason. */
function networkOf(text: string): string | null {
  const [, address = '', length = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const words = createAddressWords();
  if (length === '' || !parseAddressInto(address, words)) return null;
  const bits = Number(length) + (address.includes(':') ? 0 : IPV4_OFFSET);
  if (bits > 128) return null;
  maskWords(words, bits);
  const network = formatPrefix({ words, bits });
  return parsePrefix(network).ok ? network : null;
}
