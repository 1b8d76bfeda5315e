/**
 * The lines that a node reads from its channel, one JSON object each.
 *
 *   hello standing (snapshot snapshot ... )? (entry | beat)*
 *
 * Each entry names the one before it of this node's, so that a gap is seen at once. Lines and orders of a kind that a
 * node does not know are skipped by it, which lets the orchestrator be newer.
 */
import { z } from 'zod';
import { banSet } from './entries/bans.ts';
import { order, standingOrder } from './order.ts';
import { count, shortText, wallMs } from './wire.ts';

/** What both sides have to speak alike; a node takes lines of this number and of the one before and behind it. */
export const CHANNEL_VERSION = 1;

/** Bans in one line of a snapshot. */
export const SNAPSHOT_BANS_MAX = 500;

export const helloLine = z.object({
  kind: z.literal('hello'),
  version: count,
  /** Which ledger it is: another one begins anew. */
  ledger: shortText.min(1),
  /** The number that the node goes on from, as both see it. */
  after: count,
  now_ms: wallMs,
});

/** Everything but bans that is in force for the node now; what is not among it is not in force. */
export const standingLine = z.object({
  kind: z.literal('standing'),
  orders: z.array(standingOrder.nullable().catch(null)).max(1000),
});

export const entryLine = z.object({
  kind: z.literal('entry'),
  seq: count.min(1),
  /** Number of the entry before; 0 for none. */
  prev: count,
  at_ms: wallMs,
  /** Null where the node has no word for it. */
  order: order.nullable().catch(null),
});

export const snapshotBan = banSet.omit({ kind: true }).extend({ set_at_ms: wallMs });

/** A part of all bans that are in force at `seq`; in force once the last part is there. */
export const snapshotLine = z.object({
  kind: z.literal('snapshot'),
  seq: count,
  part: count,
  last: z.boolean(),
  bans: z.array(snapshotBan).max(SNAPSHOT_BANS_MAX),
});

/** Nothing new, and the clock of the orchestrator. */
export const beatLine = z.object({ kind: z.literal('beat'), now_ms: wallMs });

export const channelLine = z.discriminatedUnion('kind', [
  helloLine,
  standingLine,
  entryLine,
  snapshotLine,
  beatLine,
]);

export type EntryLine = z.output<typeof entryLine>;
export type SnapshotLine = z.output<typeof snapshotLine>;
export type SnapshotBan = z.output<typeof snapshotBan>;
export type ChannelLine = z.output<typeof channelLine>;
