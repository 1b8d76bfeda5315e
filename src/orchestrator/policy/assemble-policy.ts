/** The parts that policy takes, and how they hang together. */
import { rolloutSchema } from '../../config/schema/rollout.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { Duty } from '../duties.ts';
import type { Fleet } from '../members/fleet.ts';
import type { ToleranceRule } from '../members/liveness.ts';
import type { NodeRecord } from '../members/node-record.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import { NodeFigures } from './node-figures.ts';
import { type NodeStanding, standingOf } from './node-standing.ts';
import { PolicyDesk } from './policy-desk.ts';
import { RolloutDriver } from './rollout-driver.ts';
import type { RolloutSettings } from './rollout-plan.ts';

export interface PolicyPartsDeps {
  readonly hub: FleetHub;
  readonly fleet: Fleet;
  readonly rule: ToleranceRule;
  readonly nodesMax: number;
  /** The defaults of the configuration where it is left out. */
  readonly settings: RolloutSettings | undefined;
  readonly massSilence: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
}

export interface PolicyParts {
  readonly policyDesk: PolicyDesk;
  readonly standings: () => readonly NodeStanding[];
  /** What the rollout under way waits for; null where there is none, or where it goes on. */
  readonly rolloutWaitsFor: () => string | null;
  readonly duty: Duty;
  /** To be told of each heartbeat, with what is known of the node after it. */
  readonly onBeat: (record: NodeRecord) => void;
}

/** Heartbeats that a node has to acknowledge with, on top of the time that the settings give it. */
const HEARTBEATS = 2;

export function assemblePolicy(deps: PolicyPartsDeps): PolicyParts {
  const { hub, fleet, rule, nodesMax, massSilence, clock, logger, counters } = deps;
  const settings = deps.settings ?? rolloutSchema.parse({});
  const figures = new NodeFigures(nodesMax);
  const standings = (): readonly NodeStanding[] =>
    [...fleet.records()].map((record) => standingOf(record, fleet.liveness(record)));
  const driver = new RolloutDriver({
    ...{ hub, standings, figures, massSilence, clock, logger, counters },
    acknowledgeMs: settings.acknowledge_seconds * 1000 + HEARTBEATS * rule.intervalMs,
    waitForNodesMs: settings.wait_for_nodes_seconds * 1000,
  });
  return {
    policyDesk: new PolicyDesk(hub, settings),
    standings,
    rolloutWaitsFor: () => driver.waitsFor,
    duty: driver.duty(),
    onBeat: ({ stored, metrics }) => {
      if (metrics !== null) figures.record(stored.nodeId, stored.epoch, metrics, clock.nowMs());
    },
  };
}
