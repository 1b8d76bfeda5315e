/**
 * What one node makes of the lines of its channel: what is to be put in force, and when the channel has to be opened
 * anew. Pure: lines go in, steps come out.
 *
 * A line that came before changes nothing, one that does not follow on the last is a gap, and a snapshot counts only as
 * a whole. So whatever the network does, a node stands at one number of one ledger and has all of it up to there.
 */
import type { ChannelLine, EntryLine, SnapshotBan, SnapshotLine } from '../messages/channel-line.ts';
import { CHANNEL_VERSION } from '../messages/channel-line.ts';
import type { StandingOrder } from '../messages/order.ts';
import type { ChannelPosition } from './channel-sender.ts';
import { SHARED_BANS_MAX } from './shared-bans.ts';

/** What follows from a line. */
export type FollowStep =
  | { readonly kind: 'none' }
  /** Put in force, keep, and acknowledge. */
  | { readonly kind: 'entry'; readonly line: EntryLine }
  /** All bans that are in force; others of the fleet's are not. */
  | { readonly kind: 'bans'; readonly bans: readonly SnapshotBan[] }
  /** Everything but bans that is in force. */
  | { readonly kind: 'standing'; readonly orders: readonly StandingOrder[] }
  /** What the orchestrator's clock says. */
  | { readonly kind: 'clock'; readonly wallMs: number }
  /** The channel is of no use any more: it is opened anew from `position`. */
  | { readonly kind: 'reopen'; readonly fault: string };

const NONE: FollowStep = { kind: 'none' };

export class ChannelFollower {
  #ledgerId: string;
  #seq: number;
  #greeted = false;
  /** The parts of a snapshot that have come; null without one. */
  #parts: SnapshotBan[] | null = null;
  #nextPart = 0;

  /** @param position where the node stands: what it has kept, or no ledger at number 0 */
  constructor(position: ChannelPosition) {
    this.#ledgerId = position.ledgerId;
    this.#seq = position.seq;
  }

  /** What the node asks to go on from. */
  get position(): ChannelPosition {
    return { ledgerId: this.#ledgerId, seq: this.#seq };
  }

  /** A channel has been opened: it begins with a greeting. */
  opened(): void {
    this.#greeted = false;
    this.#dropParts();
  }

  take(line: ChannelLine): FollowStep {
    if (line.kind !== 'hello' && !this.#greeted) return reopen('the channel began without a greeting');
    switch (line.kind) {
      case 'hello':
        return this.#greet(line);
      case 'standing':
        return { kind: 'standing', orders: line.orders.filter((order) => order !== null) };
      case 'beat':
        return { kind: 'clock', wallMs: line.now_ms };
      case 'entry':
        return this.#takeEntry(line);
      case 'snapshot':
        return this.#takePart(line);
    }
  }

  #greet(line: Extract<ChannelLine, { kind: 'hello' }>): FollowStep {
    if (Math.abs(line.version - CHANNEL_VERSION) > 1) {
      return reopen(
        `the orchestrator speaks version ${line.version} of the channel, this node ${CHANNEL_VERSION}`,
      );
    }
    this.#greeted = true;
    if (line.ledger !== this.#ledgerId) {
      // Nothing of the old ledger holds in the new one: a snapshot of it follows.
      this.#ledgerId = line.ledger;
      this.#seq = 0;
    }
    return { kind: 'clock', wallMs: line.now_ms };
  }

  #takeEntry(line: EntryLine): FollowStep {
    if (this.#parts !== null) return this.#gap('an entry came within a snapshot');
    if (line.seq <= this.#seq) return NONE;
    if (line.prev !== this.#seq)
      return this.#gap(`entry ${line.seq} follows on ${line.prev}, not on ${this.#seq}`);
    this.#seq = line.seq;
    return { kind: 'entry', line };
  }

  #takePart({ seq, part, last, bans }: SnapshotLine): FollowStep {
    // One that is older than what is in force has come twice.
    if (seq < this.#seq) return NONE;
    if (part === 0) {
      this.#parts = [];
      this.#nextPart = 0;
    }
    const parts = this.#parts;
    if (parts === null || part !== this.#nextPart)
      return this.#gap(`part ${part} of a snapshot is out of order`);
    if (parts.length + bans.length > SHARED_BANS_MAX) return this.#gap('a snapshot has too many bans');
    parts.push(...bans);
    this.#nextPart += 1;
    if (!last) return NONE;
    this.#dropParts();
    this.#seq = seq;
    return { kind: 'bans', bans: parts };
  }

  #gap(fault: string): FollowStep {
    this.#dropParts();
    return reopen(fault);
  }

  #dropParts(): void {
    this.#parts = null;
    this.#nextPart = 0;
  }
}

function reopen(fault: string): FollowStep {
  return { kind: 'reopen', fault };
}
