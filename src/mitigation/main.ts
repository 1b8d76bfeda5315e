/**
 * A whole mitigation node, put together and taken apart in order: traffic first, then the doors for
 * operators, then the link to the orchestrator; and the other way round.
 */
import { availableParallelism } from 'node:os';
import type { LayerText } from '../config/layers.ts';
import { readListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import { natsOptionsOf } from '../nats/nats-options.ts';
import { SystemMeter } from './control/system-usage.ts';
import { type Doors, openDoors } from './doors.ts';
import { createFleetLink, type FleetLink } from './fleet-link.ts';
import { missingQuic } from './http3/quic-runtime.ts';
import { findTaken } from './listen/taken-address.ts';
import { EventPublisher } from './nats/event-publisher.ts';
import { MitigationNode } from './node.ts';
import type { NodeControl } from './node-control.ts';
import type { NodeLog } from './node-options.ts';
import { type StartSettings, startSettings, startWithAny } from './start-settings.ts';

export interface NodeStart {
  readonly config: Config;
  readonly log: NodeLog;
  readonly clock: Clock;
  readonly version: string;
  /** Reads the configuration again, with layers of the fleet over it; faults are lines for the operator. */
  readonly readConfig: (layers: readonly LayerText[]) => Result<Config, readonly string[]>;
  /** Somebody asked the node to end; the caller then calls `stop`. */
  readonly onTerminate: (graceSeconds: number) => void;
}

export interface RunningNode {
  readonly control: NodeControl;
  /** Drains and ends everything, within the grace period and a little. */
  stop(graceSeconds: number): Promise<void>;
}

/** Starts a node; a fault says what could not be had, and everything that had started is stopped again. */
export async function startNode(start: NodeStart): Promise<Result<RunningNode, readonly string[]>> {
  const { config, log, clock } = start;
  const listen = readListenAddress(config.network.listen_addr);
  const { redirect_listen_addr: redirect } = config.network;
  const redirectFrom = redirect === undefined ? null : readListenAddress(redirect);
  const taken =
    (await findTaken('network.listen_addr', listen)) ??
    (redirectFrom && (await findTaken('network.redirect_listen_addr', redirectFrom)));
  if (taken !== null) return fail([taken]);
  const parts: Parts = { doors: null, link: null, events: null };
  const meter = new SystemMeter(clock);
  const begin = (settings: StartSettings) =>
    MitigationNode.start({
      ...settings,
      listen,
      redirectFrom,
      workers: config.network.workers === 0 ? availableParallelism() : config.network.workers,
      version: start.version,
      clock,
      log,
      readConfig: start.readConfig,
      readSystem: () => meter.read(),
      linkState: () => linkState(parts.link),
      onPolicy: (next) => parts.doors?.configure(next),
      onReloaded: () => parts.link?.policy.tryAgain(),
      onBanned: (ban) => parts.link?.reporter.banned(ban),
      onBanLifted: (target) => parts.link?.reporter.lifted(target),
      onDecisions: (lines) => parts.events?.take(lines),
      droppedEvents: () => parts.events?.dropped ?? 0,
      onStatus: () => parts.link?.control.statusChanged(),
      onTerminate: (graceSeconds) => {
        parts.link?.control.statusChanged();
        start.onTerminate(graceSeconds);
      },
    });
  const started = await startWithAny(startSettings(start), begin, log);
  if (!started.ok) return started;
  const node = started.value;
  const completed = await complete(start, node, parts);
  if (!completed.ok) {
    await stopAll(node, parts, 0);
    return completed;
  }
  const { port } = node;
  const warning = missingQuic(config.http3.enabled);
  if (warning !== null) log.warn('HTTP/3 is off', { reason: warning });
  log.info('Node is listening', { address: `${listen.host}:${port}`, backend: config.network.backend_addr });
  parts.link?.start();
  return ok({
    control: node,
    stop: async (graceSeconds) => {
      const cut = await stopAll(node, parts, graceSeconds);
      log.info('Node has ended', { connections_cut: cut });
    },
  });
}

/** What there is beside traffic; filled while the node starts. */
interface Parts {
  doors: Doors | null;
  link: FleetLink | null;
  events: EventPublisher | null;
}

async function complete(
  { config, clock, log: logger }: NodeStart,
  node: MitigationNode,
  parts: Parts,
): Promise<Result<void, readonly string[]>> {
  const doors = await openDoors({ config, clock, logger, node });
  if (!doors.ok) return doors;
  parts.doors = doors.value;
  const link = await createFleetLink({ config, clock, logger, node });
  if (!link.ok) return fail([link.fault]);
  parts.link = link.value;
  const options = natsOptionsOf(config);
  if (options?.publishEvents) {
    const nodeId = (): string | null => node.status().nodeId;
    parts.events = new EventPublisher({ options, nodeId, timers: systemTimers, random: Math.random, logger });
    parts.events.start();
  }
  return ok(undefined);
}

/** Traffic ends first; the doors stay open and the link up until it has, so that everybody can watch. */
async function stopAll(node: MitigationNode, parts: Parts, graceSeconds: number): Promise<number> {
  const cut = await node.stop(graceSeconds);
  await parts.link?.stop();
  await parts.events?.stop();
  await parts.doors?.close();
  return cut;
}

function linkState(link: FleetLink | null): 'up' | 'down' | 'off' {
  if (link === null) return 'off';
  return link.control.connected ? 'up' : 'down';
}
