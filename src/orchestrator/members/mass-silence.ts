/**
 * Mass silence: whether the fleet or the orchestrator itself is the likelier cause of what is not heard.
 *
 * When over half the fleet, and at least three nodes, are silent at once, or when the orchestrator itself stood
 * still, the own side is suspected: for one more tolerance nobody is declared dead. If the silence lasts, it is
 * believed. If it ends meanwhile, those who are still silent get one more tolerance from then on, because nodes
 * reconnect at random moments. A silence that flaps cannot extend this beyond `EXTENSIONS_MAX` tolerances.
 */

export interface SilenceWatch {
  /** Most of the fleet was silent at the last look. */
  readonly massive: boolean;
  /** When the present series of mass silences began; null in quiet times. */
  readonly sinceMs: number | null;
  /** Nobody is declared dead up to this moment. */
  readonly holdUntilMs: number;
}

export interface SilenceReading {
  readonly nowMs: number;
  readonly toleranceMs: number;
  /** The orchestrator looked much later than it meant to, so it may not have read what had arrived. */
  readonly stalled: boolean;
  /** Nodes that are neither dead nor ending. */
  readonly fleetCount: number;
  /** Of those, the ones that missed an interval or more. */
  readonly lateCount: number;
  /** Of those, the ones beyond the tolerance. */
  readonly silentCount: number;
}

const MASS_COUNT_MIN = 3;
const EXTENSIONS_MAX = 3;

/** The watch of an orchestrator that has just begun. */
export const QUIET_WATCH: SilenceWatch = {
  massive: false,
  sinceMs: null,
  holdUntilMs: Number.NEGATIVE_INFINITY,
};

/** Takes one look at the fleet. Nodes may be declared dead if `mayDeclareDead` says so about the result. */
export function watchSilence(watch: SilenceWatch, reading: SilenceReading): SilenceWatch {
  const { nowMs } = reading;
  const massive = isMassive(reading);
  const calm = !massive && !watch.massive && nowMs > watch.holdUntilMs;
  const sinceMs = calm ? null : (watch.sinceMs ?? (massive ? nowMs : null));
  const next = { massive, sinceMs, holdUntilMs: watch.holdUntilMs };
  if (reading.stalled) return { ...next, holdUntilMs: nowMs + reading.toleranceMs };
  const began = massive && !watch.massive;
  const endedInTime = !massive && watch.massive && nowMs <= watch.holdUntilMs;
  if (!began && !endedInTime) return next;
  const latestMs = (sinceMs ?? nowMs) + EXTENSIONS_MAX * reading.toleranceMs;
  const holdUntilMs = Math.max(watch.holdUntilMs, Math.min(nowMs + reading.toleranceMs, latestMs));
  return { ...next, holdUntilMs };
}

/** Whether silence beyond the tolerance counts as death now. */
export function mayDeclareDead(watch: SilenceWatch, nowMs: number): boolean {
  return nowMs > watch.holdUntilMs;
}

function isMassive({ fleetCount, lateCount, silentCount }: SilenceReading): boolean {
  return silentCount > 0 && lateCount >= MASS_COUNT_MIN && lateCount * 2 > fleetCount;
}
