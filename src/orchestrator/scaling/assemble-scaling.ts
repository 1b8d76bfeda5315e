/** The parts of scaling and self-healing and how they hang together. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Timers } from '../../core/timers.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { CommandDesk } from '../commands/command-desk.ts';
import type { Duty } from '../duties.ts';
import type { Fleet } from '../members/fleet.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { Send } from '../small-request.ts';
import type { FleetFigures } from './decision-facts.ts';
import { FleetHands } from './fleet-hands.ts';
import { ScalingOutlook, type ScalingRules } from './outlook.ts';
import { ScalingDesk } from './scaling-desk.ts';
import { WebhookCaller, type WebhookOptions } from './webhook-caller.ts';

/** What the configuration says about scaling; shares are of 0 to 1. */
export interface ScalingOptions extends Omit<ScalingRules, 'dryRun' | 'fillToMin'> {
  /** Null: decisions are recorded only. */
  readonly webhook: WebhookOptions | null;
}

export interface ScalingDeps {
  readonly fleet: Fleet;
  readonly hub: FleetHub;
  readonly commands: Pick<CommandDesk, 'issue' | 'terminate'>;
  readonly figures: () => FleetFigures;
  /** There is reason to doubt what is seen of the fleet. */
  readonly doubtful: () => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly send: Send;
  readonly random: () => number;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
  /** Between two looks for failed nodes. */
  readonly tendIntervalMs: number;
}

export interface Scaling {
  readonly desk: ScalingDesk;
  readonly outlook: ScalingOutlook;
  readonly rules: ScalingRules;
  readonly duties: readonly Duty[];
  /** Decisions that the provisioning receiver is still to be told of. */
  pendingCalls(): number;
  /** Resolves once no call is under way. */
  stop(): Promise<void>;
}

/** What holds where the configuration says nothing. */
export const SCALING_DEFAULTS: ScalingOptions = {
  fleetMin: 1,
  fleetMax: 10,
  stepMax: 1,
  cooldownMs: 300_000,
  upThreshold: 0.8,
  downThreshold: 0.3,
  healsPerHourMax: 5,
  demand: { latencyTargetMs: null },
  checkIntervalMs: 60_000,
  forecastAheadMs: 600_000,
  webhook: null,
};

export function assembleScaling({ webhook, ...rest }: ScalingOptions, deps: ScalingDeps): Scaling {
  const { fleet, hub, clock, doubtful, tendIntervalMs } = deps;
  const rules: ScalingRules = { ...rest, dryRun: webhook === null, fillToMin: webhook !== null };
  const webhooks = webhook === null ? null : new WebhookCaller(webhook, deps);
  const hands = new FleetHands({ ...deps, webhooks });
  const outlook = new ScalingOutlook({ rules, fleet, hub, clock, doubtful });
  const desk = new ScalingDesk({ ...deps, rules, outlook, hands });
  return {
    ...{ desk, outlook, rules },
    duties: [
      { name: 'scaling', pauseMs: rules.checkIntervalMs, step: () => desk.check() },
      { name: 'healing', pauseMs: tendIntervalMs, step: () => desk.tend() },
    ],
    pendingCalls: () => hub.state.scaling.pending().length,
    stop: async () => {
      await webhooks?.stop();
    },
  };
}
