/** Which site answers to which host and path, for people: in the order in which a request looks for its site. */
import { formatHostPattern, parseHostPattern } from '../config/host-pattern.ts';
import type { Config } from '../config/schema.ts';

interface Place {
  /** As it is written; '' for any host. */
  readonly host: string;
  /** Exact hosts come first, then wildcards, the longer before the shorter, then any host. */
  readonly rank: number;
  readonly path: string;
  readonly name: string;
  readonly origins: string;
}

/** One line for each host and path of each site; empty without a list of sites. */
export function describeSites({ sites }: Config): string {
  if (sites.length === 0) return '';
  const places = sites.flatMap(placesOf).sort(comparePlaces);
  const width = Math.max(...places.map((place) => whereOf(place).length));
  const nameWidth = Math.max(...places.map(({ name }) => name.length));
  const lines = places.map(
    (place) => `  ${whereOf(place).padEnd(width)}  ${place.name.padEnd(nameWidth)}  ${place.origins}\n`,
  );
  const rest = places.some(({ host, path }) => host === '' && path === '/')
    ? ''
    : `  ${'anything else'.padEnd(width)}  answered 404\n`;
  return `Sites, the first that fits counts:\n${lines.join('')}${rest}`;
}

function placesOf({ name, hosts, path, origins }: Config['sites'][number]): readonly Place[] {
  const urls = origins.map((origin) => origin.url).join(' ');
  if (hosts.length === 0) return [{ host: '', rank: 0, path, name, origins: urls }];
  return hosts.flatMap((text) => {
    const pattern = parseHostPattern(text);
    if (!pattern.ok) return [];
    const rank = pattern.value.wildcard ? pattern.value.name.length : Number.MAX_SAFE_INTEGER;
    return [{ host: formatHostPattern(pattern.value), rank, path, name, origins: urls }];
  });
}

function comparePlaces(one: Place, other: Place): number {
  if (one.rank !== other.rank) return other.rank - one.rank;
  if (one.host !== other.host) return one.host < other.host ? -1 : 1;
  return other.path.length - one.path.length;
}

function whereOf({ host, path }: Place): string {
  return `${host === '' ? 'any host' : host}${path}`;
}
