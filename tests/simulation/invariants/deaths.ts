/** Nobody is declared dead who could be heard, and nobody because the whole fleet fell silent at once. */
import { HEARTBEAT_SECONDS, TOLERANCE_MS } from '../simulated-orchestrator.ts';
import type { World } from '../world.ts';

/** The orchestrator has just declared a node dead. */
export function checkDeath({ schedule, chronicle }: World, nodeId: string): void {
  const { nowMs } = schedule;
  chronicle.count('deaths');
  const heardMs = chronicle.lastHeardMs(nodeId);
  if (heardMs === undefined) return;
  const silentMs = nowMs - heardMs;
  if (silentMs < TOLERANCE_MS) {
    chronicle.violate(`${nodeId} is declared dead, though it was heard ${Math.round(silentMs)} ms ago`);
  }
  const sinceMs = chronicle.massSilenceSinceMs;
  // Most of the fleet is late after one interval, and from then on the orchestrator waits for another tolerance.
  const patienceMs = 1000 * HEARTBEAT_SECONDS + TOLERANCE_MS;
  if (sinceMs !== null && heardMs >= sinceMs - 1000 * HEARTBEAT_SECONDS && nowMs - sinceMs < patienceMs) {
    chronicle.violate(`${nodeId} is declared dead while most of the fleet is silent`);
  }
}
