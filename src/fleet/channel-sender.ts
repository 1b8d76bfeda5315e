/**
 * What one node is sent, as the orchestrator decides it: a greeting, what the node missed, then every entry that
 * concerns it. Pure: it is asked for lines, and somebody else writes them.
 *
 *   hello -> what stands but bans
 *         -> entries behind `after`, where the tail reaches so far back and it is the same ledger
 *         -> a snapshot of all bans, where not
 *         -> entries as they come
 */
import type { ChannelLine, SnapshotLine } from '../messages/channel-line.ts';
import { CHANNEL_VERSION, SNAPSHOT_BANS_MAX } from '../messages/channel-line.ts';
import type { FleetState } from './fleet-state.ts';
import type { LedgerTail } from './ledger-tail.ts';
import type { NodePlace } from './selector.ts';

/** What the orchestrator knows. */
export interface ChannelSource {
  /** Which ledger it is. */
  readonly ledgerId: string;
  readonly tail: LedgerTail;
  readonly state: FleetState;
  wallMs(): number;
}

/** Where a node says that it stands. */
export interface ChannelPosition {
  readonly ledgerId: string;
  readonly seq: number;
}

export class ChannelSender {
  readonly #source: ChannelSource;
  readonly #place: NodePlace;
  readonly #position: ChannelPosition;
  #greeted = false;
  /** Number of the last entry that was looked at. */
  #seen = 0;
  /** Number of the last entry that was sent. */
  #sent = 0;
  /** Lines that are to be sent before any entry, the next one last. */
  #due: ChannelLine[] = [];

  /** @param place where the node stands that is told */
  constructor(source: ChannelSource, position: ChannelPosition, place: NodePlace) {
    this.#source = source;
    this.#position = position;
    this.#place = place;
  }

  /** The next lines, at most `max`; none where the node has everything. */
  take(max: number): readonly ChannelLine[] {
    const lines: ChannelLine[] = [];
    if (!this.#greeted) lines.push(this.#greet());
    while (lines.length < max) {
      const line = this.#due.pop() ?? this.#nextEntry();
      if (line === null) break;
      lines.push(line);
    }
    return lines;
  }

  #greet(): ChannelLine {
    this.#greeted = true;
    const { ledgerId, tail, state } = this.#source;
    const { seq } = this.#position;
    const now = this.#source.wallMs();
    if (this.#position.ledgerId === ledgerId && tail.reaches(seq)) {
      this.#seen = seq;
      this.#sent = seq;
    } else {
      this.#beginSnapshot();
    }
    this.#due.push({ kind: 'standing', orders: [...state.standingFor(this.#place, now)] });
    return { kind: 'hello', version: CHANNEL_VERSION, ledger: ledgerId, after: this.#sent, now_ms: now };
  }

  #beginSnapshot(): void {
    const { state } = this.#source;
    const { seq } = state;
    const bans = state.bans.inForce(this.#source.wallMs());
    const parts = Math.max(1, Math.ceil(bans.length / SNAPSHOT_BANS_MAX));
    this.#due = Array.from(
      { length: parts },
      (_, part): SnapshotLine => ({
        kind: 'snapshot',
        seq,
        part,
        last: part === parts - 1,
        bans: bans.slice(part * SNAPSHOT_BANS_MAX, (part + 1) * SNAPSHOT_BANS_MAX),
      }),
    ).reverse();
    this.#seen = seq;
    this.#sent = seq;
  }

  #nextEntry(): ChannelLine | null {
    const { tail } = this.#source;
    // A node that reads more slowly than decisions are made is brought up to date in one piece.
    if (!tail.reaches(this.#seen)) {
      this.#beginSnapshot();
      return this.#due.pop() ?? null;
    }
    while (this.#seen < tail.head) {
      this.#seen += 1;
      const entry = tail.at(this.#seen);
      const order = this.#source.state.orderFor(entry, this.#place);
      if (order === null) continue;
      const prev = this.#sent;
      this.#sent = entry.seq;
      return { kind: 'entry', seq: entry.seq, prev, at_ms: entry.at_ms, order };
    }
    return null;
  }
}
