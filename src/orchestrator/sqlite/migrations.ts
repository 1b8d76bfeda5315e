/**
 * The schema of the SQLite store, as the steps that lead to it.
 *
 * Steps are only ever appended: a database knows how many it has taken, takes the missing ones at start, and is
 * refused when it knows more of them than this program does.
 */

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Bookkeeping of the steps themselves; the one table that exists before the first step. */
export const MIGRATION_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT`;

/** The first step has version 1. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'nodes and tombstones',
    sql: `
CREATE TABLE nodes (
  node_id TEXT PRIMARY KEY,
  ordinal INTEGER NOT NULL UNIQUE,
  public_ip TEXT NOT NULL,
  node_type TEXT NOT NULL,
  region TEXT,
  tags TEXT NOT NULL,
  version TEXT,
  management_url TEXT,
  epoch INTEGER,
  registered_at_ms INTEGER NOT NULL,
  last_seen_at_ms INTEGER NOT NULL,
  reported TEXT NOT NULL,
  intent TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  terminate_order TEXT,
  dead_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstones (
  node_id TEXT PRIMARY KEY,
  epoch INTEGER,
  closed_at_ms INTEGER NOT NULL,
  terminate_order TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL
) STRICT;`,
  },
  {
    name: 'groups of nodes',
    sql: `ALTER TABLE nodes ADD COLUMN node_group TEXT NOT NULL DEFAULT 'default'`,
  },
  {
    name: 'what nodes can carry',
    sql: `
ALTER TABLE nodes ADD COLUMN weight INTEGER NOT NULL DEFAULT 100;
ALTER TABLE nodes ADD COLUMN capacity TEXT NOT NULL DEFAULT '{}';`,
  },
  {
    name: 'where nodes listen',
    sql: `ALTER TABLE nodes ADD COLUMN ports TEXT NOT NULL DEFAULT '{}'`,
  },
];
