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
  // Nobody is late before the silence begins; once most of the fleet is, the orchestrator waits for another tolerance.
  const wasOnTime = sinceMs !== null && heardMs >= sinceMs - 1000 * HEARTBEAT_SECONDS;
  if (wasOnTime && nowMs - sinceMs < TOLERANCE_MS) {
    chronicle.violate(`${nodeId} is declared dead while most of the fleet is silent`);
  }
}
