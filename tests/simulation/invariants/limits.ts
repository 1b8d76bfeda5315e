/**
 * Fleet-wide limits: in any window all nodes together admit the limit and one share per further process. An orchestrator
 * that starts knows nothing of nodes that it does not hear, so each that had a say about the window may have given out the
 * limit once.
 */
import type { Chronicle } from '../chronicle.ts';
import { LIMIT_COUNT, LIMIT_WINDOW_MS, OWN_SHARE } from '../shared-limit.ts';

/** For how long nodes go by what the orchestrator said, and then a window for what was used by it. */
const SAY_MS = 5000 + LIMIT_WINDOW_MS;

export function checkLimit(chronicle: Chronicle): void {
  const { admittedMs } = chronicle;
  let first = 0;
  for (const [index, atMs] of admittedMs.entries()) {
    while (admittedMs[first]! <= atMs - LIMIT_WINDOW_MS) first += 1;
    const admitted = index - first + 1;
    const beganMs = atMs - LIMIT_WINDOW_MS;
    const orchestrators = Math.max(1, chronicle.processesBetween('orchestrator', beganMs - SAY_MS, atMs));
    const nodes = chronicle.processesBetween('node', beganMs, atMs);
    const most = LIMIT_COUNT * orchestrators + (nodes - 1) * OWN_SHARE;
    if (admitted <= most) continue;
    chronicle.violate(`${admitted} requests were admitted within a window, not ${most}`);
    return;
  }
}
