/** The regular look over the fleet: declares the dead, completes planned ends, has the rest written. */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Fleet } from './fleet.ts';
import type { ToleranceRule } from './liveness.ts';
import { QUIET_WATCH, type SilenceWatch } from './mass-silence.ts';
import type { OrchestratorCounters } from './metrics.ts';
import type { NodeRecord } from './node-record.ts';
import { sweepFleet } from './sweep.ts';

export interface SweeperDeps {
  readonly fleet: Fleet;
  readonly rule: ToleranceRule;
  /** Meant pause between two sweeps. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
  /** Told when a node is gone. */
  readonly onClosed: (nodeId: string) => void;
}

export class FleetSweeper {
  readonly #deps: SweeperDeps;
  #watch: SilenceWatch = QUIET_WATCH;
  #sweptAtMs: number;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.#sweptAtMs = deps.clock.nowMs();
  }

  /** Whether most of the fleet was silent at the last look. */
  get massSilence(): boolean {
    return this.#watch.massive;
  }

  /** Takes one look; to be called at the meant pause. */
  sweep(): void {
    const { fleet, rule, intervalMs, clock, onClosed } = this.#deps;
    const nowMs = clock.nowMs();
    const stalled = nowMs - this.#sweptAtMs > intervalMs + rule.timeoutMs;
    this.#sweptAtMs = nowMs;
    const { watch, dead, closed } = sweepFleet(fleet.records(), this.#watch, { nowMs, rule, stalled });
    this.#report(watch, stalled);
    this.#watch = watch;
    for (const record of dead) this.#declareDead(record, nowMs);
    for (const record of closed) {
      if (fleet.close(record).ok) onClosed(record.stored.nodeId);
    }
    fleet.forgetOld();
    fleet.flush();
  }

  #report(watch: SilenceWatch, stalled: boolean): void {
    const { fleet, logger, counters } = this.#deps;
    if (stalled) logger.warn('The orchestrator stood still, so nobody is declared dead for now');
    if (watch.massive && !this.#watch.massive) {
      counters.add('secbeat_mass_silences_total');
      logger.warn('Most of the fleet is silent at once, so nobody is declared dead for now', {
        nodes: fleet.size,
      });
    }
  }

  #declareDead(record: NodeRecord, nowMs: number): void {
    const { fleet, rule, clock, logger, counters } = this.#deps;
    fleet.note({ ...record, stored: { ...record.stored, deadAtMs: clock.wallMs() } });
    counters.add('orchestrator_nodes_marked_dead_total');
    counters.add('orchestrator_unexpected_node_failures_total');
    logger.warn('Node declared dead', {
      failed_node: record.stored.nodeId,
      time_since_heartbeat: Math.round((nowMs - record.lastContactMs) / 1000),
      max_missed: rule.maxMissed,
    });
  }
}
