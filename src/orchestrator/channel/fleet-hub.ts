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
import { OpenChannel } from './open-channel.ts';

/** Decisions that nodes which were away are told one by one; who was away for longer gets all that is in force. */
const TAIL_MAX = 20_000;
const PAGE = 5000;
/** How often a decision is made anew because others were quicker. */
const ATTEMPTS_MAX = 50;

export class FleetHub implements ChannelSource {
  readonly ledgerId: string;
  readonly state: FleetState = new FleetState();
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #channels = new Set<OpenChannel>();
  readonly #unwatch: () => void;
  #tail: LedgerTail = new LedgerTail(TAIL_MAX, 0);
  #woken = false;
  #closed = false;

  private constructor(ledger: Ledger, clock: Clock) {
    this.ledgerId = ledger.id;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#unwatch = ledger.watch((entry) => this.#onEntry(entry));
  }

  /** Reads the ledger from its beginning. */
  static async load(ledger: Ledger, clock: Clock): Promise<Result<FleetHub, LedgerFault>> {
    const hub = new FleetHub(ledger, clock);
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

  /** Opens the channel of the node that stands at `place` in the fleet, and in the ledger at `position`. */
  open(position: ChannelPosition, place: NodePlace): OpenChannel {
    const sender = new ChannelSender(this, position, place);
    const channel = new OpenChannel(
      sender,
      () => this.#clock.wallMs(),
      (closed) => this.#channels.delete(closed),
    );
    if (this.#closed) channel.close();
    else this.#channels.add(channel);
    return channel;
  }

  /** Shows all nodes that their line stands; called every few seconds. */
  beat(): void {
    for (const channel of this.#channels) channel.beat();
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    for (const channel of this.#channels) channel.close();
  }

  #onEntry(entry: LedgerEntry): void {
    if (!this.state.apply(entry)) return;
    this.#tail.add(entry);
    if (this.#woken) return;
    // All that is decided in one turn leaves in one piece.
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      for (const channel of this.#channels) channel.wake();
    });
  }
}
