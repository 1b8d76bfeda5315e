/**
 * Which of the operator's lists decides about an address: the two short ones of the configuration, compiled to one
 * set, and the large ones, each a set of its own, since each is renewed by itself.
 *
 * The longest prefix of all that hold the address decides, and a tie denies: of two equal prefixes the first set keeps
 * the first, and the blacklist comes first.
 */
import { type AddressWords, IPV4_OFFSET, isIpv4, type Prefix } from './ip.ts';
import { compilePrefixSet, PrefixSet, type PrefixSetMemory } from './prefix-set.ts';

export type AccessDecision = 'allow' | 'deny' | 'none';

/** What was found for an address; one of a few constant objects. */
export interface AccessMatch {
  readonly decision: AccessDecision;
  /** The large list that decided; null for the lists of the configuration and where none did. */
  readonly list: NamedList | null;
}

/** A large list as plain data over shared memory, to be sent to another thread. */
export interface ListMemory {
  readonly name: string;
  readonly action: 'allow' | 'deny';
  readonly prefixes: PrefixSetMemory;
  /** One cell that all threads count refusals in; it stays when the list is renewed. */
  readonly refusals: Int32Array;
}

/** One large list. */
export class NamedList {
  readonly name: string;
  readonly prefixes: PrefixSet;
  /** What `AccessLists.match` answers where this list decides. */
  readonly match: AccessMatch;
  readonly #refusals: Int32Array;

  constructor({ name, action, prefixes, refusals }: ListMemory) {
    this.name = name;
    this.prefixes = new PrefixSet(prefixes);
    this.match = { decision: action, list: this };
    this.#refusals = refusals;
  }

  /** Somebody was refused because of this list; the count wraps at 2^32. */
  countRefusal(): void {
    Atomics.add(this.#refusals, 0, 1);
  }
}

const NONE: AccessMatch = { decision: 'none', list: null };
const CONFIGURED_DENY: AccessMatch = { decision: 'deny', list: null };
const CONFIGURED_ALLOW: AccessMatch = { decision: 'allow', list: null };

export function compileAccessLists(whitelist: readonly Prefix[], blacklist: readonly Prefix[]): AccessLists {
  const prefixes = [...blacklist, ...whitelist];
  const configured = {
    set: compilePrefixSet(prefixes),
    denied: blacklist.length,
    lengths: Uint8Array.from(prefixes, ({ words, bits }) => bits - (isIpv4(words) ? IPV4_OFFSET : 0)),
    allowed: compilePrefixSet(whitelist),
  };
  return new AccessLists(configured, []);
}

/** The two lists of the configuration, the blacklist in front. */
interface ConfiguredLists {
  readonly set: PrefixSet;
  /** How many entries of the compiled list belong to the blacklist. */
  readonly denied: number;
  /** Length of each entry in bits of its family. */
  readonly lengths: Uint8Array;
  readonly allowed: PrefixSet;
}

export class AccessLists {
  readonly #configured: ConfiguredLists;
  readonly #lists: readonly NamedList[];

  constructor(configured: ConfiguredLists, lists: readonly NamedList[]) {
    this.#configured = configured;
    this.#lists = lists;
  }

  /** The same lists of the configuration with other large ones. */
  withLists(lists: readonly NamedList[]): AccessLists {
    return new AccessLists(this.#configured, lists);
  }

  /** What the lists say about an address, and which one says it. */
  match(words: AddressWords): AccessMatch {
    const { set, denied, lengths } = this.#configured;
    const entry = set.longestMatch(words);
    let match = entry < 0 ? NONE : entry < denied ? CONFIGURED_DENY : CONFIGURED_ALLOW;
    let length = entry < 0 ? -1 : lengths[entry]!;
    for (const list of this.#lists) {
      const found = list.prefixes.longestLength(words);
      if (found < length || found < 0) continue;
      if (found === length && (match.decision === 'deny' || list.match.decision === 'allow')) continue;
      match = list.match;
      length = found;
    }
    return match;
  }

  /** Whether any address of a prefix stands on a list that allows, whatever else holds it. */
  allowsWithin(prefix: Prefix): boolean {
    if (this.#configured.allowed.touches(prefix)) return true;
    return this.#lists.some((list) => list.match.decision === 'allow' && list.prefixes.touches(prefix));
  }
}
