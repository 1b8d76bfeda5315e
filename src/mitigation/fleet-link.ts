/** The link to the orchestrator, made from the configuration and the node's identity. */
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import type { CommandOrder } from '../messages/order.ts';
import { BanFollower } from './control/ban-follower.ts';
import { BanReporter } from './control/ban-reporter.ts';
import { ChannelReader } from './control/channel-reader.ts';
import { CommandRunner } from './control/command-runner.ts';
import { ControlLink, type ControlLinkOptions } from './control/control-link.ts';
import { describeNode, type NodeFacts } from './control/diagnostics.ts';
import { FailoverTransport } from './control/failover-transport.ts';
import { writeKeptFleet } from './control/kept-fleet.ts';
import { writeNodeId } from './control/node-identity.ts';
import { OrchestratorClient } from './control/orchestrator-client.ts';
import { OrderDesk } from './control/order-desk.ts';
import { PolicyRunner } from './control/policy-runner.ts';
import { ResultReporter } from './control/result-reporter.ts';
import { UsageExchange } from './control/usage-exchange.ts';
import { readAddress } from './doors.ts';
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
export async function createFleetLink(options: FleetLinkOptions): Promise<Result<FleetLink | null, string>> {
  const { config, clock, logger, node } = options;
  if (!config.orchestrator.enabled) return ok(null);
  const stateDir = config.state.dir;
  const identity = await readFleetIdentity(config);
  if (!identity.ok) return identity;
  const { nodeId } = identity.value;
  if (nodeId !== null) node.setNodeId(nodeId);
  const linked = linkOptions(config, node.port);
  const { server_url: serverUrl, server_urls: further, token = null } = config.orchestrator;
  const clients = [serverUrl, ...further].map((url) => new OrchestratorClient({ serverUrl: url, token }));
  const transport = new FailoverTransport(clients, { clock, random: Math.random });
  const shared = { transport, timers: systemTimers, clock, random: Math.random };
  const membership = createMembership({ ...shared, config, identity: identity.value, logger });
  const reporter = new BanReporter(shared);
  const follower = new BanFollower(node.sharedBans, reporter);
  const policy = new PolicyRunner({
    inForce: () => node.fleet,
    adopt: (fleet) => node.adopt(fleet),
    keep: (fleet) => writeKeptFleet(stateDir, fleet),
    onProgress: () => control.statusChanged(),
    logger,
  });
  const results = new ResultReporter(shared);
  const commands = new CommandRunner({
    node,
    diagnose: () => describeNode(factsOf(node)),
    clock,
    onResult: (result) => results.add(result),
    logger,
  });
  const desk = new OrderDesk({
    bans: (order) => follower.takeOrder(order, (wallMs) => reader.toOwnClock(wallMs)),
    policy: (order) => policy.takePolicy(order),
    mode: (mode) => policy.takeMode(mode),
    command: (order) => commands.take(order, (wallMs) => reader.toOwnClock(wallMs)),
  });
  const reader = new ChannelReader({
    ...shared,
    onOrder: (order) => desk.take(order),
    onBans: (bans) => follower.takeAll(bans, (wallMs) => reader.toOwnClock(wallMs)),
    onStanding: (orders) => desk.takeAll(orders),
    onFault: (message) => logger.debug('The channel of the orchestrator ended', { error: message }),
  });
  const usage = new UsageExchange({
    ...shared,
    usage: node.fleetUsage,
    epoch: Date.parse(node.status().startedAt),
    ledgerId: () => reader.ledgerId,
  });
  const control = new ControlLink({
    ...shared,
    options: linked,
    progress: () => ({ ...policy.progress(), ledgerSeq: reader.ledgerSeq }),
    figures: () => node.readTraffic(),
    nodeId,
    status: () => node.status(),
    onTerminate: (reason, graceSeconds, id) => {
      if (id === null) node.terminate(reason, graceSeconds);
      else commands.take(terminateOrder(id, reason, graceSeconds), (wallMs) => wallMs);
    },
    onIntent: (intent) => void follow(intent, node, logger),
    onRegistered: (id) => {
      reader.start(id);
      reporter.start(id);
      results.start(id);
      usage.start(id);
    },
    onNodeId: (id) => {
      node.setNodeId(id);
      void writeNodeId(stateDir, id).then((written) => {
        if (!written.ok) logger.error('The node id could not be kept', { error: written.fault });
      });
    },
    logger,
  });
  usage.run();
  const start = (): void => {
    if (membership === null) control.start();
    else membership.start(() => control.start());
  };
  const stop = async (): Promise<void> => {
    membership?.stop();
    reader.stop();
    policy.stop();
    commands.stop();
    reporter.stop();
    await results.stop();
    usage.stop();
    await control.stop();
    transport.close();
  };
  return ok({ control, reporter, policy, start, stop });
}

/** An order to end that came outside of the channel stands until it is taken back. */
function terminateOrder(id: string, reason: string, graceSeconds: number | null): CommandOrder {
  const parameters = { reason, grace_seconds: graceSeconds };
  return { kind: 'command', id, command: 'terminate', parameters, deadline_ms: Number.MAX_SAFE_INTEGER };
}

/** Takes connections or takes none, as the orchestrator wants it. */
async function follow(intent: 'drain' | 'run', node: MitigationNode, logger: Logger): Promise<void> {
  if (node.isDrainedBy('fleet') === (intent === 'drain')) return;
  const done = intent === 'drain' ? await node.drain('fleet', null) : await node.resume(['fleet']);
  if (!done.ok) logger.error('What the orchestrator wants cannot be done', { intent, error: done.fault });
}

function factsOf(node: MitigationNode): NodeFacts {
  return {
    status: node.status(),
    config: node.config,
    metrics: node.metrics(),
    versions: process.versions,
    platform: `${process.platform} ${process.arch}`,
    memory: { ...process.memoryUsage() },
  };
}

function linkOptions(config: Config, trafficPort: number): ControlLinkOptions {
  const { orchestrator, network, management, metrics } = config;
  const { registration, heartbeat } = orchestrator;
  return {
    publicIp: orchestrator.public_ip ?? readAddress(network.listen_addr).host,
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
      metrics: metrics.enabled ? readAddress(metrics.listen_addr).port : null,
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
