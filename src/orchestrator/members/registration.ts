/**
 * Registration: who is it, and what becomes of what was known of it. Pure.
 *
 * An identity outlives processes. Of two processes with one identity, told apart by their epoch, the newer wins;
 * the older is refused as long as the newer is heard, so that a stepped clock cannot lock a node out for good.
 */
import type { RegistrationRequest } from '../../messages/registration-request.ts';
import type { StoredNode, TerminateOrder, Tombstone } from '../store/fleet-store.ts';
import { isEnding, judgeSilence, type ToleranceRule } from './liveness.ts';
import { NOTHING_SAID, type NodeRecord, reportOf, unheardRecord } from './node-record.ts';

/** What is known of the identity that registers. */
export interface Acquaintance {
  readonly record: NodeRecord | undefined;
  readonly tombstone: Tombstone | undefined;
}

export type RegistrationDecision =
  | { readonly kind: 'superseded'; readonly record: NodeRecord }
  | { readonly kind: 'ended' }
  /** A node that is not in the fleet; `order` still waits for the process that comes back from the grave. */
  | { readonly kind: 'joins'; readonly order: TerminateOrder | null }
  /** Another process of a node that is in the fleet, or the same one again. */
  | { readonly kind: 'returns'; readonly record: NodeRecord; readonly sameProcess: boolean }
  /** The old process ended as ordered and a new one begins; the old one is closed first. */
  | { readonly kind: 'succeeds'; readonly record: NodeRecord };

/** Decides what a registration means, at monotonic time `nowMs`. */
export function decideRegistration(
  request: Pick<RegistrationRequest, 'epoch'>,
  { record, tombstone }: Acquaintance,
  nowMs: number,
  rule: ToleranceRule,
): RegistrationDecision {
  if (record === undefined) return decideJoin(request.epoch, tombstone);
  if (isSuperseded(request.epoch, record, nowMs, rule)) return { kind: 'superseded', record };
  const sameProcess = request.epoch !== null && request.epoch === record.stored.epoch;
  if (!sameProcess && record.stored.reported === 'Terminating') return { kind: 'succeeds', record };
  return { kind: 'returns', record, sameProcess };
}

/** Whether a newer process of the same node is alive, so that this one must yield. */
export function isSuperseded(
  epoch: number | null,
  record: NodeRecord,
  nowMs: number,
  rule: ToleranceRule,
): boolean {
  const known = record.stored.epoch;
  if (epoch === null || known === null || epoch >= known || record.stored.deadAtMs !== null) return false;
  return judgeSilence(nowMs - record.lastContactMs, rule) === 'alive';
}

function decideJoin(epoch: number | null, tombstone: Tombstone | undefined): RegistrationDecision {
  const sameProcess = tombstone !== undefined && epoch !== null && tombstone.epoch === epoch;
  if (!sameProcess) return { kind: 'joins', order: null };
  // It was ordered to end and ended unheard, but lives: it is to hear the order. Having ended by itself it cannot
  // come back; this is a message that was overtaken by its last heartbeat.
  return tombstone.order === null ? { kind: 'ended' } : { kind: 'joins', order: tombstone.order };
}

export interface JoiningNode {
  readonly nodeId: string;
  readonly ordinal: number;
  readonly order: TerminateOrder | null;
  readonly nowMs: number;
  readonly wallMs: number;
}

/** The record of a node that was not in the fleet. */
export function joinedRecord(request: RegistrationRequest, joining: JoiningNode): NodeRecord {
  const { nodeId, ordinal, order, nowMs, wallMs } = joining;
  const stored: StoredNode = {
    ...claimedFacts(request),
    nodeId,
    ordinal,
    registeredAtMs: wallMs,
    lastSeenAtMs: wallMs,
    reported: 'Registered',
    intent: order === null ? 'run' : 'terminate',
    cursor: order === null ? 0 : 1,
    order,
    deadAtMs: null,
  };
  return unheardRecord(stored, nowMs);
}

/** The record of a node that was in the fleet already: what an operator decided about it stands. */
export function returnedRecord(
  request: RegistrationRequest,
  { record, sameProcess }: { readonly record: NodeRecord; readonly sameProcess: boolean },
  { nowMs, wallMs }: { readonly nowMs: number; readonly wallMs: number },
): NodeRecord {
  const stored: StoredNode = {
    ...record.stored,
    ...claimedFacts(request),
    lastSeenAtMs: wallMs,
    reported: sameProcess ? record.stored.reported : 'Registered',
    deadAtMs: null,
  };
  return {
    stored,
    lastContactMs: nowMs,
    endingSinceMs: isEnding(stored) ? (record.endingSinceMs ?? nowMs) : null,
    ...(sameProcess ? reportOf(record) : NOTHING_SAID),
    refusedEpoch: record.refusedEpoch,
  };
}

function claimedFacts(request: RegistrationRequest) {
  return {
    publicIp: request.public_ip,
    nodeType: request.config.node_type,
    group: request.config.group,
    region: request.config.region,
    tags: request.config.tags,
    weight: request.config.weight,
    capacity: request.config.capacity,
    ports: request.config.ports,
    version: request.version,
    managementUrl: request.management_url,
    epoch: request.epoch,
  };
}
