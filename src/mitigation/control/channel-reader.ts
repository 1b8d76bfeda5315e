/**
 * The node's end of its channel: reads lines as long as the orchestrator sends them, and opens the channel anew where it
 * breaks off, stays silent or skips something.
 *
 * It never gives up and never blocks; while there is no channel, what was decided before stays in force. Where something
 * in between holds lines back until the answer is whole, it asks again and again for what there is by now.
 */

import { growingPause, type Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { ChannelFollower } from '../../fleet/channel-follower.ts';
import { CHANNEL_VERSION, channelLine, type SnapshotBan } from '../../messages/channel-line.ts';
import type { Order, StandingOrder } from '../../messages/order.ts';
import { OrchestratorClock } from './orchestrator-clock.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

export interface ChannelReaderDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  /** Something was decided; its times are by the clock of the orchestrator. */
  readonly onOrder: (order: Order) => void;
  /** All bans of the fleet that are in force. */
  readonly onBans: (bans: readonly SnapshotBan[]) => void;
  /** Everything else that is in force. */
  readonly onStanding: (orders: readonly StandingOrder[]) => void;
  /** The channel has ended and will be opened again. */
  readonly onFault: (message: string) => void;
}

const FIRST_PAUSE_MS = 200;
/** The orchestrator says something every five seconds. */
const SILENCE_MAX_MS = 15_000;
/** How often it asks where lines do not come through. */
const POLL_MS = 2000;
/** Polls after which it tries again whether they do. */
const POLLS_MAX = 150;

export class ChannelReader {
  readonly #deps: ChannelReaderDeps;
  readonly #clock: OrchestratorClock;
  #follower: ChannelFollower = fromBeginning();
  #stopping: AbortController | null = null;
  /** Whether the channel that is open has brought anything. */
  #heard = false;

  constructor(deps: ChannelReaderDeps) {
    this.#deps = deps;
    this.#clock = new OrchestratorClock(deps.clock);
  }

  /** Follows for this node from now on. Ends what ran before. */
  start(nodeId: string): void {
    this.stop();
    const stopping = new AbortController();
    this.#stopping = stopping;
    void this.#follow(nodeId, stopping.signal);
  }

  stop(): void {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  /** Number of the newest entry that the node has in force. */
  get ledgerSeq(): number {
    return this.#follower.position.seq;
  }

  /** Which ledger the node follows; empty before it has heard of one. */
  get ledgerId(): string {
    return this.#follower.position.ledgerId;
  }

  /** A time of the orchestrator's by the clock of this machine. */
  toOwnClock(wallMs: number): number {
    return this.#clock.toOwn(wallMs);
  }

  async #follow(nodeId: string, signal: AbortSignal): Promise<void> {
    const { clock, random, timers, onFault } = this.#deps;
    let failures = 0;
    let polls = 0;
    while (!signal.aborted) {
      const openedAtMs = clock.nowMs();
      this.#heard = false;
      const fault = await this.#readChannel(nodeId, polls > 0, signal);
      if (signal.aborted) return;
      failures = this.#heard ? 1 : failures + 1;
      const held = !this.#heard && clock.nowMs() - openedAtMs >= SILENCE_MAX_MS;
      polls = held ? POLLS_MAX : Math.max(0, polls - 1);
      if (polls === 0 || !this.#heard) onFault(fault);
      const pauseMs = polls > 0 && this.#heard ? POLL_MS : FIRST_PAUSE_MS;
      await pause(timers, growingPause(pauseMs, failures, random), signal);
    }
  }

  /** Reads one channel to its end; resolves with why it ended. `once` asks for what there is, and no more. */
  #readChannel(nodeId: string, once: boolean, signal: AbortSignal): Promise<string> {
    const { ledgerId, seq } = this.#follower.position;
    const version = String(CHANNEL_VERSION);
    const more = once ? { once: 'true' } : {};
    const query = new URLSearchParams({ ledger: ledgerId, after: String(seq), version, ...more });
    return this.#deps.transport.readLines({
      path: `/api/v1/nodes/${nodeId}/channel?${query}`,
      silenceMaxMs: SILENCE_MAX_MS,
      signal,
      onOpen: () => this.#follower.opened(),
      onLine: (line) => this.#takeLine(line),
    });
  }

  /** Null, or why the channel has to be opened anew. */
  #takeLine(text: string): string | null {
    const line = channelLine.safeParse(parseJson(text));
    this.#heard = true;
    // A newer orchestrator may say what this node has no word for.
    if (!line.success) return null;
    const { onOrder, onBans, onStanding } = this.#deps;
    const step = this.#follower.take(line.data);
    if (step.kind === 'reopen') return step.fault;
    if (step.kind === 'clock' && this.#clock.hear(step.wallMs)) {
      // Times of the orchestrator were kept by a clock that does not hold any more: all bans are told anew.
      this.#follower = fromBeginning();
      return 'a clock was stepped';
    }
    if (step.kind === 'entry' && step.line.order !== null) onOrder(step.line.order);
    if (step.kind === 'bans') onBans(step.bans);
    if (step.kind === 'standing') onStanding(step.orders);
    return null;
  }
}

function fromBeginning(): ChannelFollower {
  return new ChannelFollower({ ledgerId: '', seq: 0 });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
