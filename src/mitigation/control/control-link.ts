/**
 * The node's link to its orchestrator: the state machine of `link-state.ts` with a socket and a timer around it.
 *
 * It tells what the node is and does, and hears whether it is to run, to drain or to terminate. It never throws, never
 * blocks, and an orchestrator that is away changes nothing about how the node serves.
 */

import type { Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Timers } from '../../core/timers.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { NodeCapacity, NodePorts } from '../../messages/node-config.ts';
import type { Intent, NodeStatus as StatusWord } from '../../messages/node-words.ts';
import type { NodeStatus } from '../node-control.ts';
import { CommandPoll } from './command-poll.ts';
import {
  type BeatFigures,
  type ControlNews,
  type FleetProgress,
  toHeartbeat,
  toRegistration,
} from './link-messages.ts';
import { initialLinkState, type LinkEvent, type LinkRules, type LinkState, stepLink } from './link-state.ts';
import { callHeartbeat, callRegister } from './orchestrator-calls.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';
import { ownView } from './own-view.ts';

export interface ControlLinkOptions {
  /** What is announced. */
  readonly publicIp: string;
  readonly nodeType: string;
  readonly group: string;
  readonly region: string | null;
  readonly tags: readonly string[];
  readonly weight: number;
  readonly capacity: NodeCapacity;
  readonly ports: NodePorts;
  /** Null where the orchestrator cannot reach the management API. */
  readonly managementUrl: string | null;
  readonly registration: {
    readonly retryIntervalMs: number;
    readonly maxRetries: number;
    readonly timeoutMs: number;
  };
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number; readonly maxMissed: number };
}

export interface ControlLinkDeps {
  readonly options: ControlLinkOptions;
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  /** The identity that the node has; null lets the orchestrator give it one. */
  readonly nodeId: string | null;
  readonly status: () => NodeStatus;
  /** How far the node is with what the fleet has decided. */
  readonly progress: () => FleetProgress;
  /** What has happened since this was asked last, for the next heartbeat. */
  readonly figures: () => BeatFigures;
  /** The orchestrator wants the node to end; `graceSeconds` null leaves the time to the node. Each order comes once. */
  readonly onTerminate: (reason: string, graceSeconds: number | null, commandId: string | null) => void;
  /** Whether the orchestrator wants the node to take connections; told with every answer. */
  readonly onIntent: (intent: Exclude<Intent, 'terminate'>) => void;
  /** The orchestrator knows the node by this identity, now or again. */
  readonly onRegistered: (nodeId: string) => void;
  /** The orchestrator gave the node this identity, to be kept. */
  readonly onNodeId: (nodeId: string) => void;
  readonly logger: Logger;
  readonly clock: Clock;
  /** For the spread of pauses; nothing secret hangs on it. */
  readonly random: Random;
}

/** Below what proxies in between usually cut. */
const POLL_WAIT_SECONDS = 25;
/** The node ends; it does not wait for long to say so. */
const FINAL_BEAT_TIMEOUT_MS = 2000;

export class ControlLink {
  readonly #deps: ControlLinkDeps;
  readonly #rules: LinkRules;
  readonly #poll: CommandPoll;
  readonly #epoch: number;
  readonly #stopping = new AbortController();
  #state: LinkState;
  #nodeId: string | null;
  #view: StatusWord = 'Starting';
  #sequence = 0;
  #lastOrder: string | null = null;
  /** Of the newest answer that was heeded: those that were overtaken on their way are not. */
  #cursor = -1;
  #cancelTimer: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  constructor(deps: ControlLinkDeps) {
    const { options, nodeId, status, clock, random } = deps;
    this.#deps = deps;
    this.#rules = { ...options.registration, ...options.heartbeat };
    this.#state = initialLinkState(this.#rules);
    this.#nodeId = nodeId;
    // Read once: the wall clock, from which it is made, may be stepped while the process lives.
    this.#epoch = Math.max(0, Math.round(Date.parse(status().startedAt)) || 0);
    this.#poll = new CommandPoll({
      transport: deps.transport,
      timers: deps.timers,
      clock,
      random,
      waitSeconds: POLL_WAIT_SECONDS,
      timeoutMs: options.heartbeat.timeoutMs,
      onNews: (news) => this.#hear(news),
      onUnknown: () => this.#notKnown('poll_unknown'),
      onReachable: () => this.#reachable(),
    });
  }

  /** Begins to register; returns at once. A second call is harmless. */
  start(): void {
    this.#step({ kind: 'start' });
  }

  /** Whether the orchestrator knows the node and answers it. */
  get connected(): boolean {
    return this.#state.registered && !this.#state.lost && this.#state.stage !== 'stopped';
  }

  /** To be called when the node's state has changed, so that the orchestrator hears of it at once. */
  statusChanged(): void {
    this.#step({ kind: 'hurry' });
  }

  /** Says goodbye, if there is somebody to say it to; resolves soon in any case and never rejects. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const known = this.#state.stage === 'beating';
    this.#step({ kind: 'stop' });
    this.#poll.stop();
    this.#stopping.abort();
    if (known && this.#nodeId !== null) {
      const timeoutMs = Math.min(FINAL_BEAT_TIMEOUT_MS, this.#deps.options.heartbeat.timeoutMs);
      const { signal } = new AbortController();
      await callHeartbeat(this.#deps.transport, this.#heartbeat(this.#nodeId, true), { timeoutMs, signal });
    }
  }

  #step(event: LinkEvent): void {
    const { clock, random } = this.#deps;
    const moment = { nowMs: clock.nowMs(), random, rules: this.#rules };
    const { state, send } = stepLink(this.#state, event, moment);
    this.#state = state;
    this.#reportView();
    this.#setTimer(moment.nowMs);
    if (send === 'register') void this.#register();
    if (send === 'beat' && this.#nodeId !== null) void this.#beat(this.#nodeId);
  }

  #setTimer(nowMs: number): void {
    this.#cancelTimer?.();
    const { next } = this.#state;
    const tick = (): void => this.#step({ kind: 'tick' });
    const { timers } = this.#deps;
    this.#cancelTimer = next === null ? null : timers.after(Math.max(1, next.atMs - nowMs), tick);
  }

  #reportView(): void {
    const { status, logger } = this.#deps;
    const view = ownView(this.#state, status().state);
    if (view === this.#view) return;
    const fields = { old_status: this.#view, new_status: view };
    this.#view = view;
    if (view === 'Dead') {
      const { missed } = this.#state;
      logger.warn('Node status changed', {
        ...fields,
        missed_count: missed,
        max_missed: this.#rules.maxMissed,
      });
    } else {
      logger.info('Node status changed', fields);
    }
  }

  async #register(): Promise<void> {
    const { options, status, logger, onNodeId } = this.#deps;
    const { timeoutMs } = options.registration;
    const { signal } = this.#stopping;
    const who = { nodeId: this.#nodeId, epoch: this.#epoch, version: status().version };
    const outcome = await callRegister(this.#deps.transport, toRegistration(options, who), {
      timeoutMs,
      signal,
    });
    if (signal.aborted) return;
    if (outcome.kind === 'failed') {
      const counts = { attempt: this.#state.attempts + 1, max_retries: this.#rules.maxRetries };
      logger.warn('Registration with the orchestrator failed', { ...counts, error: outcome.error });
      this.#step({ kind: 'register_failed', pauseMinMs: outcome.pauseMinMs });
      return;
    }
    const { nodeId, intervalMs, cursor } = outcome.news;
    if (nodeId !== this.#nodeId) {
      this.#nodeId = nodeId;
      onNodeId(nodeId);
    }
    logger.info('Successfully registered with orchestrator', {
      node_id: nodeId,
      heartbeat_interval: intervalMs / 1000,
    });
    this.#step({ kind: 'registered', intervalMs });
    this.#poll.start(nodeId, cursor ?? 0);
    this.#deps.onRegistered(nodeId);
    // Another orchestrator, or one that has lost its disk, counts anew.
    this.#cursor = -1;
    this.#hear(outcome.news);
  }

  async #beat(nodeId: string): Promise<void> {
    const { options, logger } = this.#deps;
    const { timeoutMs } = options.heartbeat;
    const { signal } = this.#stopping;
    const beat = this.#heartbeat(nodeId, false);
    const outcome = await callHeartbeat(this.#deps.transport, beat, { timeoutMs, signal });
    if (signal.aborted) return;
    if (outcome.kind === 'answered') {
      this.#step({ kind: 'beat_answered', impatient: beat.status === 'Starting' });
      this.#hear(outcome.news);
    } else if (outcome.kind === 'unknown') {
      this.#notKnown('beat_unknown');
    } else {
      const counts = { missed_count: this.#state.missed + 1, max_missed: this.#rules.maxMissed };
      logger.warn('Heartbeat failed', { ...counts, error: outcome.error });
      this.#step({ kind: 'beat_failed', pauseMinMs: outcome.pauseMinMs });
    }
  }

  #hear({ order, intent, cursor }: ControlNews): void {
    if (this.#stopping.signal.aborted) return;
    // Said again with each answer: a command that was overtaken by a later one may have been carried out since.
    if (intent !== null && intent !== 'terminate' && (cursor ?? 0) >= this.#cursor) {
      this.#cursor = cursor ?? 0;
      this.#deps.onIntent(intent);
    }
    if (order === null) return;
    const { commandId, reason, graceSeconds } = order;
    // The same order stands in every answer until the node is gone.
    if (this.#lastOrder === (commandId ?? reason)) return;
    this.#lastOrder = commandId ?? reason;
    const fields = { command_id: commandId, reason };
    this.#deps.logger.info('The orchestrator wants this node to terminate', fields);
    this.#deps.onTerminate(reason, graceSeconds, commandId);
    this.#step({ kind: 'hurry' });
  }

  #notKnown(kind: 'beat_unknown' | 'poll_unknown'): void {
    if (this.#state.stage === 'beating') {
      const fields = { node_id: this.#nodeId };
      this.#deps.logger.warn('The orchestrator does not know this node, registering again', fields);
    }
    this.#poll.stop();
    this.#step({ kind });
  }

  #reachable(): void {
    if (this.#state.missed > 0) this.#step({ kind: 'hurry' });
  }

  #heartbeat(nodeId: string, final: boolean): HeartbeatRequest {
    this.#sequence += 1;
    const facts = { nodeId, epoch: this.#epoch, sequence: this.#sequence, final };
    const { status, progress, figures } = this.#deps;
    return toHeartbeat(status(), { ...facts, progress: progress(), figures: figures() });
  }
}
