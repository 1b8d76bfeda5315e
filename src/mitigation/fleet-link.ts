/** The link to the orchestrator, made from the configuration and the node's identity. */
import { readListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import type { BanReporter } from './control/ban-reporter.ts';
import type { ControlLink, ControlLinkOptions } from './control/control-link.ts';
import { describeNode } from './control/diagnostics.ts';
import { FailoverTransport } from './control/failover-transport.ts';
import { writeKeptFleet } from './control/kept-fleet.ts';
import { writeNodeId } from './control/node-identity.ts';
import { type LinkedNode, linkNode } from './control/node-link.ts';
import { OrchestratorClient } from './control/orchestrator-client.ts';
import type { PolicyRunner } from './control/policy-runner.ts';
import { createMembership, readFleetIdentity } from './fleet-identity.ts';
import type { MitigationNode } from './node.ts';

/** All that ties a node to its fleet. */
export interface FleetLink {
  readonly control: ControlLink;
  /** This node has banned somebody by itself, or lifted a ban. */
  readonly reporter: BanReporter;
  /** What the fleet wants in force on this node. */
  readonly policy: PolicyRunner;
  /** Returns at once; a node that is to be enrolled registers once it is. */
  start(): void;
  /** Ends in the order in which it matters; resolves soon in any case and never rejects. */
  stop(): Promise<void>;
}

export interface FleetLinkOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly node: MitigationNode;
}

/** A link that has not been started; null where the configuration wants none. */
export async function createFleetLink({
  config,
  clock,
  logger,
  node,
}: FleetLinkOptions): Promise<Result<FleetLink | null, string>> {
  if (!config.orchestrator.enabled) return ok(null);
  const identity = await readFleetIdentity(config);
  if (!identity.ok) return identity;
  const { nodeId } = identity.value;
  if (nodeId !== null) node.setNodeId(nodeId);
  const { server_url: serverUrl, server_urls: further, token = null } = config.orchestrator;
  const clients = [serverUrl, ...further].map((url) => new OrchestratorClient({ serverUrl: url, token }));
  const transport = new FailoverTransport(clients, { clock, random: Math.random });
  const shared = { transport, timers: systemTimers, clock, random: Math.random, logger };
  const membership = createMembership({ ...shared, config, identity: identity.value });
  const linked = linkedNode(node, config.state.dir, logger);
  const link = linkNode(linked, { ...shared, options: linkOptions(config, node.port), nodeId });
  const { control, reporter, policy } = link;
  const start = (): void => {
    link.usage.run();
    if (membership === null) control.start();
    else membership.start(() => control.start());
  };
  const stop = async (): Promise<void> => {
    membership?.stop();
    await link.stop();
    transport.close();
  };
  return ok({ control, reporter, policy, start, stop });
}

function linkedNode(node: MitigationNode, stateDir: string, logger: Logger): LinkedNode {
  return {
    control: node,
    bans: node.sharedBans,
    policy: {
      inForce: () => node.fleet,
      adopt: (fleet) => node.adopt(fleet),
      keep: (fleet) => writeKeptFleet(stateDir, fleet),
    },
    usage: node.fleetUsage,
    figures: () => node.readTraffic(),
    diagnose: () => diagnose(node),
    keepId: (id) => {
      node.setNodeId(id);
      void writeNodeId(stateDir, id).then((written) => {
        if (!written.ok) logger.error('The node id could not be kept', { error: written.fault });
      });
    },
  };
}

function diagnose(node: MitigationNode): string {
  return describeNode({
    status: node.status(),
    config: node.config,
    metrics: node.metrics(),
    versions: process.versions,
    platform: `${process.platform} ${process.arch}`,
    memory: { ...process.memoryUsage() },
  });
}

function linkOptions(config: Config, trafficPort: number): ControlLinkOptions {
  const { orchestrator, network, management, metrics } = config;
  const { registration, heartbeat } = orchestrator;
  return {
    publicIp: orchestrator.public_ip ?? readListenAddress(network.listen_addr).host,
    nodeType: orchestrator.node_type,
    group: orchestrator.group,
    region: orchestrator.region ?? null,
    tags: orchestrator.tags,
    weight: orchestrator.weight,
    capacity: {
      requests_per_second: orchestrator.capacity_requests_per_second ?? null,
      connections: orchestrator.capacity_connections ?? null,
    },
    ports: {
      traffic: orchestrator.public_port ?? trafficPort,
      metrics: metrics.enabled ? readListenAddress(metrics.listen_addr).port : null,
    },
    managementUrl: management.enabled ? `http://${management.listen_addr}` : null,
    registration: {
      retryIntervalMs: registration.retry_interval * 1000,
      maxRetries: registration.max_retries,
      timeoutMs: registration.timeout * 1000,
    },
    heartbeat: {
      intervalMs: heartbeat.interval * 1000,
      timeoutMs: heartbeat.timeout * 1000,
      maxMissed: heartbeat.max_missed,
    },
  };
}
