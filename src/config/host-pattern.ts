/**
 * Hosts that a site answers to: a name, `*.` and a name for everything below it, or an IP address.
 *
 * A pattern is kept in the one form that the host of a request is brought into as well: names in lower case without a
 * dot at the end, addresses as the core writes them. What no request could ever carry is refused.
 */
import { domainToASCII } from 'node:url';
import { fail, ok, type Result } from '../core/result.ts';
import { quote, type ValueFault } from './fault.ts';
import { canonicalHost, isAddress, isHostName } from './listen-address.ts';

export interface HostPattern {
  /** A name or address in its one form; of a wildcard the part behind `*.`. */
  readonly name: string;
  /** Whether it stands for all names below, however deep, and not for the name itself. */
  readonly wildcard: boolean;
}

/** Reads one pattern; the fault says how to write it. */
export function parseHostPattern(text: string): Result<HostPattern, ValueFault> {
  const wildcard = text.startsWith('*.');
  const host = wildcard ? text.slice(2) : text;
  if (isHostName(host)) return ok({ name: host.toLowerCase(), wildcard });
  const address = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (!wildcard && isAddress(address)) return ok({ name: canonicalHost(address), wildcard });
  return fail({
    message: `must be a host name, *.NAME or an IP address, not ${quote(text)}`,
    suggestion: suggest(text),
  });
}

/** The pattern as it is written. */
export function formatHostPattern({ name, wildcard }: HostPattern): string {
  return wildcard ? `*.${name}` : name;
}

function suggest(text: string): string | null {
  if (text === '*') return 'leave hosts out to answer to any host';
  if (text.lastIndexOf('*') > 0 || (text.startsWith('*') && !text.startsWith('*.'))) {
    return 'a * stands alone in front of the first dot';
  }
  const bare = text
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/.*$/s, '')
    .replace(/:[0-9]*$/, '')
    .replace(/\.$/, '');
  if (bare !== text) return parseHostPattern(bare).ok ? `write ${quote(bare)}` : null;
  const ascii = domainToASCII(text);
  return ascii !== text && ascii !== '' && isHostName(ascii) ? `write ${quote(ascii)}` : null;
}
