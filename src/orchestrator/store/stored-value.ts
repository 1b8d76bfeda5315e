/** What lies under the id of a node in a shared store, as text. It is foreign data like any other. */
import { z } from 'zod';
import { fail, ok, type Result } from '../../core/result.ts';
import { refusedPolicy } from '../../messages/heartbeat-request.ts';
import { nodeCapacity, nodePorts } from '../../messages/node-config.ts';
import { nodeMetrics } from '../../messages/node-metrics.ts';
import { INTENTS, REPORTED_STATUSES } from '../../messages/node-words.ts';
import type { NodeReport, StoredNode, StoredValue, TerminateOrder, Tombstone } from './fleet-store.ts';

export const storedOrder: z.ZodType<TerminateOrder> = z.object({
  commandId: z.string(),
  reason: z.string(),
  graceSeconds: z.number().nullable(),
  orderedAtMs: z.number(),
});

const node: z.ZodType<StoredNode> = z.object({
  nodeId: z.string(),
  ordinal: z.int(),
  publicIp: z.string(),
  nodeType: z.string(),
  group: z.string(),
  region: z.string().nullable(),
  tags: z.array(z.string()),
  weight: z.int(),
  capacity: nodeCapacity,
  ports: nodePorts,
  version: z.string().nullable(),
  managementUrl: z.string().nullable(),
  epoch: z.int().nullable(),
  registeredAtMs: z.number(),
  lastSeenAtMs: z.number(),
  reported: z.enum(REPORTED_STATUSES),
  intent: z.enum(INTENTS),
  cursor: z.int(),
  order: storedOrder.nullable(),
  deadAtMs: z.number().nullable(),
});

const report: z.ZodType<NodeReport> = z.object({
  metrics: nodeMetrics.nullable(),
  sequence: z.int().nullable(),
  appliedRevision: z.int().nullable(),
  refusedPolicy: refusedPolicy.nullable(),
  ledgerSeq: z.int().nullable(),
});

const tombstone: z.ZodType<Tombstone> = z.object({
  nodeId: z.string(),
  epoch: z.int().nullable(),
  closedAtMs: z.number(),
  order: storedOrder.nullable(),
});

const storedValue: z.ZodType<StoredValue> = z.union([
  z.object({ kind: z.literal('node'), node, report }),
  z.object({ kind: z.literal('tombstone'), tombstone }),
]);

export function parseStoredValue(text: string): Result<StoredValue, string> {
  try {
    const value = storedValue.safeParse(JSON.parse(text));
    return value.success ? ok(value.data) : fail(z.prettifyError(value.error));
  } catch {
    return fail('is not JSON');
  }
}
