/**
 * What must hold between keys: combinations that could never work, or that would leave a door open.
 *
 * Each relation names its keys, the one that a reader would change first, and the reason. A relation is judged
 * only where all its keys hold sound values.
 */
import type { Findings, ValueFault } from './fault.ts';
import { canonicalHost, isLoopbackHost, isWildcardHost, parseListenAddress } from './listen-address.ts';
import type { Config } from './schema.ts';

export interface Relation {
  /** The paths of the keys involved; a fault is reported at the first. */
  readonly keys: readonly [string, ...string[]];
  /** Null where the relation holds. */
  readonly check: (config: Config) => ValueFault | null;
}

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
    // The node would forward every request to itself until its connections are used up.
    keys: ['network.backend_addr', 'network.listen_addr'],
    check: ({ network }) =>
      faultIf(sameListener(network.backend_addr, network.listen_addr), 'is the listener of the node itself'),
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
  {
    // Otherwise a second heartbeat starts while the first still waits.
    keys: ['orchestrator.heartbeat.timeout', 'orchestrator.heartbeat.interval'],
    check: ({ orchestrator: { heartbeat } }) =>
      faultIf(
        heartbeat.timeout >= heartbeat.interval,
        `must be less than interval, which is ${heartbeat.interval}`,
      ),
  },
  {
    keys: ['fleet.listen_addr', 'fleet.token'],
    check: ({ fleet }) =>
      faultIf(
        isOpenToOthers(fleet.listen_addr) && fleet.token === undefined,
        'is reachable from other machines, where anyone could register nodes, block addresses and end nodes',
        'set fleet.token, or listen on 127.0.0.1',
      ),
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

/** Allowed, but worth a line at the start. */
export const CAUTIONS: readonly Relation[] = [
  {
    keys: ['management.listen_addr', 'management.enabled'],
    check: ({ management }) =>
      faultIf(
        management.enabled && isOpenToOthers(management.listen_addr),
        'is reachable from other machines, and its token crosses the network in plain text',
        'listen on 127.0.0.1, or keep the port inside a trusted network',
      ),
  },
  {
    keys: ['network.tls.enabled', 'network.listen_addr'],
    check: ({ network }) =>
      faultIf(
        !network.tls.enabled && isOpenToOthers(network.listen_addr),
        'is false on an address that other machines reach: clients talk in plain text',
      ),
  },
  {
    keys: ['orchestrator.server_url', 'orchestrator.token', 'orchestrator.enabled'],
    check: ({ orchestrator }) => {
      const url = URL.parse(orchestrator.server_url);
      const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
      return faultIf(
        orchestrator.enabled &&
          orchestrator.token !== undefined &&
          url?.protocol === 'http:' &&
          !isLoopbackHost(host),
        'is plain HTTP, so orchestrator.token crosses the network in plain text',
      );
    },
  },
  {
    keys: ['network.trusted_proxies'],
    check: ({ network }) =>
      faultIf(
        network.trusted_proxies.some(isEverything),
        'trusts every client: each can choose the address that limits and bans see',
      ),
  },
  {
    keys: ['ddos.blacklist.whitelist'],
    check: ({ ddos }) =>
      faultIf(ddos.blacklist.whitelist.some(isEverything), 'exempts every client from limits and bans'),
  },
];

/** Adds a finding for each broken relation whose keys are all sound. */
export function checkRelations(
  relations: readonly Relation[],
  config: Config,
  unsound: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const { keys, check } of relations) {
    const fault = keys.some((key) => unsound.has(key)) ? null : check(config);
    if (fault !== null) {
      findings.add(keys[0], fault, keys.slice(1));
    }
  }
}

function faultIf(broken: boolean, message: string, suggestion: string | null = null): ValueFault | null {
  return broken ? { message, suggestion } : null;
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

function sameListener(one: string, other: string): boolean {
  const a = parseListenAddress(one);
  const b = parseListenAddress(other);
  if (!a.ok || !b.ok || a.value.port !== b.value.port || a.value.port === 0) return false;
  const [first, second] = [canonicalHost(a.value.host), canonicalHost(b.value.host)];
  if (first === second || isWildcardHost(first) || isWildcardHost(second)) return true;
  // The name may stand for either loopback address.
  return [first, second].includes('localhost') && isLoopbackHost(first) && isLoopbackHost(second);
}

function portOf(address: string): number | null {
  const parsed = parseListenAddress(address);
  return parsed.ok ? parsed.value.port : null;
}

function isOpenToOthers(address: string): boolean {
  const parsed = parseListenAddress(address);
  return parsed.ok && !isLoopbackHost(parsed.value.host);
}

function isEverything(prefix: string): boolean {
  return prefix.endsWith('/0');
}
