/** What a limit can count by, read from the text of the configuration. */
import { fail, ok, type Result } from '../core/result.ts';
import type { ValueFault } from './fault.ts';
import { quote } from './fault.ts';
import { nearestName } from './suggest.ts';

/** Parts that need nothing more than their name. */
export const PLAIN_KEYS = ['client', 'path', 'host', 'method', 'ja4', 'country', 'asn'] as const;

export type LimitKey =
  | { readonly kind: (typeof PLAIN_KEYS)[number] }
  | { readonly kind: 'prefix'; readonly ipv4Bits: number; readonly ipv6Bits: number }
  | { readonly kind: 'header' | 'cookie'; readonly name: string };

const IPV4_BITS = 24;
const IPV6_BITS = 64;
const KINDS: readonly string[] = [...PLAIN_KEYS, 'prefix', 'header', 'cookie'];

/** Reads `client`, `prefix`, `prefix:16/48`, `header:NAME`, `cookie:NAME` and the like. */
export function parseLimitKey(text: string): Result<LimitKey, ValueFault> {
  const plain = PLAIN_KEYS.find((name) => name === text);
  if (plain !== undefined) return ok({ kind: plain });
  const colon = text.indexOf(':');
  const kind = colon === -1 ? text : text.slice(0, colon);
  const name = colon === -1 ? '' : text.slice(colon + 1);
  if (kind === 'prefix') return parsePrefixKey(name);
  if (kind === 'header') {
    // An underscore is refused because origins take it for a hyphen, and the two would count apart.
    return /^[A-Za-z0-9-]+$/.test(name)
      ? ok({ kind, name: name.toLowerCase() })
      : fail({
          message: 'needs the name of a header after header:, of letters, digits and -',
          suggestion: null,
        });
  }
  if (kind === 'cookie') {
    return /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)
      ? ok({ kind, name })
      : fail({ message: 'needs the name of a cookie after cookie:', suggestion: null });
  }
  const meant = nearestName(kind, KINDS);
  return fail({
    message: `must be a key to count by, not ${quote(text)}`,
    suggestion: meant === null ? null : `did you mean ${meant}?`,
  });
}

function parsePrefixKey(bits: string): Result<LimitKey, ValueFault> {
  if (bits === '') return ok({ kind: 'prefix', ipv4Bits: IPV4_BITS, ipv6Bits: IPV6_BITS });
  const [, ipv4, ipv6] = /^(\d{1,2})\/(\d{1,3})$/.exec(bits) ?? [];
  const [ipv4Bits, ipv6Bits] = [Number(ipv4), Number(ipv6)];
  return ipv4Bits >= 1 && ipv4Bits <= 32 && ipv6Bits >= 1 && ipv6Bits <= 128
    ? ok({ kind: 'prefix', ipv4Bits, ipv6Bits })
    : fail({
        message: 'needs two lengths after prefix:, for IPv4 and IPv6',
        suggestion: 'write prefix:24/64',
      });
}
