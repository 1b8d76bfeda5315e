/** Sites for tests: a name, and where it is found. */
import { parseHostPattern } from '../../../config/host-pattern.ts';
import type { SitePolicy } from '../../snapshot.ts';
import { type SiteFault, type SitePlace, SiteTable } from '../site-table.ts';

export interface WrittenSite {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly path: string;
}

/** Only the name of these is ever looked at. */
function policyOf(name: string): SitePolicy {
  return { name } as SitePolicy;
}

export function tableOf(sites: readonly WrittenSite[]): SiteTable {
  const places = sites.map(({ name, hosts, path }): SitePlace => {
    const patterns = hosts.map((host) => {
      const pattern = parseHostPattern(host);
      if (!pattern.ok) throw new Error(pattern.fault.message);
      return pattern.value;
    });
    return { hosts: patterns, path, site: policyOf(name) };
  });
  return new SiteTable(places, policyOf('none'));
}

/** The name of the site that is found, or why none is. */
export function nameFound(table: SiteTable, authority: string, target: string): string {
  const found: SitePolicy | SiteFault = table.find(authority, target);
  return typeof found === 'string' ? `(${found})` : found.name;
}
