/** One heartbeat applied to the record of its node. Pure. */
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import { isEnding } from './liveness.ts';
import type { NodeRecord } from './node-record.ts';

/**
 * The record after a heartbeat that was accepted. Arrival is a sign of life in any case; what the beat says
 * counts only if no later one of the same process was heard before.
 */
export function beatenRecord(
  record: NodeRecord,
  beat: HeartbeatRequest,
  { nowMs, wallMs }: { readonly nowMs: number; readonly wallMs: number },
): NodeRecord {
  const alive = { ...record, lastContactMs: nowMs };
  const seen = { ...record.stored, lastSeenAtMs: wallMs, deadAtMs: null };
  if (isOvertaken(record, beat)) return { ...alive, stored: seen };
  const stored = { ...seen, reported: beat.status, epoch: beat.epoch ?? seen.epoch };
  return {
    ...alive,
    stored,
    endingSinceMs: isEnding(stored) ? (record.endingSinceMs ?? nowMs) : null,
    metrics: beat.metrics,
    sequence: beat.sequence,
    appliedRevision: beat.applied_revision,
    refusedPolicy: beat.refused_policy,
    ledgerSeq: beat.ledger_seq,
  };
}

/** Whether the node says with this beat that it is gone. */
export function isLastBeat(beat: HeartbeatRequest): boolean {
  return beat.status === 'Terminating' && beat.final !== false;
}

/** Sequences compare within one process only; a node that does not tell its epoch may have started anew. */
function isOvertaken({ stored, sequence }: NodeRecord, beat: HeartbeatRequest): boolean {
  if (beat.epoch === null || beat.epoch !== stored.epoch) return false;
  return sequence !== null && beat.sequence !== null && beat.sequence <= sequence;
}
