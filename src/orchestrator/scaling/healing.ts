/**
 * Which failed nodes are replaced: one decision for each failure, so many an hour at most. Pure.
 *
 * Failures beyond the cap are left open and come up again when there is room, for as long as they are news. Most of a
 * fleet that fails at once is more likely a fault in the orchestrator's sight than in the nodes; the cap bounds what
 * even that costs. While not one of several nodes is heard, it is certain that nothing is known, and none is replaced.
 */

export interface FailedNode {
  readonly id: string;
  readonly publicIp: string;
  /** When it was declared dead, by the wall clock. */
  readonly deadAtMs: number;
}

export interface HealingView {
  readonly nowMs: number;
  /** Nodes that are declared dead now. */
  readonly failed: readonly FailedNode[];
  readonly decided: { has(key: string): boolean };
  /** Replacements that were decided within the last hour. */
  readonly healsOfHour: number;
  /** Nodes that may still be asked for before the fleet is as large as it may get. */
  readonly room: number;
  /** Nodes that are heard now. */
  readonly heard: number;
  /** There is reason to doubt what is seen. */
  readonly doubtful: boolean;
}

export const HOUR_MS = 3_600_000;

/** Names the one decision that a failure gives. */
export function healKey({ id, deadAtMs }: Pick<FailedNode, 'id' | 'deadAtMs'>): string {
  return `heal-${id}-${deadAtMs.toString(36)}`;
}

/** The failures to decide on now, the earliest first, and how many more the cap leaves open. */
export function decideHeals(
  { nowMs, failed, decided, healsOfHour, room, heard, doubtful }: HealingView,
  healsPerHourMax: number,
): { readonly heals: readonly FailedNode[]; readonly leftOpen: number } {
  if (doubtful) return { heals: [], leftOpen: 0 };
  const open = failed
    .filter((node) => nowMs - node.deadAtMs <= HOUR_MS && !decided.has(healKey(node)))
    .sort((one, other) => one.deadAtMs - other.deadAtMs);
  if (heard === 0 && failed.length > 1) return { heals: [], leftOpen: open.length };
  const count = Math.max(0, Math.min(open.length, healsPerHourMax - healsOfHour, room));
  return { heals: open.slice(0, count), leftOpen: open.length - count };
}
