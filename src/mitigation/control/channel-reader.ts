/**
 * The node's end of its channel: reads lines as long as the orchestrator sends them, and opens the channel anew where it
 * breaks off, stays silent or skips something.
 *
 * It never gives up and never blocks; while there is no channel, what was decided before stays in force.
 */
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { ChannelFollower } from '../../fleet/channel-follower.ts';
import { CHANNEL_VERSION, channelLine, type SnapshotBan } from '../../messages/channel-line.ts';
import type { Order, StandingOrder } from '../../messages/order.ts';
import { growingPause, type Random } from './back-off.ts';
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

export class ChannelReader {
  readonly #deps: ChannelReaderDeps;
  readonly #follower: ChannelFollower = new ChannelFollower({ ledgerId: '', seq: 0 });
  #stopping: AbortController | null = null;
  /** How far the clock of this machine is ahead of the orchestrator's, at most: what lines took on their way counts in. */
  #aheadMs = Number.POSITIVE_INFINITY;

  constructor(deps: ChannelReaderDeps) {
    this.#deps = deps;
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

  /** A time of the orchestrator's by the clock of this machine. */
  toOwnClock(wallMs: number): number {
    return Number.isFinite(this.#aheadMs) ? wallMs + this.#aheadMs : wallMs;
  }

  async #follow(nodeId: string, signal: AbortSignal): Promise<void> {
    const { random, timers, onFault } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      const before = this.#follower.position;
      const fault = await this.#readChannel(nodeId, signal);
      if (signal.aborted) return;
      const { ledgerId, seq } = this.#follower.position;
      failures = ledgerId === before.ledgerId && seq === before.seq ? failures + 1 : 1;
      onFault(fault);
      await pause(timers, growingPause(FIRST_PAUSE_MS, failures, random), signal);
    }
  }

  /** Reads one channel to its end; resolves with why it ended. */
  #readChannel(nodeId: string, signal: AbortSignal): Promise<string> {
    const { ledgerId, seq } = this.#follower.position;
    const version = String(CHANNEL_VERSION);
    const query = new URLSearchParams({ ledger: ledgerId, after: String(seq), version });
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
    // A newer orchestrator may say what this node has no word for.
    if (!line.success) return null;
    const { clock, onOrder, onBans, onStanding } = this.#deps;
    const step = this.#follower.take(line.data);
    if (step.kind === 'reopen') return step.fault;
    if (step.kind === 'clock') this.#aheadMs = Math.min(this.#aheadMs, clock.wallMs() - step.wallMs);
    if (step.kind === 'entry' && step.line.order !== null) onOrder(step.line.order);
    if (step.kind === 'bans') onBans(step.bans);
    if (step.kind === 'standing') onStanding(step.orders);
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
