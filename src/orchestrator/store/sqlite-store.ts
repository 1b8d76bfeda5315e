/**
 * The fleet in one SQLite file (`node:sqlite`), owned by one process.
 *
 * Write-ahead log with full synchronisation: what a call acknowledged survives a power cut. The exclusive lock
 * keeps a second orchestrator from working on the same file. Every statement is prepared once; every call is one
 * transaction that is rolled back whole when any part of it fails.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FleetStore, StoredFleet, StoredNode, StoreFault, Tombstone } from './fleet-store.ts';
import { MIGRATION_TABLE_SQL, MIGRATIONS } from './migrations.ts';
import {
  NODE_COLUMNS,
  nodeFromRow,
  rowFromNode,
  rowFromTombstone,
  TOMBSTONE_COLUMNS,
  tombstoneFromRow,
} from './rows.ts';

export interface SqliteStoreOptions {
  /** The file; it and its folder are made where they are missing, readable by their owner only. */
  readonly path: string;
  readonly clock: Clock;
  /** How long the start waits, standing still, for a predecessor that is still ending. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 2000;

interface Statements {
  readonly selectNodes: StatementSync;
  readonly selectTombstones: StatementSync;
  readonly upsertNode: StatementSync;
  readonly deleteNode: StatementSync;
  readonly upsertTombstone: StatementSync;
  readonly deleteTombstone: StatementSync;
  readonly countProbe: StatementSync;
}

/** Opens or makes the file and brings its schema up to date. */
export function openSqliteStore(options: SqliteStoreOptions): Result<FleetStore, StoreFault> {
  const { path, clock, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  let database: DatabaseSync | null = null;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    migrate(database, clock.wallMs());
    return ok(new SqliteStore(database));
  } catch (cause) {
    database?.close();
    return fail(storeFault(path, cause));
  }
}

class SqliteStore implements FleetStore {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareStatements(database);
  }

  load(): Result<StoredFleet, StoreFault> {
    const { selectNodes, selectTombstones } = this.#statements;
    return this.#transact(() => ({
      nodes: selectNodes.all().map(nodeFromRow),
      tombstones: selectTombstones.all().map(tombstoneFromRow),
    }));
  }

  putNodes(nodes: readonly StoredNode[]): Result<void, StoreFault> {
    const { upsertNode, deleteTombstone } = this.#statements;
    return this.#transact(() => {
      for (const node of nodes) {
        deleteTombstone.run(node.nodeId);
        upsertNode.run(rowFromNode(node));
      }
    });
  }

  closeNode(tombstone: Tombstone): Result<void, StoreFault> {
    const { deleteNode, upsertTombstone } = this.#statements;
    return this.#transact(() => {
      deleteNode.run(tombstone.nodeId);
      upsertTombstone.run(rowFromTombstone(tombstone));
    });
  }

  removeNodes(nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#runEach(this.#statements.deleteNode, nodeIds);
  }

  removeTombstones(nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#runEach(this.#statements.deleteTombstone, nodeIds);
  }

  probe(): Result<void, StoreFault> {
    return this.#transact(() => {
      this.#statements.countProbe.run();
    });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #runEach(statement: StatementSync, nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#transact(() => {
      for (const nodeId of nodeIds) statement.run(nodeId);
    });
  }

  #transact<Value>(work: () => Value): Result<Value, StoreFault> {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const value = work();
      this.#database.exec('COMMIT');
      return ok(value);
    } catch (cause) {
      this.#rollBack();
      return fail(storeFault('the fleet store', cause));
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // SQLite rolled back by itself, as it does on a full disk, or never began.
    }
  }
}

function prepareStatements(database: DatabaseSync): Statements {
  return {
    selectNodes: database.prepare('SELECT * FROM nodes ORDER BY ordinal'),
    selectTombstones: database.prepare('SELECT * FROM tombstones ORDER BY closed_at_ms'),
    upsertNode: database.prepare(upsertSql('nodes', NODE_COLUMNS)),
    deleteNode: database.prepare('DELETE FROM nodes WHERE node_id = ?'),
    upsertTombstone: database.prepare(upsertSql('tombstones', TOMBSTONE_COLUMNS)),
    deleteTombstone: database.prepare('DELETE FROM tombstones WHERE node_id = ?'),
    countProbe: database.prepare(
      'INSERT INTO probe VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1',
    ),
  };
}

function upsertSql(table: string, columns: readonly string[]): string {
  const values = columns.map((column) => `$${column}`).join(', ');
  const updates = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})
    ON CONFLICT (node_id) DO UPDATE SET ${updates}`;
}

/** Takes the missing steps, all in one transaction. */
function migrate(database: DatabaseSync, nowMs: number): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec(MIGRATION_TABLE_SQL);
  const row = database.prepare('SELECT coalesce(max(version), 0) AS version FROM schema_migrations').get();
  const version = Number(row?.version ?? 0);
  if (version > MIGRATIONS.length) {
    throw new Error(`schema ${version} is newer than the ${MIGRATIONS.length} that this program knows`);
  }
  const note = database.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?)');
  for (const [index, { name, sql }] of MIGRATIONS.entries()) {
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
