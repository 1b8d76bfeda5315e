/** Appends that wait: which numbers their entries get, and how they share a message of a stream. */
import { fail, ok } from '../../core/result.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import { type Appended, type Draft, type LedgerFault, unavailable } from './ledger.ts';

export interface WaitingAppend {
  readonly drafts: readonly Draft[];
  readonly expectedHead: number | undefined;
  readonly resolve: (result: Appended) => void;
}

interface SizedAppend extends WaitingAppend {
  /** About what it takes in a message. */
  readonly bytes: number;
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
  #waiting: SizedAppend[] = [];

  /** @param bytesMax what one message takes */
  add(drafts: readonly Draft[], expectedHead: number | undefined, bytesMax: number): Promise<Appended> {
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.resolve(fail(unavailable('too many decisions wait for NATS')));
    }
    const bytes = Buffer.byteLength(JSON.stringify(drafts)) + drafts.length * ENTRY_FRAME_BYTES;
    if (bytes > bytesMax) {
      const fault = `${bytes} bytes in one decision are more than the ${bytesMax} that NATS takes`;
      return Promise.resolve(fail(unavailable(fault)));
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
}

/** Numbers the drafts behind entry `head`; appends that were decided on another head are left out. */
export function numberAppends(batch: readonly WaitingAppend[], head: number, atMs: number): NumberedBatch {
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

export function refuseAppends(batch: readonly WaitingAppend[], fault: LedgerFault): void {
  for (const { resolve } of batch) resolve(fail(fault));
}
