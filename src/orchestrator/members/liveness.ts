/**
 * Liveness: what silence means, and what is published about a node.
 *
 * Three facts are kept apart and never overwrite each other: what the node reports, what an operator intends,
 * what the orchestrator observes. The published status is computed from them, so a heartbeat cannot undo an
 * operator's decision and a dead node comes back with its next sign of life. Pure; time is an argument.
 */
import type { Intent, Liveness, NodeStatus, ReportedStatus } from '../../messages/node-words.ts';

/** How much silence is tolerated. All sides agree on it: the node learns interval and count when it registers. */
export interface ToleranceRule {
  readonly intervalMs: number;
  /** How long one heartbeat may be under way. */
  readonly timeoutMs: number;
  readonly maxMissed: number;
}

/** What silence alone says; `suspect` is beyond all intervals that may be missed, `silent` beyond the tolerance. */
export type Silence = 'alive' | 'late' | 'suspect' | 'silent';

export interface StatusFacts {
  readonly reported: ReportedStatus;
  readonly intent: Intent;
  readonly liveness: Liveness;
}

/** The longest silence, in milliseconds, that does not make a node dead. */
export function toleranceMs(rule: ToleranceRule): number {
  return rule.maxMissed * rule.intervalMs + rule.timeoutMs;
}

/**
 * Judges the time since the last sign of life. A node is late after one missed interval, without consequence. While the
 * last heartbeat that may be missed can still be under way it is suspect, which is the time to ask it directly.
 */
export function judgeSilence(silenceMs: number, rule: ToleranceRule): Silence {
  if (silenceMs > toleranceMs(rule)) return 'silent';
  if (silenceMs > rule.maxMissed * rule.intervalMs) return 'suspect';
  return silenceMs > rule.intervalMs ? 'late' : 'alive';
}

/** The status that the orchestrator publishes. */
export function publishedStatus({ reported, intent, liveness }: StatusFacts): NodeStatus {
  if (liveness === 'dead') return 'Dead';
  if (intent === 'terminate' || reported === 'Terminating') return 'Terminating';
  if (intent === 'drain' || reported === 'Draining') return 'Draining';
  return reported;
}

/** What is observed of a node; `declaredDead` is the orchestrator's own, remembered verdict. */
export function observe(silenceMs: number, declaredDead: boolean, rule: ToleranceRule): Liveness {
  if (declaredDead) return 'dead';
  const silence = judgeSilence(silenceMs, rule);
  return silence === 'silent' ? 'suspect' : silence;
}

/** Whether the node is on its planned way out: it ends in a graceful close, never as dead. */
export function isEnding({ reported, intent }: Omit<StatusFacts, 'liveness'>): boolean {
  return intent === 'terminate' || reported === 'Terminating';
}
