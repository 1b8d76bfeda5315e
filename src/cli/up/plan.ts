/** From the configuration to the parts that `secbeat up` runs, and to what it says about them. */
import type { Config } from '../../config/schema.ts';
import { readListenAddress } from '../configuration.ts';
import { formatAddress, type Part, type PartAddress, type PartName, reachableHost } from './part.ts';

export interface UpPlan {
  /** In the order of their start. */
  readonly parts: readonly Part[];
  /** What is left out and why, one sentence each. */
  readonly omitted: readonly string[];
}

/** What a part may need beyond the grace that requests in progress get. */
const STOP_MARGIN_MS = 5000;

/** `configArgs` are the arguments that lead a part to the same configuration. */
export function planParts(config: Config, configArgs: readonly string[]): UpPlan {
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
  parts.push(planNode(config, configArgs));
  return { parts, omitted };
}

function planOrchestrator(config: Config, configArgs: readonly string[]): Part {
  const api = toAddress('fleet.listen_addr', config.fleet.listen_addr);
  return {
    name: 'orchestrator',
    args: ['orchestrator', ...configArgs],
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
    addresses: [address],
    ready: { kind: 'tcp', host: reachableHost(address.host), port: address.port },
    stopTimeoutMs: STOP_MARGIN_MS,
  };
}

function planNode(config: Config, configArgs: readonly string[]): Part {
  const traffic = toAddress('network.listen_addr', config.network.listen_addr);
  const addresses = [traffic];
  if (config.metrics.enabled) addresses.push(toAddress('metrics.listen_addr', config.metrics.listen_addr));
  const management = toAddress('management.listen_addr', config.management.listen_addr);
  if (config.management.enabled) addresses.push(management);
  return {
    name: 'node',
    args: ['node', ...configArgs],
    addresses,
    ready: config.management.enabled
      ? { kind: 'http', url: `${httpUrl(management)}/ready` }
      : { kind: 'tcp', host: reachableHost(traffic.host), port: traffic.port },
    stopTimeoutMs: config.management.shutdown_grace_period * 1000 + STOP_MARGIN_MS,
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
      .filter((part) => part.name !== 'node')
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
  return formatAddress(reachableHost(host), port);
}

function httpUrl(address: PartAddress): string {
  return `http://${reachable(address)}`;
}
