/**
 * Where the decisions of the fleet are kept: numbered, in one order, durable before anybody hears of them.
 *
 * There are two of these, on SQLite for one orchestrator and on NATS JetStream for several; what follows here holds for
 * both and is tested for both.
 */
import type { Result } from '../../core/result.ts';
import type { Author, EntryBody, LedgerEntry } from '../../messages/ledger-entry.ts';

/** What is to become an entry. */
export interface Draft {
  readonly by: Author;
  /** What stands in its place, for the audit; null for nothing. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly body: EntryBody;
}

export interface LedgerFault {
  /** `moved`: somebody else has decided meanwhile. */
  readonly kind: 'moved' | 'unavailable';
  readonly message: string;
}

/** What became of drafts: their entries, or why there are none. */
export type Appended = Result<readonly LedgerEntry[], LedgerFault>;

/** Everything that the entries up to a number have led to, so that they need not be read again. */
export interface Checkpoint {
  /** Number of the last entry that is in it. */
  readonly seq: number;
  /** Opaque to the ledger. */
  readonly state: string;
}

export interface Ledger {
  /** Tells one ledger from another: made once, with the ledger. */
  readonly id: string;
  /** Number of the newest entry; 0 for none. */
  readonly head: number;
  /**
   * Makes entries of the drafts, all or none, and resolves once they are durable.
   *
   * @param expectedHead the number that the newest entry must have, where the drafts were decided on what it says
   */
  append(drafts: readonly Draft[], expectedHead?: number): Promise<Appended>;
  /** The entries behind number `after`, at most `limit`, the oldest first. */
  read(after: number, limit: number): Promise<Result<readonly LedgerEntry[], LedgerFault>>;
  /** Calls back with each new entry, whoever made it, in order and once; returns how to stop. */
  watch(onEntry: (entry: LedgerEntry) => void): () => void;
  /**
   * Keeps a checkpoint in place of the one before, unless that is newer. The entries stay: they are the audit log.
   */
  saveCheckpoint(checkpoint: Checkpoint): Promise<Result<void, LedgerFault>>;
  /** The newest checkpoint; null where there is none, or none that is whole. */
  loadCheckpoint(): Promise<Result<Checkpoint | null, LedgerFault>>;
  /** Resolves once watchers have been told of everything that was appended here. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The ledger could not be written or read. */
export function unavailable(message: string): LedgerFault {
  return { kind: 'unavailable', message };
}
