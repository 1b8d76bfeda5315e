/** Nodes that were asked for and have not come yet. Pure. */
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';

/**
 * Counts the asks since `sinceMs` that no newcomer answers. A newcomer answers the earliest ask before it, whoever
 * started it.
 *
 * @param joinedAtMs when each node of the fleet was registered first
 */
export function countAwaited(
  decisions: readonly ScalingDecision[],
  joinedAtMs: readonly number[],
  sinceMs: number,
): number {
  const asks = decisions.filter(
    (decision) =>
      decision.at_ms >= sinceMs &&
      decision.action !== 'down' &&
      !decision.dry_run &&
      decision.ended?.outcome !== 'given_up',
  );
  const newcomers = joinedAtMs.filter((atMs) => atMs >= sinceMs).sort((one, other) => one - other);
  let answered = 0;
  for (const atMs of newcomers) {
    const ask = asks[answered];
    if (ask !== undefined && ask.at_ms <= atMs) answered += 1;
  }
  return asks.length - answered;
}
