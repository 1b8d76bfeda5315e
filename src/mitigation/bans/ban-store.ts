/**
 * Bans on disk, so that a restart neither lifts one nor forgets how often a client came back.
 *
 * SQLite with write-ahead log. Changes are gathered for a moment and written in one transaction: a flood
 * that bans thousands of clients costs a few writes a second. A disk that fails costs persistence, never
 * the ban itself: what could not be written stays queued and is tried again.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { BAN_SOURCES, type BanSource } from '../telemetry/traffic-labels.ts';

/** One row: a ban in force, or the memory of one that ended. */
export interface StoredBan {
  /** Canonical address or prefix. */
  readonly target: string;
  readonly reason: string;
  readonly source: BanSource;
  /** Milliseconds since 1970. */
  readonly bannedAtMs: number;
  readonly expiresAtMs: number;
  readonly repeats: number;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS bans (
    target TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    banned_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    repeats INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;

const FLUSH_DELAY_MS = 50;
const RETRY_DELAY_MS = 2000;

export class BanStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #onFault: (message: string) => void;
  /** What is to be written; null deletes. Bounded by the bans there can be and those just ended. */
  readonly #pending = new Map<string, StoredBan | null>();
  #timer: NodeJS.Timeout | null = null;

  private constructor(database: DatabaseSync, onFault: (message: string) => void) {
    this.#database = database;
    this.#onFault = onFault;
    this.#insert = database.prepare('INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM bans WHERE target = ?');
  }

  /** Opens or makes the file. `onFault` hears of writes that failed and will be tried again. */
  static open(path: string, onFault: (message: string) => void): Result<BanStore, string> {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // Made before SQLite would make it for everybody to read.
      closeSync(openSync(path, 'a', 0o600));
      const database = new DatabaseSync(path);
      database.exec(SCHEMA);
      return ok(new BanStore(database, onFault));
    } catch (error) {
      return fail(`The bans in ${path} cannot be opened: ${messageOf(error)}`);
    }
  }

  all(): readonly StoredBan[] {
    return this.#database
      .prepare('SELECT target, reason, source, banned_at_ms, expires_at_ms, repeats FROM bans')
      .all()
      .map(readRow);
  }

  put(ban: StoredBan): void {
    this.#queue(ban.target, ban);
  }

  remove(target: string): void {
    this.#queue(target, null);
  }

  /** Writes what is pending and closes the file. */
  close(): void {
    this.#flush();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#database.close();
  }

  #queue(target: string, ban: StoredBan | null): void {
    this.#pending.set(target, ban);
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_DELAY_MS);
  }

  #flush(): void {
    this.#timer = null;
    if (this.#pending.size === 0) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const [target, ban] of this.#pending) this.#write(target, ban);
      this.#database.exec('COMMIT');
      this.#pending.clear();
    } catch (error) {
      this.#rollback();
      this.#onFault(messageOf(error));
      this.#timer = setTimeout(() => this.#flush(), RETRY_DELAY_MS);
    }
  }

  #write(target: string, ban: StoredBan | null): void {
    if (ban === null) this.#delete.run(target);
    else this.#insert.run(target, ban.reason, ban.source, ban.bannedAtMs, ban.expiresAtMs, ban.repeats);
  }

  #rollback(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // The failed statement has ended the transaction already.
    }
  }
}

function readRow(row: Record<string, unknown>): StoredBan {
  return {
    target: String(row.target),
    reason: String(row.reason),
    source: BAN_SOURCES.find((source) => source === row.source) ?? 'automatic',
    bannedAtMs: Number(row.banned_at_ms),
    expiresAtMs: Number(row.expires_at_ms),
    repeats: Number(row.repeats),
  };
}
