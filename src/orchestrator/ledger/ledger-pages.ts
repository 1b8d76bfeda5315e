/**
 * Entries of a stream by their number. A message holds several entries, so where one lies is found by halving; whoever reads
 * on where the last page ended need not seek.
 */
import { ok, type Result } from '../../core/result.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import { decodeLedgerMessage, type LedgerMessage } from './ledger-message.ts';
import type { LedgerStream } from './ledger-stream.ts';

export class LedgerPages {
  readonly #stream: LedgerStream;
  /** A message and the last entry in front of it: where the last page ended. */
  #readTo = { seq: 1, after: 0 };

  constructor(stream: LedgerStream) {
    this.#stream = stream;
  }

  /** The entries behind number `after`, at most `limit`, from messages up to number `to`. */
  async read(after: number, limit: number, to: number): Promise<Result<readonly LedgerEntry[], string>> {
    const begin = await this.#messageBehind(after, to);
    if (!begin.ok) return begin;
    const entries: LedgerEntry[] = [];
    let broken: Result<never, string> | null = null;
    const scanned = await this.#stream.scan(begin.value, to, (message) => {
      const decoded = decodeLedgerMessage(message.data);
      if (!decoded.ok) {
        broken = decoded;
        return false;
      }
      entries.push(...decoded.value.entries.filter(({ seq }) => seq > after));
      const last = decoded.value.entries.at(-1)!.seq;
      // Where the page ends within a message, the next one begins with it again.
      if (last <= after + limit) this.#readTo = { seq: message.seq + 1, after: last };
      return entries.length < limit;
    });
    if (!scanned.ok) return scanned;
    return broken ?? ok(entries.slice(0, limit));
  }

  /** Number of the message in which the entry behind number `after` stands; `last` is the newest message. */
  async #messageBehind(after: number, last: number): Promise<Result<number, string>> {
    if (after === this.#readTo.after) return ok(this.#readTo.seq);
    let [low, high] = [1, last];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const found = await entriesAt(this.#stream, middle);
      if (!found.ok) return found;
      if (found.value.entries[0]!.seq > after + 1) high = middle - 1;
      else low = middle;
    }
    return ok(low);
  }
}

/** One message of the ledger. */
export async function entriesAt(stream: LedgerStream, seq: number): Promise<Result<LedgerMessage, string>> {
  const message = await stream.message(seq);
  return message.ok ? decodeLedgerMessage(message.value.data) : message;
}
