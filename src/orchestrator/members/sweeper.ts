/** The regular look over the fleet: has suspects asked, declares the dead, completes planned ends, has the rest written. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { Fleet } from './fleet.ts';
import { answered, ask, judgeSuspect, type Question } from './last-question.ts';
import { type ToleranceRule, toleranceMs } from './liveness.ts';
import { mayDeclareDead, QUIET_WATCH, type SilenceWatch } from './mass-silence.ts';
import type { NodeRecord } from './node-record.ts';
import { type Suspect, sweepFleet } from './sweep.ts';

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
  /** Asks a node whether it lives; resolves within seconds. Null where there is no way to ask it. */
  readonly askNode: (record: NodeRecord) => Promise<boolean> | null;
}

/** Nodes that are asked at once; further suspects wait for the next look. */
const QUESTIONS_MAX = 256;

export class FleetSweeper {
  readonly #deps: SweeperDeps;
  /** What suspects were asked, by node id. */
  readonly #questions = new Map<string, Question>();
  readonly #startedAtMs: number;
  #watch: SilenceWatch = QUIET_WATCH;
  #sweptAtMs: number;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.nowMs();
    this.#sweptAtMs = this.#startedAtMs;
  }

  /** Whether most of the fleet was silent at the last look. */
  get massSilence(): boolean {
    return this.#watch.massive;
  }

  /**
   * Whether what is seen of the fleet may be the fault of the orchestrator: most of it is silent, the orchestrator stood
   * still, or it has just begun. Nothing that cannot be taken back is done meanwhile.
   */
  get doubtful(): boolean {
    const nowMs = this.#deps.clock.nowMs();
    const beginning = nowMs - this.#startedAtMs <= toleranceMs(this.#deps.rule);
    return beginning || this.#watch.massive || !mayDeclareDead(this.#watch, nowMs);
  }

  /** Takes one look; to be called at the meant pause. */
  sweep(): void {
    const { fleet, rule, intervalMs, clock, onClosed } = this.#deps;
    const nowMs = clock.nowMs();
    const stalled = nowMs - this.#sweptAtMs > intervalMs + rule.timeoutMs;
    this.#sweptAtMs = nowMs;
    const { watch, held, suspects, closed } = sweepFleet(fleet.records(), this.#watch, {
      nowMs,
      rule,
      stalled,
    });
    this.#report(watch, stalled);
    this.#watch = watch;
    this.#forgetOthers(suspects);
    if (!held) for (const suspect of suspects) this.#judge(suspect, nowMs);
    for (const record of closed) {
      if (fleet.close(record).ok) onClosed(record.stored.nodeId);
    }
    fleet.forgetOld();
    fleet.flush();
  }

  #judge({ record, beyondTolerance }: Suspect, nowMs: number): void {
    const { nodeId } = record.stored;
    const question = this.#questions.get(nodeId);
    const facts = { nowMs, intervalMs: this.#deps.rule.intervalMs, beyondTolerance };
    const verdict = judgeSuspect(question, facts);
    if (verdict === 'dead') this.#declareDead(record, nowMs);
    else if (verdict === 'ask') this.#ask(record, question, beyondTolerance, nowMs);
  }

  #ask(record: NodeRecord, before: Question | undefined, beyondTolerance: boolean, nowMs: number): void {
    const { nodeId } = record.stored;
    if (before === undefined && this.#questions.size >= QUESTIONS_MAX) return;
    const answer = this.#deps.askNode(record);
    if (answer === null) {
      if (beyondTolerance) this.#declareDead(record, nowMs);
      return;
    }
    const question = ask(before, nowMs);
    this.#questions.set(nodeId, question);
    void answer.then((alive) => {
      if (this.#questions.get(nodeId) === question) this.#hear(nodeId, question, alive);
    });
  }

  /** An answer, or none, from a node that was not heard meanwhile as far as the last look knows. */
  #hear(nodeId: string, question: Question, alive: boolean): void {
    const { clock, logger, counters } = this.#deps;
    const nowMs = clock.nowMs();
    counters.addOf('secbeat_nodes_asked_total', alive ? 'alive' : 'none');
    const next = answered(question, alive, nowMs);
    this.#questions.set(nodeId, next);
    // Without an answer the next look decides, which sees whether most of the fleet is silent.
    if (!alive) return;
    logger.warn('A node that sends no heartbeats answers when it is asked', {
      ...{ node_id: nodeId, times: next.extensions },
    });
  }

  #forgetOthers(suspects: readonly Suspect[]): void {
    if (this.#questions.size === 0) return;
    const present = new Set(suspects.map(({ record }) => record.stored.nodeId));
    for (const nodeId of this.#questions.keys()) if (!present.has(nodeId)) this.#questions.delete(nodeId);
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
    this.#questions.delete(record.stored.nodeId);
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
