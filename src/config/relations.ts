/**
 * What must hold between keys: combinations that could never work, or that would leave a door open.
 *
 * Each relation names its keys, the one that a reader would change first, and the reason. A relation is judged
 * only where all its keys hold sound values.
 */
import type { ValueFault } from './fault.ts';
import { FLEET_RELATIONS } from './fleet-relations.ts';
import { isAt, portOf, sameListener } from './listeners.ts';
import { faultIf, type Relation, type RelationFault } from './relation.ts';
import type { Config } from './schema.ts';

/** The start is refused when one of these is broken. */
export const RELATIONS: readonly Relation[] = [
  {
    keys: ['network.tls.tls_port', 'network.listen_addr', 'network.tls.enabled'],
    check: ({ network }) => {
      const port = portOf(network.listen_addr);
      return faultIf(
        network.tls.enabled && network.tls.tls_port !== port,
        `must equal the port of network.listen_addr, which is ${port}`,
        `write ${port} or leave it out`,
      );
    },
  },
  {
    keys: ['network.tls.min_version', 'network.tls.max_version'],
    check: ({ network: { tls } }) =>
      faultIf(tls.min_version > tls.max_version, `is above max_version, which is ${tls.max_version}`),
  },
  {
    keys: ['network.tls.max_version', 'network.tls.policy'],
    check: ({ network: { tls } }) =>
      faultIf(
        tls.policy === 'modern' && tls.max_version === '1.2',
        'leaves no version: the policy "modern" speaks TLS 1.3 only',
        'leave max_version out',
      ),
  },
  {
    keys: ['network.tls.client_ca_path', 'network.tls.client_certificates'],
    check: ({ network: { tls } }) =>
      faultIf(
        tls.client_certificates !== 'off' && tls.client_ca_path === undefined,
        'is missing: without it no certificate of a client could be checked',
      ),
  },
  {
    keys: ['network.tls.certificates'],
    check: ({ network: { tls } }) => {
      const index = tls.certificates.findIndex(
        ({ client_certificates, client_ca_path }) =>
          client_certificates !== 'off' && client_ca_path === undefined,
      );
      return faultAt(index, `network.tls.certificates[${index}]`, {
        message: 'needs client_ca_path: without it no certificate of a client could be checked',
        suggestion: null,
      });
    },
  },
  {
    keys: ['network.redirect_listen_addr', 'network.tls.enabled'],
    check: ({ network }) =>
      faultIf(
        network.redirect_listen_addr !== undefined && !network.tls.enabled,
        'would send clients to HTTPS, which network.tls.enabled = false does not serve',
      ),
  },
  {
    // The node would forward every request to itself until its connections are used up.
    keys: ['network.backend_addr', 'network.listen_addr'],
    check: ({ network }) =>
      faultIf(sameListener(network.backend_addr, network.listen_addr), 'is the listener of the node itself'),
  },
  {
    keys: ['sites', 'network.listen_addr'],
    check: ({ sites, network }) => {
      const index = sites.findIndex(({ origins }) =>
        origins.some((origin) => isAt(origin.url, network.listen_addr)),
      );
      return faultAt(index, `sites[${index}].origins`, {
        message: 'lead to the listener of the node itself',
        suggestion: null,
      });
    },
  },
  {
    keys: ['sites', 'network.tls.enabled'],
    check: ({ sites, network }) => {
      const index = network.tls.enabled ? -1 : sites.findIndex(({ strict_sni }) => strict_sni);
      return faultAt(index, `sites[${index}].strict_sni`, {
        message: 'would refuse every request: without network.tls.enabled no connection names a host',
        suggestion: null,
      });
    },
  },
  {
    keys: ['http3.enabled', 'network.tls.enabled', 'network.tls.max_version'],
    check: ({ http3, network: { tls } }) =>
      faultIf(
        http3.enabled && (!tls.enabled || tls.max_version === '1.2'),
        'needs TLS 1.3, which is part of HTTP/3',
        'switch network.tls.enabled on and leave network.tls.max_version out',
      ),
  },
  {
    keys: ['ddos.connection_limits.max_connections_per_ip', 'ddos.connection_limits.max_total_connections'],
    check: ({ ddos: { connection_limits: limits } }) =>
      faultIf(
        limits.max_connections_per_ip > limits.max_total_connections,
        `is above max_total_connections, which is ${limits.max_total_connections}, and could never be reached`,
      ),
  },
  {
    keys: ['ddos.blacklist.blacklist_duration', 'ddos.blacklist.max_blacklist_duration_seconds'],
    check: ({ ddos: { blacklist } }) =>
      faultIf(
        blacklist.blacklist_duration > blacklist.max_blacklist_duration_seconds,
        `is above max_blacklist_duration_seconds, which is ${blacklist.max_blacklist_duration_seconds}`,
      ),
  },
  {
    // What is inspected is collected first; a body that could never be held would be turned away for ever.
    keys: [
      'waf.http_inspection.max_body_size',
      'http.buffered_body_bytes_total_max',
      'waf.http_inspection.inspect_body',
      'waf.enabled',
    ],
    check: ({ waf: { enabled, http_inspection: inspection }, http }) =>
      faultIf(
        enabled && inspection.inspect_body && inspection.max_body_size > http.buffered_body_bytes_total_max,
        `is above http.buffered_body_bytes_total_max, which is ${http.buffered_body_bytes_total_max}`,
      ),
  },
  ...FLEET_RELATIONS,
  {
    keys: ['acme.terms_agreed', 'acme.enabled'],
    check: ({ acme }) =>
      faultIf(
        acme.enabled && !acme.terms_agreed,
        'must be true: the authority gives certificates only to those who agree to its terms of service',
        `read the terms that ${acme.directory_url} names, then write true`,
      ),
  },
  {
    keys: ['acme.names', 'acme.enabled'],
    check: ({ acme }) =>
      faultIf(acme.enabled && acme.names.length === 0, 'must list at least one host name', null),
  },
  {
    keys: ['acme.enabled', 'network.tls.enabled'],
    check: ({ acme, network }) =>
      faultIf(acme.enabled && !network.tls.enabled, 'needs network.tls.enabled, which is false'),
  },
  {
    keys: ['acme.challenge', 'network.redirect_listen_addr', 'acme.enabled'],
    check: ({ acme, network }) =>
      faultIf(
        acme.enabled && acme.challenge === 'http-01' && network.redirect_listen_addr === undefined,
        'is http-01, which is answered at network.redirect_listen_addr only, and that is not set',
        'set network.redirect_listen_addr, or choose tls-alpn-01',
      ),
  },
  {
    keys: ['nats.password', 'nats.user'],
    check: ({ nats }) =>
      faultIf(
        (nats.user === undefined) !== (nats.password === undefined),
        'and user belong together: write both or none',
      ),
  },
  {
    keys: ['nats.creds_path', 'nats.token', 'nats.user'],
    check: ({ nats }) =>
      faultIf(
        [nats.creds_path, nats.token, nats.user].filter((way) => way !== undefined).length > 1,
        'is one of several ways to connect: write only one of creds_path, token and user with password',
      ),
  },
  {
    keys: ['acme.eab_key_id', 'acme.eab_hmac_key'],
    check: ({ acme }) =>
      faultIf(
        (acme.eab_key_id === undefined) !== (acme.eab_hmac_key === undefined),
        'and eab_hmac_key belong together: write both or none',
      ),
  },
  separateListeners('network.redirect_listen_addr', 'network.listen_addr', [], ({ network }) =>
    network.redirect_listen_addr === undefined ? null : [network.redirect_listen_addr, network.listen_addr],
  ),
  {
    // Such a limit would count every client alone, or apply to none.
    keys: ['geo.enabled', 'limits', 'sites'],
    check: ({ geo, limits, sites }) => {
      const all = [...limits, ...sites.flatMap((site) => site.limits)];
      const needy = geo.enabled ? undefined : all.find(asksWhereFrom);
      return faultIf(
        needy !== undefined,
        `is false, but the limit ${needy?.name} asks for the country or network of clients`,
        'enable it, or count by something else',
      );
    },
  },
  {
    keys: ['orchestrator.enabled', 'limits', 'sites'],
    check: ({ orchestrator, limits, sites }) => {
      const all = [...limits, ...sites.flatMap((site) => site.limits)];
      const needy = orchestrator.enabled ? undefined : all.find(({ scope }) => scope === 'fleet');
      return faultIf(
        needy !== undefined,
        `is false, but the limit ${needy?.name} counts over the fleet`,
        'enable it, or write scope = "node"',
      );
    },
  },
  separateListeners('metrics.listen_addr', 'network.listen_addr', ['metrics.enabled'], (config) =>
    config.metrics.enabled ? [config.metrics.listen_addr, config.network.listen_addr] : null,
  ),
  separateListeners('management.listen_addr', 'network.listen_addr', ['management.enabled'], (config) =>
    config.management.enabled ? [config.management.listen_addr, config.network.listen_addr] : null,
  ),
  separateListeners(
    'management.listen_addr',
    'metrics.listen_addr',
    ['management.enabled', 'metrics.enabled'],
    (config) =>
      config.management.enabled && config.metrics.enabled
        ? [config.management.listen_addr, config.metrics.listen_addr]
        : null,
  ),
  separateListeners('fleet.metrics_addr', 'fleet.listen_addr', [], (config) => [
    config.fleet.metrics_addr,
    config.fleet.listen_addr,
  ]),
];

/** The fault of one table of a list; none where no table was found. */
function faultAt(index: number, path: string, fault: ValueFault): RelationFault | null {
  return index === -1 ? null : { ...fault, path };
}

function asksWhereFrom({ keys, countries, asns }: Config['limits'][number]): boolean {
  return countries.length > 0 || asns.length > 0 || keys.some((key) => key === 'country' || key === 'asn');
}

/** Two listeners of one process cannot share an address; `pick` returns null while one of them is off. */
function separateListeners(
  key: string,
  other: string,
  switches: readonly string[],
  pick: (config: Config) => readonly [string, string] | null,
): Relation {
  return {
    keys: [key, other, ...switches],
    check: (config) => {
      const addresses = pick(config);
      return faultIf(
        addresses !== null && sameListener(...addresses),
        `takes the same address as ${other}, which is ${addresses?.[1]}`,
        'choose another port',
      );
    },
  };
}
