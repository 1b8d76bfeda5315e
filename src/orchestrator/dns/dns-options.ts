/** From the configuration of DNS to what its parts are made of. */
import { parseListenAddress } from '../../config/listen-address.ts';
import type { Config } from '../../config/schema.ts';
import { parsePrefix } from '../../core/ip.ts';
import { type Region, RegionMap } from '../balance/region-map.ts';
import type { ListenOptions } from '../options.ts';
import type { ZoneOptions } from './zone.ts';

export interface DnsOptions {
  readonly listen: ListenOptions;
  readonly zone: ZoneOptions;
  readonly answersMax: number;
}

/** Null where DNS is off. The configuration is valid. */
export function dnsOptions({ dns }: Pick<Config, 'dns'>): DnsOptions | null {
  const listen = parseListenAddress(dns.listen_addr);
  if (!dns.enabled || !listen.ok) return null;
  const name = dns.zone.toLowerCase();
  const nameServers = dns.name_servers.length > 0 ? dns.name_servers : [`ns.${name}`];
  const { hosts, ttl_seconds: ttlSeconds, answers_max: answersMax } = dns;
  return { listen: listen.value, zone: { name, hosts, nameServers, ttlSeconds }, answersMax };
}

/** Where clients are, as the configuration says. */
export function regionMap({ dns }: Pick<Config, 'dns'>): RegionMap {
  return new RegionMap(
    dns.regions.map(({ name, prefixes, next }): Region => {
      const read = prefixes.map((text) => parsePrefix(text));
      return { name, next, prefixes: read.flatMap((prefix) => (prefix.ok ? [prefix.value] : [])) };
    }),
  );
}
