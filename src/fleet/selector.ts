/** Whom a selector means. */
import type { Selector } from '../messages/selector.ts';

/** Where a node stands in the fleet, as it says itself at registration. */
export interface NodePlace {
  readonly id: string;
  readonly group: string;
  readonly region: string | null;
  readonly tags: readonly string[];
}

/** The one form of a selector: ids are written in lower case. */
export function canonicalSelector(selector: Selector): Selector {
  return selector.startsWith('node:') ? selector.toLowerCase() : selector;
}

export function selects(selector: Selector, { id, group, region, tags }: NodePlace): boolean {
  if (selector === 'all') return true;
  const colon = selector.indexOf(':');
  const name = selector.slice(colon + 1);
  switch (selector.slice(0, colon)) {
    case 'node':
      return name === id;
    case 'group':
      return name === group;
    case 'region':
      return name === region;
    case 'label':
      return tags.includes(name);
    default:
      return false;
  }
}
