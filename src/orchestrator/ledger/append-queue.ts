/** Appends that wait for the stream: how they share a message, and which numbers their entries get. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import type { Draft, LedgerFault } from './ledger.ts';

export type Appended = Result<readonly LedgerEntry[], LedgerFault>;

export interface WaitingAppend {
  readonly drafts: readonly Draft[];
  readonly expectedHead: number | undefined;
  /** About what it takes in a message. */
  readonly bytes: number;
  readonly resolve: (result: Appended) => void;
}

export interface NumberedBatch {
  readonly entries: readonly LedgerEntry[];
  /** Tells all whose appends these are: with their entries, or that others have decided meanwhile. */
  settle(): void;
}

/** More are refused. */
const WAITING_MAX = 10_000;
/** Number, time and author of an entry. */
const ENTRY_FRAME_BYTES = 200;

export class AppendQueue {
  #waiting: WaitingAppend[] = [];

  /** @param bytesMax what one message takes */
  add(drafts: readonly Draft[], expectedHead: number | undefined, bytesMax: number): Promise<Appended> {
    const bytes = Buffer.byteLength(JSON.stringify(drafts)) + drafts.length * ENTRY_FRAME_BYTES;
    const obstacle =
      this.#waiting.length >= WAITING_MAX
        ? 'too many decisions wait for NATS'
        : `${bytes} bytes in one decision are more than the ${bytesMax} that NATS takes`;
    if (this.#waiting.length >= WAITING_MAX || bytes > bytesMax) {
      return Promise.resolve(fail({ kind: 'unavailable', message: obstacle }));
    }
    const { promise, resolve } = Promise.withResolvers<Appended>();
    this.#waiting.push({ drafts, expectedHead, bytes, resolve });
    return promise;
  }

  /** Takes out the next appends, as many as fit into one message. */
  take(bytesMax: number): readonly WaitingAppend[] {
    let bytes = 0;
    const beyond = this.#waiting.findIndex((append) => {
      bytes += append.bytes;
      return bytes > bytesMax;
    });
    return this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
  }

  /** Numbers the drafts behind entry `head`; appends that were decided on another head are left out. */
  number(batch: readonly WaitingAppend[], head: number, atMs: number): NumberedBatch {
    let newest = head;
    const results = batch.map(({ drafts, expectedHead }): Appended => {
      if (expectedHead !== undefined && expectedHead !== newest) {
        return fail({ kind: 'moved', message: `entry ${newest} is the newest, not ${expectedHead}` });
      }
      const entries = drafts.map(({ by, body, before = null }, index) => ({
        ...{ seq: newest + index + 1, at_ms: atMs, by, before, body },
      }));
      newest += entries.length;
      return ok(entries);
    });
    return {
      entries: results.flatMap((result) => (result.ok ? result.value : [])),
      settle: () => {
        for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
      },
    };
  }

  refuse(batch: readonly WaitingAppend[], fault: LedgerFault): void {
    for (const { resolve } of batch) resolve(fail(fault));
  }
}
