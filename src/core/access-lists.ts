/**
 * The two static lists of a node, compiled to one set so that an address costs one search.
 *
 * Where both lists hold an address the longer prefix wins, and a tie denies: of two equal prefixes the set
 * keeps the first, and the blacklist comes first.
 */
import type { AddressWords, Prefix } from './ip.ts';
import { compilePrefixSet, type PrefixSet } from './prefix-set.ts';

export type AccessDecision = 'allow' | 'deny' | 'none';

export function compileAccessLists(whitelist: readonly Prefix[], blacklist: readonly Prefix[]): AccessLists {
  return new AccessLists(whitelist, blacklist);
}

export class AccessLists {
  readonly #prefixes: PrefixSet;
  readonly #denied: number;

  constructor(whitelist: readonly Prefix[], blacklist: readonly Prefix[]) {
    this.#prefixes = compilePrefixSet([...blacklist, ...whitelist]);
    this.#denied = blacklist.length;
  }

  /** `allow` for the whitelist, `deny` for the blacklist, `none` for an address on neither. */
  decide(words: AddressWords): AccessDecision {
    const match = this.#prefixes.longestMatch(words);
    if (match < 0) return 'none';
    return match < this.#denied ? 'deny' : 'allow';
  }
}
