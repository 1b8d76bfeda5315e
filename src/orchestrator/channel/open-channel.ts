/**
 * The orchestrator's end of one node's channel: hands out lines as fast as the node takes them, and waits where there is
 * nothing new. What waits for a slow node is the ledger itself, so a channel holds no queue of its own.
 */
import type { ChannelSender } from '../../fleet/channel-sender.ts';
import type { ChannelLine } from '../../messages/channel-line.ts';

/** Lines that leave at once: a hundred thousand bans are 200 of them. */
const LINES_AT_ONCE = 64;

export class OpenChannel {
  readonly #sender: ChannelSender;
  readonly #wallMs: () => number;
  readonly #onClosed: (channel: OpenChannel) => void;
  #wanted: ((lines: readonly ChannelLine[] | null) => void) | null = null;
  #closed = false;

  constructor(sender: ChannelSender, wallMs: () => number, onClosed: (channel: OpenChannel) => void) {
    this.#sender = sender;
    this.#wallMs = wallMs;
    this.#onClosed = onClosed;
  }

  /** The next lines, once there are any; null when the channel is closed. One call at a time. */
  next(): Promise<readonly ChannelLine[] | null> {
    if (this.#closed) return Promise.resolve(null);
    const lines = this.#sender.take(LINES_AT_ONCE);
    if (lines.length > 0) return Promise.resolve(lines);
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }

  /** The next lines that there are already; null, and the channel is closed, where there are none. */
  takeNow(): readonly ChannelLine[] | null {
    const lines = this.#closed ? [] : this.#sender.take(LINES_AT_ONCE);
    if (lines.length > 0) return lines;
    this.close();
    return null;
  }

  /** There may be something new. */
  wake(): void {
    if (this.#wanted === null) return;
    const lines = this.#sender.take(LINES_AT_ONCE);
    if (lines.length > 0) this.#give(lines);
  }

  /** Shows a node that waits that the line still stands. */
  beat(): void {
    this.#give([{ kind: 'beat', now_ms: Math.round(this.#wallMs()) }]);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#give(null);
    this.#onClosed(this);
  }

  #give(lines: readonly ChannelLine[] | null): void {
    const give = this.#wanted;
    this.#wanted = null;
    give?.(lines);
  }
}
