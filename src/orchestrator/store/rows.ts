/**
 * Rows of the SQLite store and what they stand for.
 *
 * A row is foreign data like any other, since files are copied, restored and edited: it is checked on the way in.
 */
import { z } from 'zod';
import { nodeCapacity, nodePorts } from '../../messages/node-config.ts';
import { INTENTS, REPORTED_STATUSES } from '../../messages/node-words.ts';
import type { StoredNode, TerminateOrder, Tombstone } from './fleet-store.ts';
import { storedOrder } from './stored-value.ts';

export type Cell = string | number | null;

const nodeRow = z.object({
  node_id: z.string(),
  ordinal: z.int(),
  public_ip: z.string(),
  node_type: z.string(),
  region: z.string().nullable(),
  tags: json(z.array(z.string())),
  version: z.string().nullable(),
  management_url: z.string().nullable(),
  epoch: z.int().nullable(),
  registered_at_ms: z.number(),
  last_seen_at_ms: z.number(),
  reported: z.enum(REPORTED_STATUSES),
  intent: z.enum(INTENTS),
  cursor: z.int(),
  terminate_order: json(storedOrder).nullable(),
  dead_at_ms: z.number().nullable(),
  node_group: z.string(),
  weight: z.int(),
  capacity: json(nodeCapacity),
  ports: json(nodePorts),
});

const tombstoneRow = z.object({
  node_id: z.string(),
  epoch: z.int().nullable(),
  closed_at_ms: z.number(),
  terminate_order: json(storedOrder).nullable(),
});

export const NODE_COLUMNS: readonly string[] = Object.keys(nodeRow.shape);
export const TOMBSTONE_COLUMNS: readonly string[] = Object.keys(tombstoneRow.shape);

/** Reads one row of `nodes`; throws what the schema finds, which the store turns into its fault. */
export function nodeFromRow(raw: unknown): StoredNode {
  const row = nodeRow.parse(raw);
  return {
    nodeId: row.node_id,
    ordinal: row.ordinal,
    publicIp: row.public_ip,
    nodeType: row.node_type,
    group: row.node_group,
    region: row.region,
    tags: row.tags,
    weight: row.weight,
    capacity: row.capacity,
    ports: row.ports,
    version: row.version,
    managementUrl: row.management_url,
    epoch: row.epoch,
    registeredAtMs: row.registered_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
    reported: row.reported,
    intent: row.intent,
    cursor: row.cursor,
    order: row.terminate_order,
    deadAtMs: row.dead_at_ms,
  };
}

/** The values of a node by column name. */
export function rowFromNode(node: StoredNode): Record<string, Cell> {
  return {
    node_id: node.nodeId,
    ordinal: node.ordinal,
    public_ip: node.publicIp,
    node_type: node.nodeType,
    region: node.region,
    tags: JSON.stringify(node.tags),
    version: node.version,
    management_url: node.managementUrl,
    epoch: node.epoch,
    registered_at_ms: Math.round(node.registeredAtMs),
    last_seen_at_ms: Math.round(node.lastSeenAtMs),
    reported: node.reported,
    intent: node.intent,
    cursor: node.cursor,
    terminate_order: orderText(node.order),
    dead_at_ms: node.deadAtMs === null ? null : Math.round(node.deadAtMs),
    node_group: node.group,
    weight: node.weight,
    capacity: JSON.stringify(node.capacity),
    ports: JSON.stringify(node.ports),
  };
}

/** Reads one row of `tombstones`; throws like `nodeFromRow`. */
export function tombstoneFromRow(raw: unknown): Tombstone {
  const row = tombstoneRow.parse(raw);
  return {
    nodeId: row.node_id,
    epoch: row.epoch,
    closedAtMs: row.closed_at_ms,
    order: row.terminate_order,
  };
}

/** The values of a tombstone by column name. */
export function rowFromTombstone(tombstone: Tombstone): Record<string, Cell> {
  return {
    node_id: tombstone.nodeId,
    epoch: tombstone.epoch,
    closed_at_ms: Math.round(tombstone.closedAtMs),
    terminate_order: orderText(tombstone.order),
  };
}

function orderText(value: TerminateOrder | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** A column that holds JSON text of the given shape. */
function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
