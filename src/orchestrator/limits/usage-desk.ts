/**
 * Where the limits of the fleet are divided over its nodes. In memory only: what an orchestrator forgets when it ends is
 * in force on the nodes, and they report it to the next one.
 */
import type { Clock } from '../../core/clock.ts';
import { Allotments } from '../../fleet/limits/allotments.ts';
import type { UsageAnswer, UsageReport } from '../../messages/usage-report.ts';
import type { OrchestratorCounters } from '../metrics.ts';

/** A node that hears nothing for so long is back at its own share. */
const LEASE_MS = 5000;
/** About 90 MB when all are in use, each for another key. */
const HOLDINGS_MAX = 100_000;

export class UsageDesk {
  readonly #clock: Clock;
  readonly #counters: OrchestratorCounters;
  readonly #allotments: Allotments;

  constructor(clock: Clock, counters: OrchestratorCounters) {
    this.#clock = clock;
    this.#counters = counters;
    this.#allotments = new Allotments({ leaseMs: LEASE_MS, holdingsMax: HOLDINGS_MAX }, clock.nowMs());
  }

  /** Keys of which nodes hold something. */
  get keys(): number {
    return this.#allotments.keys;
  }

  /** What the node may use from now on; null where it has said something newer already. */
  take(nodeId: string, report: UsageReport): UsageAnswer | null {
    const overflowsBefore = this.#allotments.overflows;
    const answer = this.#allotments.take(nodeId, report, this.#clock.nowMs());
    this.#counters.add(answer === null ? 'secbeat_usage_reports_late_total' : 'secbeat_usage_reports_total');
    this.#counters.add('secbeat_usage_overflows_total', this.#allotments.overflows - overflowsBefore);
    return answer;
  }
}
