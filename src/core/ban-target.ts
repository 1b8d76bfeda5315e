/**
 * What a ban can be on: an address or a prefix, the way a client's TLS library greets (JA4), or the network (autonomous
 * system) that its address belongs to. Equal targets have equal canonical texts.
 */
import { formatPrefix, IPV4_OFFSET, isIpv4, type Prefix, parsePrefix } from './ip.ts';
import { fail, ok, type Result } from './result.ts';

export type BanTarget =
  | { readonly kind: 'address'; readonly text: string; readonly prefix: Prefix }
  | { readonly kind: 'ja4'; readonly text: string; readonly fingerprint: string }
  | { readonly kind: 'network'; readonly text: string; readonly asn: number };

const JA4 = /^ja4:([a-z0-9]{10}_[0-9a-f]{12}_[0-9a-f]{12})$/;
const NETWORK = /^as:([1-9]\d{0,9})$/;
/** AS numbers have 32 bits (RFC 6793); 0 and the last one are reserved (RFC 7607, RFC 7300). */
const ASN_MAX = 2 ** 32 - 2;

/** The widest prefixes that a whole fleet bans: wider than any one network is. */
const SHARED_BITS_MIN = { ipv4: 8, ipv6: 16 } as const;

/**
 * Why a ban on the target may not hold for a whole fleet; null where it may. A prefix that is too wide takes every site off
 * the air at once, whether by a slip of the pen or by ill will.
 */
export function sharingFault(target: BanTarget): string | null {
  if (target.kind !== 'address') return null;
  const { words, bits } = target.prefix;
  const [family, length, min] = isIpv4(words)
    ? ['IPv4', bits - IPV4_OFFSET, SHARED_BITS_MIN.ipv4]
    : ['IPv6', bits, SHARED_BITS_MIN.ipv6];
  if (length >= min) return null;
  return `a ban for a whole fleet may be on an ${family} prefix of /${min} or narrower, and this one is a /${length}`;
}

/** Reads an address or prefix in any form, `ja4:` and a fingerprint, or `as:` and a number; the fault is a sentence. */
export function parseBanTarget(text: string): Result<BanTarget, string> {
  const lower = text.toLowerCase();
  if (lower.startsWith('ja4:')) {
    const fingerprint = JA4.exec(lower)?.[1];
    if (fingerprint !== undefined) return ok({ kind: 'ja4', text: lower, fingerprint });
    return fail('what follows ja4: is no JA4 fingerprint, such as t13d1516h2_8daaf6152771_b186095e22b6');
  }
  if (lower.startsWith('as:')) {
    const asn = Number(NETWORK.exec(lower)?.[1] ?? 0);
    if (asn > 0 && asn <= ASN_MAX) return ok({ kind: 'network', text: lower, asn });
    return fail(`what follows as: is no number of a network, 1 to ${ASN_MAX}`);
  }
  const prefix = parsePrefix(text);
  return prefix.ok ? ok({ kind: 'address', text: formatPrefix(prefix.value), prefix: prefix.value }) : prefix;
}
