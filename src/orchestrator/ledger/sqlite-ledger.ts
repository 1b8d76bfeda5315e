/**
 * The ledger in one SQLite file, for one orchestrator.
 *
 * Appends that come in the same turn are written in one transaction: the disk is waited for once, however many nodes
 * report at once. None of them is told of its success before that.
 */
import { randomUUID } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type LedgerEntry, ledgerEntry } from '../../messages/ledger-entry.ts';
import type { Migration } from '../sqlite/migrations.ts';
import { SqliteFile, type SqliteFileOptions } from '../sqlite/sqlite-file.ts';
import type { StoreFault } from '../store/fleet-store.ts';
import { numberAppends, refuseAppends, type WaitingAppend } from './append-queue.ts';
import {
  type Appended,
  type Checkpoint,
  type Draft,
  type Ledger,
  type LedgerFault,
  unavailable,
} from './ledger.ts';

const MIGRATIONS: readonly Migration[] = [
  {
    name: 'entries',
    sql: `
CREATE TABLE ledger (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id TEXT NOT NULL
) STRICT;
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  by_kind TEXT NOT NULL,
  by_id TEXT NOT NULL,
  body TEXT NOT NULL,
  before_body TEXT
) STRICT;
CREATE TRIGGER entries_stand BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'entries are never taken out'); END;`,
  },
  {
    name: 'a checkpoint',
    sql: `
CREATE TABLE checkpoint (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  seq INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;`,
  },
];

/** Appends that may wait for the disk; more are refused. */
const WAITING_MAX = 10_000;

/** Opens or makes the ledger. */
export function openSqliteLedger(options: SqliteFileOptions): Result<Ledger, StoreFault> {
  const file = SqliteFile.open(options, 'the ledger', MIGRATIONS);
  if (!file.ok) return file;
  const started = file.value.transact(() => {
    const { database } = file.value;
    database.prepare('INSERT INTO ledger VALUES (1, ?) ON CONFLICT DO NOTHING').run(randomUUID());
    const id = String(database.prepare('SELECT id FROM ledger').get()?.id);
    const head = Number(database.prepare('SELECT coalesce(max(seq), 0) AS head FROM entries').get()?.head);
    return new SqliteLedger(file.value, options.clock, id, head);
  });
  if (!started.ok) file.value.close();
  return started;
}

class SqliteLedger implements Ledger {
  readonly id: string;
  readonly #file: SqliteFile;
  readonly #clock: Clock;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #watchers = new Set<(entry: LedgerEntry) => void>();
  #waiting: WaitingAppend[] = [];
  #head: number;
  #closed = false;

  constructor(file: SqliteFile, clock: Clock, id: string, head: number) {
    this.#file = file;
    this.#clock = clock;
    this.id = id;
    this.#head = head;
    this.#insert = file.database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)');
    this.#select = file.database.prepare('SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ?');
  }

  get head(): number {
    return this.#head;
  }

  append(drafts: readonly Draft[], expectedHead?: number): Promise<Appended> {
    if (this.#closed || this.#waiting.length >= WAITING_MAX) {
      const message = this.#closed ? 'the ledger is closed' : 'too many decisions wait for the disk';
      return Promise.resolve(fail(unavailable(message)));
    }
    const { promise, resolve } = Promise.withResolvers<Appended>();
    this.#waiting.push({ drafts, expectedHead, resolve });
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    return promise;
  }

  read(after: number, limit: number): Promise<Appended> {
    const rows = this.#file.transact(() => this.#select.all(after, limit).map(entryFromRow));
    return Promise.resolve(rows.ok ? rows : fail(unavailable(rows.fault.message)));
  }

  watch(onEntry: (entry: LedgerEntry) => void): () => void {
    this.#watchers.add(onEntry);
    return () => this.#watchers.delete(onEntry);
  }

  saveCheckpoint({ seq, state }: Checkpoint): Promise<Result<void, LedgerFault>> {
    const saved = this.#file.transact(() => {
      const upsert = `INSERT INTO checkpoint VALUES (1, ?, ?)
        ON CONFLICT DO UPDATE SET seq = excluded.seq, state = excluded.state WHERE excluded.seq >= seq`;
      this.#file.database.prepare(upsert).run(seq, state);
    });
    return Promise.resolve(saved.ok ? saved : fail(unavailable(saved.fault.message)));
  }

  loadCheckpoint(): Promise<Result<Checkpoint | null, LedgerFault>> {
    const row = this.#file.transact(() =>
      this.#file.database.prepare('SELECT seq, state FROM checkpoint').get(),
    );
    if (!row.ok) return Promise.resolve(fail(unavailable(row.fault.message)));
    const found = row.value;
    return Promise.resolve(
      ok(found === undefined ? null : { seq: Number(found.seq), state: String(found.state) }),
    );
  }

  settled(): Promise<void> {
    this.#flush();
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#flush();
    this.#closed = true;
    this.#file.close();
    return Promise.resolve();
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    const atMs = Math.round(this.#clock.wallMs());
    const { entries: added, settle } = numberAppends(waiting, this.#head, atMs);
    const written = this.#file.transact(() => {
      for (const { seq, at_ms, by, before, body } of added) {
        const beforeText = before === null ? null : JSON.stringify(before);
        this.#insert.run(seq, at_ms, by.kind, by.id, JSON.stringify(body), beforeText);
      }
    });
    if (!written.ok) {
      refuseAppends(waiting, unavailable(written.fault.message));
      return;
    }
    this.#head += added.length;
    settle();
    for (const entry of added) for (const watcher of this.#watchers) watcher(entry);
  }
}

function entryFromRow(row: Record<string, unknown>): LedgerEntry {
  const { seq, at_ms, by_kind: kind, by_id: id, body, before_body: before } = row;
  return ledgerEntry.parse({
    ...{ seq, at_ms, by: { kind, id } },
    before: before === null ? null : JSON.parse(String(before)),
    body: JSON.parse(String(body)),
  });
}
