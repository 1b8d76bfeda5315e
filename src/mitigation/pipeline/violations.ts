/**
 * Counting a client's violations of limits, and banning it at the threshold.
 *
 * Exactly one worker sees the threshold reached; it enters the ban in the shared table, where all workers
 * read it at once, and tells the main thread, which keeps it on disk and has open connections closed.
 */
import type { Reason } from '../../core/reasons.ts';
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';

export function noteViolation(client: Client, reason: Reason, context: TrafficContext): void {
  const { admission, bans: policy } = context.snapshot;
  if (!policy.enabled || client.exempt) return;
  const nowMs = context.clock.nowMs();
  if (!context.clients.addViolation(client.key, nowMs, admission.client)) return;
  const durationMs = context.bans.ban(
    client.key,
    nowMs,
    policy.durationMs,
    policy.multiplier,
    policy.durationMaxMs,
  );
  if (durationMs > 0) context.observer.clientBanned(client, durationMs, reason);
}
