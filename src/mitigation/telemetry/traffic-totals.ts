/** From the summed cells to the totals that the management API and the heartbeat report. */
import { REASON_NAMES, REASONS, type Reason } from '../../core/reasons.ts';
import type { TrafficTotals } from '../node-control.ts';
import { latencyQuantile } from './latency-buckets.ts';
import { histogramCells } from './metric-families.ts';
import { CONNECTION_REASONS, VERDICT_SERIES } from './traffic-labels.ts';
import { cellOf, type TrafficLayout } from './traffic-layout.ts';

/**
 * Reasons that stand for an attack or a client that takes more than its share. A failed handshake, a
 * shutdown or a node out of room is not the client's doing, and the WAF's blocks are counted apart.
 */
export const DDOS_REASONS: readonly Reason[] = [
  'manual_blacklist',
  'banned',
  'global_limit',
  'connection_limit',
  'connection_rate',
  'handshake_limit',
  'forbidden_client',
  'rate_limit',
];

/** `sums` as `sumRegions` returns them for this layout; latencies are estimates over all requests so far. */
export function trafficTotals(layout: TrafficLayout, sums: ArrayLike<number>): TrafficTotals {
  const byReason = refusalsByReason(layout, sums);
  const { spans } = layout;
  const latencies = histogramCells(sums, spans.secbeat_request_duration_seconds.offset);
  return {
    connectionsActive: Math.max(0, sums[spans.secbeat_connections_active.offset] ?? 0),
    connectionsTotal: sums[spans.secbeat_connections_total.offset] ?? 0,
    requestsTotal: countRequests(layout, sums, () => true),
    requestsProxied: sums[cellOf(layout, 'secbeat_verdicts_total', ['pass', 'none'])] ?? 0,
    ddosBlocks: DDOS_REASONS.reduce((total, reason) => total + (byReason[reason] ?? 0), 0),
    wafBlocks: byReason.waf ?? 0,
    serverErrors: countRequests(layout, sums, (status) => status.startsWith('5')),
    blocksByReason: byReason,
    latencyMs: { p50: latencyQuantile(latencies, 0.5) * 1000, p99: latencyQuantile(latencies, 0.99) * 1000 },
  };
}

/** Requests that ended with a status of this label. */
export function countRequests(
  { spans }: TrafficLayout,
  sums: ArrayLike<number>,
  accept: (status: string) => boolean,
): number {
  const { offset, series } = spans.secbeat_requests_total;
  let total = 0;
  for (const [place, [, status = '']] of series.entries()) {
    if (accept(status)) total += sums[offset + place] ?? 0;
  }
  return total;
}

/** What the node itself refused; reasons that never occurred and failures of origins are left out. */
function refusalsByReason(layout: TrafficLayout, sums: ArrayLike<number>): Partial<Record<Reason, number>> {
  const connections = layout.spans.secbeat_connections_refused_total.offset;
  const requests = layout.spans.secbeat_verdicts_total.offset;
  const requestReasons = VERDICT_SERIES.map(([, reason]) => reason);
  const byReason: Partial<Record<Reason, number>> = {};
  for (const reason of REASON_NAMES) {
    if (REASONS[reason].kind === 'upstream') continue;
    const cell =
      REASONS[reason].kind === 'connection'
        ? connections + CONNECTION_REASONS.indexOf(reason)
        : requests + requestReasons.indexOf(reason);
    const count = sums[cell] ?? 0;
    if (count > 0) byReason[reason] = count;
  }
  return byReason;
}
