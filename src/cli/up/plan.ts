/** From the configuration to the parts that `secbeat up` runs, and to what it says about them. */
import { formatListenAddress, readListenAddress } from '../../config/listen-address.ts';
import type { Config } from '../../config/schema.ts';
import { ok, type Result } from '../../core/result.ts';
import { furtherNode } from './further-nodes.ts';
import { isNode, type Part, type PartAddress, type PartName, reachableHost } from './part.ts';

export interface UpPlan {
  /** In the order of their start. */
  readonly parts: readonly Part[];
  /** What is left out and why, one sentence each. */
  readonly omitted: readonly string[];
}

/** What a part may need beyond the grace that requests in progress get. */
const STOP_MARGIN_MS = 5000;

/**
 * `configArgs` are the arguments that lead a part to the same configuration; `nodes` is at least 1. The fault says why
 * there cannot be so many nodes.
 */
export function planParts(
  config: Config,
  configArgs: readonly string[],
  nodes: number,
): Result<UpPlan, string> {
  const omitted: string[] = [];
  const parts: Part[] = [];
  if (config.orchestrator.enabled) {
    parts.push(planOrchestrator(config, configArgs));
  } else {
    omitted.push('No orchestrator, because orchestrator.enabled is false.');
  }
  if (config.origin.listen_addr === config.network.backend_addr) {
    parts.push(planOrigin(config, configArgs));
  } else {
    omitted.push(
      `No test origin, because network.backend_addr names another: ${config.network.backend_addr}.`,
    );
  }
  parts.push(planNode('node', placesOf(config), configArgs));
  for (let number = 2; number <= nodes; number++) {
    const further = furtherNode(config, number);
    if (!further.ok) return further;
    const { environment, ...listen } = further.value;
    const first = placesOf(config);
    const places = {
      ...first,
      environment,
      traffic: listen.traffic,
      management: first.management && listen.management,
      metrics: first.metrics && listen.metrics,
    };
    parts.push(planNode(`node-${number}`, places, configArgs));
  }
  return ok({ parts, omitted });
}

function planOrchestrator(config: Config, configArgs: readonly string[]): Part {
  const api = toAddress('fleet.listen_addr', config.fleet.listen_addr);
  return {
    name: 'orchestrator',
    args: ['orchestrator', ...configArgs],
    environment: {},
    addresses: [api, toAddress('fleet.metrics_addr', config.fleet.metrics_addr)],
    ready: { kind: 'http', url: `${httpUrl(api)}/ready` },
    stopTimeoutMs: STOP_MARGIN_MS,
  };
}

function planOrigin(config: Config, configArgs: readonly string[]): Part {
  const address = toAddress('origin.listen_addr', config.origin.listen_addr);
  return {
    name: 'origin',
    args: ['origin', ...configArgs],
    environment: {},
    addresses: [address],
    ready: { kind: 'tcp', host: reachableHost(address.host), port: address.port },
    stopTimeoutMs: STOP_MARGIN_MS,
  };
}

/** Where a node listens, and what else tells it from the others. */
interface NodePlaces {
  readonly environment: Readonly<Record<string, string>>;
  readonly traffic: string;
  /** Null where there is none. */
  readonly management: string | null;
  readonly metrics: string | null;
  readonly graceSeconds: number;
}

function placesOf({ network, management, metrics }: Config): NodePlaces {
  return {
    environment: {},
    traffic: network.listen_addr,
    management: management.enabled ? management.listen_addr : null,
    metrics: metrics.enabled ? metrics.listen_addr : null,
    graceSeconds: management.shutdown_grace_period,
  };
}

function planNode(name: PartName, places: NodePlaces, configArgs: readonly string[]): Part {
  const traffic = toAddress('network.listen_addr', places.traffic);
  const addresses = [traffic];
  if (places.metrics !== null) addresses.push(toAddress('metrics.listen_addr', places.metrics));
  const management =
    places.management === null ? null : toAddress('management.listen_addr', places.management);
  if (management !== null) addresses.push(management);
  return {
    name,
    args: ['node', ...configArgs],
    environment: places.environment,
    addresses,
    ready:
      management === null
        ? { kind: 'tcp', host: reachableHost(traffic.host), port: traffic.port }
        : { kind: 'http', url: `${httpUrl(management)}/ready` },
    stopTimeoutMs: places.graceSeconds * 1000 + STOP_MARGIN_MS,
  };
}

/** What runs where, what to try, how to stop. */
export function describePlan(config: Config, { parts, omitted }: UpPlan): string {
  const traffic = toAddress('network.listen_addr', config.network.listen_addr);
  const scheme = config.network.tls.enabled ? 'https' : 'http';
  const site = `${scheme}://${reachable(traffic)}/`;
  const api = `${httpUrl(toAddress('fleet.listen_addr', config.fleet.listen_addr))}/api/v1/fleet/stats`;
  const metrics = `${httpUrl(toAddress('metrics.listen_addr', config.metrics.listen_addr))}/metrics`;
  const has = (name: PartName): boolean => parts.some((part) => part.name === name);
  const lines = [
    '',
    'SecBeat is running.',
    `  node          ${site} in front of http://${config.network.backend_addr}/`,
    ...parts
      .filter((part) => part.name !== 'node' && isNode(part.name))
      .map((part) => `  ${part.name.padEnd(13)} ${scheme}://${reachable(part.addresses[0]!)}/`),
    ...parts
      .filter((part) => !isNode(part.name))
      .map((part) => `  ${part.name.padEnd(13)} ${part.addresses.slice(0, 1).map(httpUrl).join('')}/`),
    ...omitted.map((sentence) => `  ${sentence}`),
    '',
    'Try:',
    `  curl ${config.network.tls.enabled ? '-k ' : ''}${site}`,
    ...(has('orchestrator') ? [`  curl ${api}`] : []),
    ...(config.metrics.enabled ? [`  curl ${metrics}`] : []),
    '',
    'Stop with Ctrl-C.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function toAddress(key: string, text: string): PartAddress {
  return { ...readListenAddress(text), key };
}

function reachable({ host, port }: PartAddress): string {
  return formatListenAddress({ host: reachableHost(host), port });
}

function httpUrl(address: PartAddress): string {
  return `http://${reachable(address)}`;
}
