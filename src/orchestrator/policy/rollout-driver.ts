/**
 * Takes a rollout on: asks for the next decision about twice a second, and puts it into the ledger.
 *
 * Where a rollout stands is the ledger's; what is kept here is what this orchestrator has seen of the present step. When it
 * has not looked for a while, because it stood still or another one was in charge, it begins to observe the step anew.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Rollout } from '../../fleet/fleet-policies.ts';
import type { Author, EntryBody, LedgerEntry } from '../../messages/ledger-entry.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { Duty } from '../duties.ts';
import type { Draft, LedgerFault } from '../ledger/ledger.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { FigureSource } from './node-figures.ts';
import type { NodeStanding } from './node-standing.ts';
import { decideRollout, type RolloutDecision } from './rollout.ts';
import type { StepWatch } from './step-watch.ts';

export interface RolloutDriverDeps {
  readonly hub: FleetHub;
  readonly standings: () => readonly NodeStanding[];
  readonly figures: FigureSource;
  readonly massSilence: () => boolean;
  readonly acknowledgeMs: number;
  readonly waitForNodesMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
}

const AUTHOR: Author = { kind: 'system', id: 'rollout' };
const PAUSE_MS = 500;
/** Who has not looked for so long does not know what was in between. */
const GAP_MS = 15_000;

export class RolloutDriver {
  readonly #deps: RolloutDriverDeps;
  #watch: StepWatch | null = null;
  #lookedAtMs = 0;
  #waitsFor: string | null = null;
  #busy = false;

  constructor(deps: RolloutDriverDeps) {
    this.#deps = deps;
  }

  /** What a rollout that is not paused waits for, as this orchestrator sees it; null where it goes on. */
  get waitsFor(): string | null {
    return this.#waitsFor;
  }

  duty(): Duty {
    return { name: 'rollout', pauseMs: PAUSE_MS, step: () => this.step() };
  }

  /** One look; resolves once what it led to is decided. */
  async step(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#look();
    } finally {
      this.#busy = false;
    }
  }

  async #look(): Promise<void> {
    const { hub, clock, standings, figures, massSilence, acknowledgeMs, waitForNodesMs } = this.#deps;
    const { rollout } = hub.state.policies;
    const nowMs = clock.nowMs();
    const gap = nowMs - this.#lookedAtMs > GAP_MS;
    this.#lookedAtMs = nowMs;
    if (rollout === null) {
      this.#watch = null;
      this.#waitsFor = null;
      return;
    }
    const { decision, watch } = decideRollout(rollout, gap ? null : this.#watch, {
      ...{ nowMs, nodes: standings(), figures, massSilence: massSilence() },
      ...{ acknowledgeMs, waitForNodesMs },
    });
    this.#watch = watch;
    this.#waitsFor = decision.kind === 'wait' && rollout.paused === null ? decision.reason : null;
    const body = entryOf(rollout, decision);
    if (body === null) return;
    const decided = await this.#decide(rollout, body);
    if (decided.ok) this.#report(rollout, decision);
    else if (decided.fault !== 'overtaken') {
      this.#deps.logger.warn('A rollout could not go on and is tried again', {
        error: decided.fault.message,
      });
    }
  }

  /** Only if the rollout still stands where it was looked at. */
  #decide(
    { revision, step, step_at_ms: atMs, paused }: Rollout,
    body: EntryBody,
  ): Promise<Result<readonly LedgerEntry[], LedgerFault | 'overtaken'>> {
    return this.#deps.hub.decideOn<'overtaken'>(({ policies: { rollout } }) => {
      const same =
        rollout?.revision === revision &&
        rollout.step === step &&
        rollout.step_at_ms === atMs &&
        rollout.paused === paused;
      const draft: Draft = { by: AUTHOR, before: { step, nodes: rollout?.nodes.length ?? 0 }, body };
      return same ? ok([draft]) : fail('overtaken');
    });
  }

  #report({ revision, scope }: Rollout, decision: RolloutDecision): void {
    const { logger, counters } = this.#deps;
    if (decision.kind === 'step') {
      const { step, nodes } = decision;
      logger.info('Policy rollout takes a step', { revision, scope, step, nodes: nodes.length });
    } else if (decision.kind === 'end' && decision.outcome === 'complete') {
      counters.add('secbeat_rollouts_completed_total');
      logger.info('Policy rollout is complete', { revision, scope, reason: decision.reason });
    } else if (decision.kind === 'end') {
      counters.add('secbeat_rollouts_rolled_back_total');
      logger.warn('Policy rollout was rolled back', { revision, scope, reason: decision.reason });
    }
  }
}

function entryOf({ revision }: Rollout, decision: RolloutDecision): EntryBody | null {
  switch (decision.kind) {
    case 'wait':
      return null;
    case 'step':
      return { kind: 'rollout_step', revision, step: decision.step, nodes: [...decision.nodes] };
    case 'end':
      return { kind: 'rollout_ended', revision, outcome: decision.outcome, reason: decision.reason };
  }
}
