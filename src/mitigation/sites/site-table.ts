/**
 * Which site a request belongs to: by its host, then by its path.
 *
 *   host   the very name, then wildcards from the longest to the shortest, then sites without hosts
 *   path   of the sites of that host the one with the longest prefix by whole segments; where none fits, the next host
 *
 * A look-up costs one map access for each label of the host and one comparison for each site that shares it. Only
 * names from the configuration are keys.
 *
 * Paths are looked up in their one form, while the origin gets the octets as they came. A path that origins read in
 * different ways belongs to a site only where all its readings do: otherwise a spelling of it could be judged by the
 * rules of one site and served by another.
 */
import type { HostPattern } from '../../config/host-pattern.ts';
import { certainStem, isWithin, plainPath } from '../../core/plain-path.ts';
import type { Reason } from '../../core/reasons.ts';
import type { SitePolicy } from '../snapshot.ts';
import { hostNameOf } from './host-name.ts';

/** Why a request belongs to no site. */
export type SiteFault = Extract<Reason, 'unknown_site' | 'ambiguous_path'>;

/** Where a site is found. */
export interface SitePlace {
  /** None for every host that no other site names. */
  readonly hosts: readonly HostPattern[];
  /** A plain path without a slash at its end, or `/`. */
  readonly path: string;
  readonly site: SitePolicy;
}

export class SiteTable {
  /** In the order of the configuration. */
  readonly all: readonly SitePolicy[];
  /** Stands for the site of a request that has none, or none yet; nothing is ever forwarded by it. */
  readonly none: SitePolicy;
  /** The one site that everything belongs to, so that nothing has to be looked up; null where there are more. */
  readonly #only: SitePolicy | null;
  readonly #byName = new Map<string, HostSites>();
  /** By the name behind `*.`. */
  readonly #byWildcard = new Map<string, HostSites>();
  readonly #ofAnyHost = new HostSites();

  constructor(places: readonly SitePlace[], none: SitePolicy) {
    this.none = none;
    this.all = places.map(({ site }) => site);
    const [first] = places;
    const single = places.length === 1 && first?.hosts.length === 0 && first.path === '/';
    this.#only = single ? first.site : null;
    for (const { hosts, path, site } of places) {
      if (hosts.length === 0) this.#ofAnyHost.add(path, site);
      for (const { name, wildcard } of hosts) {
        const sites = wildcard ? this.#byWildcard : this.#byName;
        const known = sites.get(name) ?? new HostSites();
        sites.set(name, known);
        known.add(path, site);
      }
    }
  }

  /**
   * The site of a request, or why it has none.
   *
   * @param authority host[:port] as sent, '' for none
   * @param target in origin form or `*`, as sent
   */
  find(authority: string, target: string): SitePolicy | SiteFault {
    if (this.#only !== null) return this.#only;
    const host = hostNameOf(authority);
    const plain = target === '*' ? '/' : plainPath(target);
    if (plain !== null) return this.#findBy(host, plain, false);
    const stem = certainStem(target);
    return this.#findBy(host, stem ?? '/', true);
  }

  /** Whether a host is one of a site's, whatever the path. */
  serves(site: SitePolicy, authority: string): boolean {
    const host = hostNameOf(authority);
    for (let at = HOST_EXACT; ; ) {
      const sites = this.#sitesAt(host, at);
      if (sites?.has(site) === true) return true;
      if (at === HOST_ANY) return false;
      at = nextPlace(host, at);
    }
  }

  /** @param stem whether the path may be read as any path below it */
  #findBy(host: string, path: string, stem: boolean): SitePolicy | SiteFault {
    for (let at = HOST_EXACT; ; ) {
      const sites = this.#sitesAt(host, at);
      if (sites !== undefined) {
        if (stem && sites.partsBelow(path)) return 'ambiguous_path';
        const found = sites.find(path);
        if (found !== null) return found;
      }
      if (at === HOST_ANY) return 'unknown_site';
      at = nextPlace(host, at);
    }
  }

  /** @param at HOST_EXACT, HOST_ANY, or the index of the dot that a wildcard stands in front of */
  #sitesAt(host: string, at: number): HostSites | undefined {
    if (at === HOST_EXACT) return this.#byName.get(host);
    if (at === HOST_ANY) return this.#ofAnyHost;
    return this.#byWildcard.size === 0 ? undefined : this.#byWildcard.get(host.slice(at + 1));
  }
}

const HOST_EXACT = -1;
const HOST_ANY = -2;

/** The next wider place: each dot of the host from the left, then any host. */
function nextPlace(host: string, at: number): number {
  const dot = host.indexOf('.', at + 1);
  return dot === -1 ? HOST_ANY : dot;
}

/** The sites of one host by path, the longest first. */
class HostSites {
  readonly #sites: { readonly path: string; readonly site: SitePolicy }[] = [];

  add(path: string, site: SitePolicy): void {
    this.#sites.push({ path, site });
    this.#sites.sort((one, other) => other.path.length - one.path.length);
  }

  has(site: SitePolicy): boolean {
    return this.#sites.some((entry) => entry.site === site);
  }

  find(path: string): SitePolicy | null {
    for (const entry of this.#sites) if (isWithin(path, entry.path)) return entry.site;
    return null;
  }

  /** Whether a site begins somewhere below a path, so that what lies there is not all one site's. */
  partsBelow(path: string): boolean {
    for (const entry of this.#sites) {
      if (entry.path.length > path.length && isWithin(entry.path, path)) return true;
    }
    return false;
  }
}
