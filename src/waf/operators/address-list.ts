/** What ipMatch and ipMatchFromFile share: an operator for a list of addresses and prefixes. */
import { createAddressWords, IPV4_OFFSET, maskWords, type Prefix, parseAddressInto } from '../../core/ip.ts';
import { compilePrefixSet } from '../../core/prefix-set.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CompiledOperator } from './operator.ts';
import { wholeMatch } from './operator-match.ts';

const KEY_BITS = 128;

/** @param entries blanks around them do not count; fails with a sentence where one is neither address nor prefix */
export function compileAddressOperator(entries: readonly string[]): Result<CompiledOperator, string> {
  const prefixes: Prefix[] = [];
  for (const entry of entries) {
    const prefix = readPrefix(entry.trim());
    if (prefix === null) return fail(`"${entry.slice(0, 64)}" is not an IPv4 or IPv6 address or prefix`);
    prefixes.push(prefix);
  }
  const set = compilePrefixSet(prefixes);
  const words = createAddressWords();
  const test = (value: string) => parseAddressInto(value, words) && set.longestMatch(words) >= 0;
  return ok({ needed: null, test, match: (value) => (test(value) ? wholeMatch(value) : null) });
}

/** Bits behind the prefix may be set, unlike in the node's own lists: rules for other engines have them. */
function readPrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const words = createAddressWords();
  if (!parseAddressInto(address, words)) return null;
  const offset = address.includes(':') ? 0 : IPV4_OFFSET;
  const digits = slash < 0 ? String(KEY_BITS - offset) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits)) return null;
  const bits = offset + Number(digits);
  if (bits > KEY_BITS) return null;
  maskWords(words, bits);
  return { words, bits };
}
