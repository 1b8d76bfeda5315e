/** The fleet in one SQLite file; every statement is prepared once, every call is one transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ok, type Result } from '../../core/result.ts';
import { MIGRATIONS } from '../sqlite/migrations.ts';
import { SqliteFile, type SqliteFileOptions } from '../sqlite/sqlite-file.ts';
import type { FleetStore, StoredFleet, StoredNode, StoreFault, Tombstone } from './fleet-store.ts';
import {
  NODE_COLUMNS,
  nodeFromRow,
  rowFromNode,
  rowFromTombstone,
  TOMBSTONE_COLUMNS,
  tombstoneFromRow,
} from './rows.ts';

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
export function openSqliteStore(options: SqliteFileOptions): Result<FleetStore, StoreFault> {
  const file = SqliteFile.open(options, 'the fleet store', MIGRATIONS);
  return file.ok ? ok(new SqliteStore(file.value)) : file;
}

class SqliteStore implements FleetStore {
  readonly shared = false;
  readonly #file: SqliteFile;
  readonly #statements: Statements;

  constructor(file: SqliteFile) {
    this.#file = file;
    this.#statements = prepareStatements(file.database);
  }

  load(): Result<StoredFleet, StoreFault> {
    const { selectNodes, selectTombstones } = this.#statements;
    return this.#file.transact(() => ({
      nodes: selectNodes.all().map(nodeFromRow),
      tombstones: selectTombstones.all().map(tombstoneFromRow),
    }));
  }

  putNodes(nodes: readonly StoredNode[]): Result<void, StoreFault> {
    const { upsertNode, deleteTombstone } = this.#statements;
    return this.#file.transact(() => {
      for (const node of nodes) {
        deleteTombstone.run(node.nodeId);
        upsertNode.run(rowFromNode(node));
      }
    });
  }

  closeNode(tombstone: Tombstone): Result<void, StoreFault> {
    const { deleteNode, upsertTombstone } = this.#statements;
    return this.#file.transact(() => {
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
    return this.#file.transact(() => {
      this.#statements.countProbe.run();
    });
  }

  saved(): Promise<Result<void, StoreFault>> {
    return Promise.resolve(ok(undefined));
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    this.#file.close();
  }

  #runEach(statement: StatementSync, nodeIds: readonly string[]): Result<void, StoreFault> {
    return this.#file.transact(() => {
      for (const nodeId of nodeIds) statement.run(nodeId);
    });
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
