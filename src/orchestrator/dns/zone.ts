/**
 * What a zone says to a question: which names there are, and what belongs to them (RFC 1034 section 4.3.2). Which nodes
 * an address question is answered with is decided elsewhere.
 */

export interface ZoneOptions {
  /** Lower case, without a dot at the end. */
  readonly name: string;
  /** `@` for the zone itself, `*` for any one label, or labels. */
  readonly hosts: readonly string[];
  readonly nameServers: readonly string[];
  readonly ttlSeconds: number;
}

export type ZoneAnswer =
  /** Not ours. */
  | { readonly kind: 'refused' }
  /** There is no such name. */
  | { readonly kind: 'no_name' }
  /** There is the name, but nothing of this type. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'addresses'; readonly family: 4 | 6 }
  | { readonly kind: 'name_servers' }
  | { readonly kind: 'authority' }
  /** What is said in place of everything (RFC 8482). */
  | { readonly kind: 'minimal' };

/** What the zone says to a question; names are compared without regard to case. */
export function askZone(zone: ZoneOptions, name: string, type: string): ZoneAnswer {
  const asked = name.toLowerCase();
  const isApex = asked === zone.name;
  if (!isApex && !asked.endsWith(`.${zone.name}`)) return { kind: 'refused' };
  const label = isApex ? '@' : asked.slice(0, -zone.name.length - 1);
  const isHost = zone.hosts.includes(label) || (!isApex && !label.includes('.') && zone.hosts.includes('*'));
  if (!isApex && !isHost) return { kind: 'no_name' };
  if (type === 'ANY') return { kind: 'minimal' };
  if (isHost && type === 'A') return { kind: 'addresses', family: 4 };
  if (isHost && type === 'AAAA') return { kind: 'addresses', family: 6 };
  if (isApex && type === 'NS') return { kind: 'name_servers' };
  if (isApex && type === 'SOA') return { kind: 'authority' };
  return { kind: 'nothing' };
}
