/**
 * One look over the whole fleet: who is suspect, whether anybody may be declared dead, whose planned end is complete. Pure.
 */
import { isEnding, judgeSilence, type ToleranceRule, toleranceMs } from './liveness.ts';
import { mayDeclareDead, type SilenceWatch, watchSilence } from './mass-silence.ts';
import type { NodeRecord } from './node-record.ts';

/** What an ending node gets where nobody named a grace period, in seconds. */
const DEFAULT_GRACE_SECONDS = 60;

export interface Sweep {
  readonly watch: SilenceWatch;
  /** Nobody may be declared dead now. */
  readonly held: boolean;
  /** Silent for so long that they should be asked, or are beyond the tolerance. */
  readonly suspects: readonly Suspect[];
  /** Ending, and silent beyond grace and tolerance: gone as planned. */
  readonly closed: readonly NodeRecord[];
}

export interface Suspect {
  readonly record: NodeRecord;
  readonly beyondTolerance: boolean;
}

export interface SweepMoment {
  readonly nowMs: number;
  readonly rule: ToleranceRule;
  /** The look comes much later than it should. */
  readonly stalled: boolean;
}

/** Looks at every record once. */
export function sweepFleet(
  records: Iterable<NodeRecord>,
  watch: SilenceWatch,
  { nowMs, rule, stalled }: SweepMoment,
): Sweep {
  const suspects: Suspect[] = [];
  const closed: NodeRecord[] = [];
  let fleetCount = 0;
  let lateCount = 0;
  let silentCount = 0;
  for (const record of records) {
    if (isEnding(record.stored)) {
      if (hasEnded(record, nowMs, rule)) closed.push(record);
    } else if (record.stored.deadAtMs === null) {
      fleetCount += 1;
      const silence = judgeSilence(nowMs - record.lastContactMs, rule);
      if (silence !== 'alive') lateCount += 1;
      if (silence === 'silent') silentCount += 1;
      if (silence === 'silent' || silence === 'suspect') {
        suspects.push({ record, beyondTolerance: silence === 'silent' });
      }
    }
  }
  const reading = { nowMs, toleranceMs: toleranceMs(rule), stalled, fleetCount, lateCount };
  const next = watchSilence(watch, { ...reading, silentCount });
  const held = !mayDeclareDead(next, nowMs);
  return { watch: next, held, suspects, closed: held ? [] : closed };
}

/** Whether an ending node has been silent beyond its grace and the tolerance, counted from the order at the earliest. */
function hasEnded(record: NodeRecord, nowMs: number, rule: ToleranceRule): boolean {
  const graceMs = 1000 * (record.stored.order?.graceSeconds ?? DEFAULT_GRACE_SECONDS);
  const fromMs = Math.max(record.lastContactMs, record.endingSinceMs ?? nowMs);
  return nowMs - fromMs > graceMs + toleranceMs(rule);
}
