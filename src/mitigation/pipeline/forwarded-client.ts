/**
 * Who a request behind a trusted proxy comes from: the rightmost address of X-Forwarded-For that is not
 * itself a trusted proxy. Whatever stands further left was written by that client and proves nothing.
 */

import { clientKeyInto, createAddressWords, formatAddress, parseAddressInto } from '../../core/ip.ts';
import { X_FORWARDED_FOR } from '../../http/field-names.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { trimOws } from '../../http/token-list.ts';
import type { Client } from '../client.ts';
import type { Snapshot } from '../snapshot.ts';

/** Addresses of a chain that are looked at, from the right. */
const HOPS_MAX = 16;

/** The client behind the trusted `peer`, or the peer itself where the chain names nobody else. */
export function clientOf(head: RequestHead, peer: Client, snapshot: Snapshot): Client {
  const chain = forwardedChain(head);
  for (let hop = chain.length - 1; hop >= Math.max(0, chain.length - HOPS_MAX); hop--) {
    const words = createAddressWords();
    if (!parseAddressInto(withoutPort(trimOws(chain[hop]!)), words)) return peer;
    if (snapshot.trustedProxies.longestMatch(words) !== -1) continue;
    return createClient(formatAddress(words), snapshot) ?? peer;
  }
  return peer;
}

/** The client with an address, or null where the text is none. */
export function createClient(text: string, snapshot: Snapshot): Client | null {
  const words = createAddressWords();
  if (!parseAddressInto(text, words)) return null;
  const key = createAddressWords();
  clientKeyInto(text, snapshot.admission.ipv6Prefix, key);
  return {
    address: formatAddress(words),
    words,
    key,
    exempt: snapshot.lists.match(words).decision === 'allow',
  };
}

function forwardedChain(head: RequestHead): readonly string[] {
  const fields = head.fields;
  let chain: string[] = [];
  for (let i = 0; i < fields.count; i++) {
    if (fields.kinds[i] === X_FORWARDED_FOR) chain = chain.concat(fields.value(i).split(','));
  }
  return chain;
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) return text.slice(1, Math.max(1, text.indexOf(']')));
  const colon = text.indexOf(':');
  return colon !== -1 && text.indexOf(':', colon + 1) === -1 ? text.slice(0, colon) : text;
}
