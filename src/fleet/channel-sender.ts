/**
 * What one node is sent, as the orchestrator decides it: a greeting, what the node missed, then every entry that
 * concerns it. Pure: it is asked for lines, and somebody else writes them.
 *
 *   hello -> entries behind `after`, where the tail reaches so far back and it is the same ledger
 *         -> a snapshot, where not
 *         -> entries as they come
 */
import type { ChannelLine, SnapshotLine } from '../messages/channel-line.ts';
import { CHANNEL_VERSION, SNAPSHOT_BANS_MAX } from '../messages/channel-line.ts';
import type { LedgerEntry } from '../messages/ledger-entry.ts';
import type { FleetSnapshot } from './fleet-state.ts';
import type { LedgerTail } from './ledger-tail.ts';

/** What the orchestrator knows. */
export interface ChannelSource {
  /** Which ledger it is. */
  readonly ledgerId: string;
  readonly tail: LedgerTail;
  snapshot(): FleetSnapshot;
  wallMs(): number;
}

/** Where a node says that it stands. */
export interface ChannelPosition {
  readonly ledgerId: string;
  readonly seq: number;
}

export class ChannelSender {
  readonly #source: ChannelSource;
  readonly #concerns: (entry: LedgerEntry) => boolean;
  readonly #position: ChannelPosition;
  #greeted = false;
  /** Number of the last entry that was looked at. */
  #seen = 0;
  /** Number of the last entry that was sent. */
  #sent = 0;
  /** Lines of a snapshot that are still to be sent, the next one last. */
  #snapshot: SnapshotLine[] = [];

  /** @param concerns whether an entry is for this node */
  constructor(source: ChannelSource, position: ChannelPosition, concerns: (entry: LedgerEntry) => boolean) {
    this.#source = source;
    this.#position = position;
    this.#concerns = concerns;
  }

  /** The next lines, at most `max`; none where the node has everything. */
  take(max: number): readonly ChannelLine[] {
    const lines: ChannelLine[] = [];
    if (!this.#greeted) lines.push(this.#greet());
    while (lines.length < max) {
      const line = this.#snapshot.pop() ?? this.#nextEntry();
      if (line === null) break;
      lines.push(line);
    }
    return lines;
  }

  #greet(): ChannelLine {
    this.#greeted = true;
    const { ledgerId, tail } = this.#source;
    const { seq } = this.#position;
    if (this.#position.ledgerId === ledgerId && tail.reaches(seq)) {
      this.#seen = seq;
      this.#sent = seq;
    } else {
      this.#beginSnapshot();
    }
    const now = this.#source.wallMs();
    return { kind: 'hello', version: CHANNEL_VERSION, ledger: ledgerId, after: this.#sent, now_ms: now };
  }

  #beginSnapshot(): void {
    const { seq, mode, bans } = this.#source.snapshot();
    const parts = Math.max(1, Math.ceil(bans.length / SNAPSHOT_BANS_MAX));
    this.#snapshot = Array.from({ length: parts }, (_, part) => ({
      kind: 'snapshot' as const,
      seq,
      part,
      last: part === parts - 1,
      mode,
      bans: bans.slice(part * SNAPSHOT_BANS_MAX, (part + 1) * SNAPSHOT_BANS_MAX),
    })).reverse();
    this.#seen = seq;
    this.#sent = seq;
  }

  #nextEntry(): ChannelLine | null {
    const { tail } = this.#source;
    // A node that reads more slowly than decisions are made is brought up to date in one piece.
    if (!tail.reaches(this.#seen)) {
      this.#beginSnapshot();
      return this.#snapshot.pop() ?? null;
    }
    while (this.#seen < tail.head) {
      this.#seen += 1;
      const entry = tail.at(this.#seen);
      if (!this.#concerns(entry)) continue;
      const prev = this.#sent;
      this.#sent = entry.seq;
      return { kind: 'entry', seq: entry.seq, prev, at_ms: entry.at_ms, body: entry.body };
    }
    return null;
  }
}
