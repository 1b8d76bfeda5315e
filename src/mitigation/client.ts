import type { AddressWords } from '../core/ip.ts';

/** Who a connection or a forwarded request comes from, as limits, bans and logs need it. */

export interface Client {
  /** The address as text, without the IPv4-mapped prefix. */
  readonly address: string;
  /** The whole address as four words, for lists. */
  readonly words: AddressWords;
  /** The address, or its prefix with IPv6, that limits and bans count as one client. */
  readonly key: AddressWords;
  /** On the whitelist: exempt from limits and automatic bans. */
  readonly exempt: boolean;
}
