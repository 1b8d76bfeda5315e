/**
 * A SQLite file (`node:sqlite`) that one process owns.
 *
 * Write-ahead log with full synchronisation: what a call acknowledged survives a power cut. The exclusive lock keeps a
 * second process from working on the same file. Every piece of work is one transaction that is rolled back whole when any
 * part of it fails.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { StoreFault } from '../store/fleet-store.ts';
import { MIGRATION_TABLE_SQL, type Migration } from './migrations.ts';

export interface SqliteFileOptions {
  /** The file; it and its folder are made where they are missing, readable by their owner only. */
  readonly path: string;
  readonly clock: Clock;
  /** How long the start waits, standing still, for a predecessor that is still ending. */
  readonly busyTimeoutMs?: number;
}

/** As a path: nothing is kept. */
export const MEMORY = ':memory:';

const BUSY_TIMEOUT_MS = 2000;

export class SqliteFile {
  readonly database: DatabaseSync;
  readonly #subject: string;

  private constructor(database: DatabaseSync, subject: string) {
    this.database = database;
    this.#subject = subject;
  }

  /**
   * Opens or makes the file and brings its schema up to date.
   *
   * @param subject what it is to people, as in "the fleet store"
   */
  static open(
    options: SqliteFileOptions,
    subject: string,
    migrations: readonly Migration[],
  ): Result<SqliteFile, StoreFault> {
    const { path, clock, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
    let database: DatabaseSync | null = null;
    try {
      if (path !== MEMORY) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        closeSync(openSync(path, 'a', 0o600));
      }
      database = new DatabaseSync(path);
      database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
      migrate(database, migrations, clock.wallMs());
      return ok(new SqliteFile(database, subject));
    } catch (cause) {
      database?.close();
      return fail(storeFault(path, cause));
    }
  }

  /** Does `work` as a whole or not at all. */
  transact<Value>(work: () => Value): Result<Value, StoreFault> {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const value = work();
      this.database.exec('COMMIT');
      return ok(value);
    } catch (cause) {
      this.#rollBack();
      return fail(storeFault(this.#subject, cause));
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  #rollBack(): void {
    try {
      this.database.exec('ROLLBACK');
    } catch {
      // SQLite rolled back by itself, as it does on a full disk, or never began.
    }
  }
}

/** Takes the missing steps, all in one transaction. */
function migrate(database: DatabaseSync, migrations: readonly Migration[], nowMs: number): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec(MIGRATION_TABLE_SQL);
  const row = database.prepare('SELECT coalesce(max(version), 0) AS version FROM schema_migrations').get();
  const version = Number(row?.version ?? 0);
  if (version > migrations.length) {
    throw new Error(`schema ${version} is newer than the ${migrations.length} that this program knows`);
  }
  const note = database.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?)');
  for (const [index, { name, sql }] of migrations.entries()) {
    if (index < version) continue;
    database.exec(sql);
    note.run(index + 1, name, Math.round(nowMs));
  }
  database.exec('COMMIT');
}

function storeFault(subject: string, cause: unknown): StoreFault {
  const text = messageOf(cause);
  const hint = text.includes('locked') ? ' (another orchestrator uses it)' : '';
  return { message: `${subject}: ${text}${hint}` };
}
