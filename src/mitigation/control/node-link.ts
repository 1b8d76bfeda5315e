/**
 * The parts of a node's link to its orchestrator, and how they hang together; nothing here runs by itself.
 *
 *   channel -> order desk -> bans, policy, commands      what the fleet wants of the node
 *   bans, results, usage -> reporters                    what the node has found out, done and used
 *   control link                                         registration and heartbeats; tells the others who the node is
 */

import type { Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Timers } from '../../core/timers.ts';
import type { CommandOrder } from '../../messages/order.ts';
import type { BanBook } from '../bans/ban-book.ts';
import type { FleetUsage } from '../limits/fleet-usage.ts';
import type { NodeControl } from '../node-control.ts';
import { BanFollower } from './ban-follower.ts';
import { BanReporter } from './ban-reporter.ts';
import { ChannelReader } from './channel-reader.ts';
import { CommandRunner, type CommandRunnerDeps } from './command-runner.ts';
import { ControlLink, type ControlLinkOptions } from './control-link.ts';
import type { BeatFigures } from './link-messages.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';
import { OrderDesk } from './order-desk.ts';
import { PolicyRunner, type PolicyRunnerDeps } from './policy-runner.ts';
import { ResultReporter } from './result-reporter.ts';
import { UsageExchange } from './usage-exchange.ts';

/** What of a node its link moves and reads. */
export interface LinkedNode {
  readonly control: CommandRunnerDeps['node'] & Pick<NodeControl, 'isDrainedBy'>;
  readonly bans: Pick<BanBook, 'share' | 'unshare' | 'shareAll'>;
  readonly policy: Pick<PolicyRunnerDeps, 'inForce' | 'adopt' | 'keep'>;
  readonly usage: FleetUsage;
  /** What has happened since this was asked last, for the next heartbeat. */
  readonly figures: () => BeatFigures;
  /** What an operator wants to know of a node that misbehaves, as JSON. */
  readonly diagnose: () => string;
  /** The orchestrator gave the node this identity. */
  readonly keepId: (id: string) => void;
}

export interface NodeLinkDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly options: ControlLinkOptions;
  /** The identity that the node has; null lets the orchestrator give it one. */
  readonly nodeId: string | null;
}

export interface NodeLink {
  readonly control: ControlLink;
  readonly reporter: BanReporter;
  readonly policy: PolicyRunner;
  readonly usage: UsageExchange;
  /** Ends in the order in which it matters; resolves soon in any case and never rejects. */
  stop(): Promise<void>;
}

/** Links a node; begins once `control` is started. */
export function linkNode(node: LinkedNode, deps: NodeLinkDeps): NodeLink {
  const { clock, logger } = deps;
  const { control: own, diagnose } = node;
  const reporter = new BanReporter(deps);
  const results = new ResultReporter(deps);
  const policy = new PolicyRunner({ ...node.policy, onProgress: () => control.statusChanged(), logger });
  const commands = new CommandRunner({
    ...{ node: own, diagnose, clock, logger },
    onResult: (result) => results.add(result),
  });
  const reader = createReader({ bans: new BanFollower(node.bans, reporter), policy, commands }, deps);
  const usage = new UsageExchange({
    ...deps,
    usage: node.usage,
    epoch: Date.parse(own.status().startedAt),
    ledgerId: () => reader.ledgerId,
  });
  const control = new ControlLink({
    ...deps,
    status: () => own.status(),
    figures: node.figures,
    progress: () => ({ ...policy.progress(), ledgerSeq: reader.ledgerSeq }),
    onTerminate: (reason, graceSeconds, id) => {
      if (id === null) own.terminate(reason, graceSeconds);
      else commands.take(terminateOrder(id, reason, graceSeconds), (wallMs) => wallMs);
    },
    onIntent: (intent) => void follow(intent, own, logger),
    onRegistered: (id) => {
      for (const part of [reader, reporter, results, usage]) part.start(id);
    },
    onNodeId: node.keepId,
  });
  const stop = async (): Promise<void> => {
    for (const part of [reader, policy, commands, reporter]) part.stop();
    await results.stop();
    usage.stop();
    await control.stop();
  };
  return { control, reporter, policy, usage, stop };
}

interface Followers {
  readonly bans: BanFollower;
  readonly policy: PolicyRunner;
  readonly commands: CommandRunner;
}

/** Reads the channel and hands out what it brings; times come by the clock of the orchestrator. */
function createReader({ bans, policy, commands }: Followers, deps: NodeLinkDeps): ChannelReader {
  const toOwnClock = (wallMs: number): number => reader.toOwnClock(wallMs);
  const desk = new OrderDesk({
    bans: (order) => bans.takeOrder(order, toOwnClock),
    policy: (order) => policy.takePolicy(order),
    mode: (mode) => policy.takeMode(mode),
    command: (order) => commands.take(order, toOwnClock),
  });
  const reader = new ChannelReader({
    ...deps,
    onOrder: (order) => desk.take(order),
    onBans: (all) => bans.takeAll(all, toOwnClock),
    onStanding: (orders) => desk.takeAll(orders),
    onFault: (message) => deps.logger.debug('The channel of the orchestrator ended', { error: message }),
  });
  return reader;
}

/** An order to end that came outside of the channel stands until it is taken back. */
function terminateOrder(id: string, reason: string, graceSeconds: number | null): CommandOrder {
  const parameters = { reason, grace_seconds: graceSeconds };
  return { kind: 'command', id, command: 'terminate', parameters, deadline_ms: Number.MAX_SAFE_INTEGER };
}

/** Takes connections or takes none, as the orchestrator wants it. */
async function follow(
  intent: 'drain' | 'run',
  node: Pick<NodeControl, 'isDrainedBy' | 'drain' | 'resume'>,
  logger: Logger,
): Promise<void> {
  if (node.isDrainedBy('fleet') === (intent === 'drain')) return;
  const done = intent === 'drain' ? await node.drain('fleet', null) : await node.resume(['fleet']);
  if (!done.ok) logger.error('What the orchestrator wants cannot be done', { intent, error: done.fault });
}
