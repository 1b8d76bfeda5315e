/** The link to the orchestrator, made from the configuration and the node's identity. */
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import { BanFollower } from './control/ban-follower.ts';
import { BanReporter } from './control/ban-reporter.ts';
import { ChannelReader } from './control/channel-reader.ts';
import { ControlLink, type ControlLinkOptions } from './control/control-link.ts';
import { readNodeId, writeNodeId } from './control/node-identity.ts';
import { OrchestratorClient } from './control/orchestrator-client.ts';
import { readAddress } from './doors.ts';
import type { MitigationNode } from './node.ts';

/** All that ties a node to its fleet. */
export interface FleetLink {
  readonly control: ControlLink;
  /** This node has banned somebody by itself, or lifted a ban. */
  readonly reporter: BanReporter;
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
  const nodeId = await readNodeId({ configured: config.orchestrator.node_id ?? null, stateDir });
  if (!nodeId.ok) return nodeId;
  if (nodeId.value !== null) node.setNodeId(nodeId.value);
  const linked = linkOptions(config);
  const { server_url: serverUrl, token = null } = config.orchestrator;
  const transport = new OrchestratorClient({ serverUrl, token });
  const shared = { transport, timers: systemTimers, clock, random: Math.random };
  const reporter = new BanReporter(shared);
  const follower = new BanFollower(node.sharedBans, reporter);
  const reader = new ChannelReader({
    ...shared,
    onOrder: (order) => follower.takeOrder(order, (wallMs) => reader.toOwnClock(wallMs)),
    onBans: (bans) => follower.takeAll(bans, (wallMs) => reader.toOwnClock(wallMs)),
    onStanding: () => undefined,
    onFault: (message) => logger.debug('The channel of the orchestrator ended', { error: message }),
  });
  const control = new ControlLink({
    ...shared,
    options: linked,
    progress: () => ({ appliedRevision: null, refusedPolicy: null, ledgerSeq: reader.ledgerSeq }),
    nodeId: nodeId.value,
    status: () => node.status(),
    onTerminate: (reason, graceSeconds) => node.terminate(reason, graceSeconds),
    onRegistered: (id) => {
      reader.start(id);
      reporter.start(id);
    },
    onNodeId: (id) => {
      node.setNodeId(id);
      void writeNodeId(stateDir, id).then((written) => {
        if (!written.ok) logger.error('The node id could not be kept', { error: written.fault });
      });
    },
    logger,
  });
  const stop = async (): Promise<void> => {
    reader.stop();
    reporter.stop();
    await control.stop();
    transport.close();
  };
  return ok({ control, reporter, stop });
}

function linkOptions(config: Config): ControlLinkOptions {
  const { orchestrator, network, management } = config;
  const { registration, heartbeat } = orchestrator;
  return {
    publicIp: orchestrator.public_ip ?? readAddress(network.listen_addr).host,
    nodeType: orchestrator.node_type,
    group: orchestrator.group,
    region: orchestrator.region ?? null,
    tags: orchestrator.tags,
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
