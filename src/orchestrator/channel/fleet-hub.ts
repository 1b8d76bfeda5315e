/**
 * The decisions of the fleet in memory, in step with the ledger, and the channels over which nodes hear of them.
 *
 *   ledger -> state (what is in force) -> tail (what is new) -> channels
 *
 * Nothing is in force before the ledger has it, and every channel shows the same ledger.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type ChannelPosition, ChannelSender, type ChannelSource } from '../../fleet/channel-sender.ts';
import { FleetState } from '../../fleet/fleet-state.ts';
import { LedgerTail } from '../../fleet/ledger-tail.ts';
import type { NodePlace } from '../../fleet/selector.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import type { Draft, Ledger, LedgerFault } from '../ledger/ledger.ts';
import { formatCheckpoint, parseCheckpoint } from './fleet-checkpoint.ts';
import { OpenChannel } from './open-channel.ts';

/** Decisions that nodes which were away are told one by one; who was away for longer gets all that is in force. */
const TAIL_MAX = 20_000;
const PAGE = 5000;
/** How often a decision is made anew because others were quicker. */
const ATTEMPTS_MAX = 50;

/** Of one node the newest channels stand: one that died unnoticed does no harm, and no node takes the room of others. */
const CHANNELS_PER_NODE_MAX = 2;

/** For whom a channel is open, and until when it may be. */
interface ChannelTerms {
  readonly nodeId: string;
  /** By the wall clock. */
  readonly untilMs: number;
}

export class FleetHub implements ChannelSource {
  readonly ledgerId: string;
  readonly state: FleetState = new FleetState();
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #channels = new Map<OpenChannel, ChannelTerms>();
  readonly #unwatch: () => void;
  #tail: LedgerTail = new LedgerTail(TAIL_MAX, 0);
  /** Number of the last entry in the newest checkpoint known here. */
  #checkpointSeq = 0;
  #woken = false;
  #closed = false;

  private constructor(ledger: Ledger, clock: Clock) {
    this.ledgerId = ledger.id;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#unwatch = ledger.watch((entry) => this.#onEntry(entry));
  }

  /** Reads the ledger from the newest checkpoint on, or from its beginning. */
  static async load(ledger: Ledger, clock: Clock): Promise<Result<FleetHub, LedgerFault>> {
    const hub = new FleetHub(ledger, clock);
    const restored = await hub.#restore();
    if (!restored.ok) return restored;
    while (hub.state.seq < ledger.head) {
      const page = await ledger.read(hub.state.seq, PAGE);
      if (!page.ok) return page;
      if (page.value.length === 0) {
        return fail({ kind: 'unavailable', message: `entry ${hub.state.seq + 1} of the ledger is missing` });
      }
      for (const entry of page.value) hub.#onEntry(entry);
    }
    return ok(hub);
  }

  /** Begins where the newest checkpoint ends; one that cannot be read is as good as none. */
  async #restore(): Promise<Result<void, LedgerFault>> {
    const found = await this.#ledger.loadCheckpoint();
    if (!found.ok) return found;
    const { seq, state } = found.value ?? { seq: 0, state: '' };
    const snapshot = seq <= this.#ledger.head ? parseCheckpoint(state, seq) : null;
    // What was told meanwhile is in no order with it; it is read again.
    if (snapshot === null || this.state.seq > seq) return ok(undefined);
    this.state.restore(snapshot);
    this.#tail = new LedgerTail(TAIL_MAX, seq);
    this.#checkpointSeq = seq;
    return ok(undefined);
  }

  /** Keeps what is in force beside the ledger, once `entriesMin` entries have come since the last time. */
  async keepCheckpoint(entriesMin: number): Promise<Result<void, LedgerFault>> {
    const { seq } = this.state;
    if (seq - this.#checkpointSeq < entriesMin) return ok(undefined);
    const state = formatCheckpoint(this.state.snapshot(this.wallMs()));
    const saved = await this.#ledger.saveCheckpoint({ seq, state });
    if (saved.ok) this.#checkpointSeq = seq;
    return saved;
  }

  get tail(): LedgerTail {
    return this.#tail;
  }

  get channels(): number {
    return this.#channels.size;
  }

  wallMs(): number {
    return Math.round(this.#clock.wallMs());
  }

  /** Decides; resolves once the decision is durable, in force here, and on its way to the nodes. */
  decide(
    drafts: readonly Draft[],
    expectedHead?: number,
  ): Promise<Result<readonly LedgerEntry[], LedgerFault>> {
    return this.#ledger.append(drafts, expectedHead);
  }

  /**
   * Decides on what is in force now: `draft` sees the state, and what it drafts becomes entries only if nobody has decided
   * anything meanwhile; otherwise it is asked again. So what it has checked still holds when its entries are made.
   */
  async decideOn<F>(
    draft: (state: FleetState) => Result<readonly Draft[], F>,
  ): Promise<Result<readonly LedgerEntry[], F | LedgerFault>> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const head = this.state.seq;
      const drafts = draft(this.state);
      if (!drafts.ok) return drafts;
      if (drafts.value.length === 0) return ok([]);
      const decided = await this.#ledger.append(drafts.value, head);
      if (decided.ok || decided.fault.kind !== 'moved') return decided;
      await this.#ledger.settled();
    }
    return fail({ kind: 'moved', message: 'others decide faster than this could be decided' });
  }

  /** Calls back with each new entry, whoever made it, once it is in force here; returns how to stop. */
  watch(onEntry: (entry: LedgerEntry) => void): () => void {
    return this.#ledger.watch(onEntry);
  }

  /** The entries behind number `after`, at most `limit`, the oldest first. */
  read(after: number, limit: number): Promise<Result<readonly LedgerEntry[], LedgerFault>> {
    return this.#ledger.read(after, limit);
  }

  /**
   * Opens the channel of the node that stands at `place` in the fleet, and in the ledger at `position`. It is closed when the
   * node is revoked, or by the first beat behind `untilMs` of the wall clock.
   */
  open(position: ChannelPosition, place: NodePlace, untilMs: number = Number.POSITIVE_INFINITY): OpenChannel {
    const sender = new ChannelSender(this, position, place);
    const channel = new OpenChannel(
      sender,
      () => this.#clock.wallMs(),
      (closed) => this.#channels.delete(closed),
    );
    this.#makeRoomFor(place.id);
    if (this.#closed) channel.close();
    else this.#channels.set(channel, { nodeId: place.id, untilMs });
    return channel;
  }

  /** Nodes that have a channel open. */
  followers(): ReadonlySet<string> {
    return new Set([...this.#channels.values()].map(({ nodeId }) => nodeId));
  }

  /** Shows all nodes that their line stands; called every few seconds. */
  beat(): void {
    const nowMs = this.#clock.wallMs();
    for (const [channel, { untilMs }] of this.#channels) {
      if (untilMs <= nowMs) channel.close();
      else channel.beat();
    }
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    for (const channel of this.#channels.keys()) channel.close();
  }

  #onEntry(entry: LedgerEntry): void {
    if (!this.state.apply(entry)) return;
    this.#tail.add(entry);
    if (entry.body.kind === 'node_revoked') this.#closeChannelsOf(entry.body.node);
    if (this.#woken) return;
    // All that is decided in one turn leaves in one piece.
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      for (const channel of this.#channels.keys()) channel.wake();
    });
  }

  /** Channels stand in the order in which they were opened. */
  #makeRoomFor(opening: string): void {
    const own = [...this.#channels].filter(([, { nodeId }]) => nodeId === opening);
    for (const [oldest] of own.slice(0, 1 - CHANNELS_PER_NODE_MAX)) oldest.close();
  }

  #closeChannelsOf(revoked: string): void {
    for (const [channel, { nodeId }] of this.#channels) if (nodeId === revoked) channel.close();
  }
}
