/**
 * The configuration of a node under attack: the one in force otherwise, with less room for every client.
 *
 * Nothing becomes laxer by it, nothing that waits for a restart changes, and what was checked before stays sound: every
 * value remains in the range of its key, and the relations between keys hold as they did.
 */
import { type Config, deepFreeze } from '../config/schema.ts';
import { INBOUND_THRESHOLD } from '../waf/route-options.ts';

type LimitConfig = Config['limits'][number];

/** What is in force while the node is under attack, in place of `config`. */
export function hardenConfig(config: Config): Config {
  const harden = (limit: LimitConfig): LimitConfig => hardenLimit(limit, config);
  return deepFreeze({
    ...config,
    ddos: hardenDdos(config),
    limits: config.limits.map(harden),
    waf: hardenWaf(config),
    sites: config.sites.map((site) => ({ ...site, limits: site.limits.map(harden) })),
  });
}

function hardenDdos({ ddos, under_attack: strict }: Config): Config['ddos'] {
  const { rate_limiting: rates, connection_limits: connections, blacklist } = ddos;
  return {
    ...ddos,
    rate_limiting: {
      ...rates,
      requests_per_second: shrink(rates.requests_per_second, strict.rate_factor, 1),
      burst_size: shrink(rates.burst_size, strict.rate_factor, 0),
    },
    connection_limits: {
      ...connections,
      max_connections_per_ip: shrink(connections.max_connections_per_ip, strict.connections_factor, 1),
      max_new_connections_per_second: shrink(
        connections.max_new_connections_per_second,
        strict.rate_factor,
        1,
      ),
    },
    blacklist: {
      ...blacklist,
      violation_threshold: shrink(blacklist.violation_threshold, strict.violations_factor, 1),
    },
  };
}

function hardenLimit(limit: LimitConfig, { under_attack: strict }: Config): LimitConfig {
  return {
    ...limit,
    // To a thousandth, as rates are counted.
    rate: Math.max(0.001, Math.floor(limit.rate * strict.rate_factor * 1000) / 1000),
    burst: shrink(limit.burst, strict.rate_factor, 1),
    count: shrink(limit.count, strict.rate_factor, 1),
    mode: strict.enforce_observed ? 'enforce' : limit.mode,
  };
}

/** Sites and routes with a threshold of their own have it for a reason, and keep it. */
function hardenWaf({ waf, under_attack: strict }: Config): Config['waf'] {
  const { inbound_anomaly_threshold: written, seclang } = waf;
  // Rule files may set a stricter one; only reading them would tell.
  if (written === undefined && seclang.length > 0) return waf;
  const threshold = Math.min(written ?? INBOUND_THRESHOLD, strict.inbound_anomaly_threshold);
  return { ...waf, inbound_anomaly_threshold: threshold };
}

function shrink(count: number, factor: number, least: number): number {
  return Math.max(least, Math.floor(count * factor));
}
