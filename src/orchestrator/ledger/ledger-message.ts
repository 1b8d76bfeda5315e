/**
 * How entries travel and lie in the stream: one message for all that was appended at once, so that all of it is there or
 * nothing. Messages are foreign data like any other, since streams are copied, restored and written to by hand.
 */
import { z } from 'zod';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type LedgerEntry, ledgerEntry } from '../../messages/ledger-entry.ts';

export interface LedgerMessage {
  /** Made for one attempt to append, by which its author knows it again. */
  readonly id: string;
  /** The id of the message in front of it; null for the first. So a stream that was put back is told from its own past. */
  readonly after: string | null;
  /** At least one, numbered without a gap. */
  readonly entries: readonly LedgerEntry[];
}

const ledgerMessage = z.object({
  id: z.uuid(),
  after: z.uuid().nullable(),
  entries: z.array(ledgerEntry).min(1),
});

export function encodeLedgerMessage(message: LedgerMessage): Uint8Array {
  return Buffer.from(JSON.stringify(message), 'utf8');
}

/** @returns the message, or in a few words why this is none */
export function decodeLedgerMessage(data: Uint8Array): Result<LedgerMessage, string> {
  try {
    const message = ledgerMessage.safeParse(JSON.parse(Buffer.from(data).toString('utf8')));
    if (!message.success) return fail(z.prettifyError(message.error));
    const { entries } = message.data;
    const gap = entries.find(({ seq }, index) => seq !== entries[0]!.seq + index);
    return gap === undefined ? ok(message.data) : fail(`entry ${gap.seq} stands in the wrong place`);
  } catch (error) {
    return fail(messageOf(error));
  }
}
