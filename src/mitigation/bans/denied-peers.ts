/** Bans that are on more than single clients, as workers look them up. */
import { parseBanTarget } from '../../core/ban-target.ts';
import { compilePrefixSet, type PrefixSet } from '../../core/prefix-set.ts';

export interface DeniedPeers {
  readonly prefixes: PrefixSet;
  /** JA4 fingerprints. */
  readonly fingerprints: ReadonlySet<string>;
  /** Numbers of autonomous systems. */
  readonly networks: ReadonlySet<number>;
}

/** `targets` are canonical; what cannot be read bans nobody. */
export function compileDenied(targets: readonly string[]): DeniedPeers {
  const read = targets.flatMap((text) => {
    const target = parseBanTarget(text);
    return target.ok ? [target.value] : [];
  });
  return {
    prefixes: compilePrefixSet(read.flatMap((target) => (target.kind === 'address' ? [target.prefix] : []))),
    fingerprints: new Set(read.flatMap((target) => (target.kind === 'ja4' ? [target.fingerprint] : []))),
    networks: new Set(read.flatMap((target) => (target.kind === 'network' ? [target.asn] : []))),
  };
}
