/** The parts that know which nodes there are, hear them and miss them, and how these parts hang together. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Timers } from '../../core/timers.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { Send } from '../small-request.ts';
import type { FleetStore } from '../store/fleet-store.ts';
import { Waiters } from '../waiters.ts';
import { Fleet } from './fleet.ts';
import type { ToleranceRule } from './liveness.ts';
import { createNodeAsker } from './node-asker.ts';
import { NodeCalls } from './node-calls.ts';
import type { NodeRecord } from './node-record.ts';
import { FleetRegistry } from './registry.ts';
import { FleetSweeper } from './sweeper.ts';

export interface MembersOptions {
  readonly rule: ToleranceRule;
  readonly nodesMax: number;
  /** Between two looks for silent nodes. */
  readonly sweepIntervalMs: number;
  /** Only this machine reaches the orchestrator. */
  readonly loopbackOnly: boolean;
}

export interface MembersDeps {
  readonly store: FleetStore;
  readonly hub: FleetHub;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly newId: () => string;
  readonly send: Send;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
  /** Told when what is wanted of a node has changed here, or when the node is gone. */
  readonly onChanged: (nodeId: string) => void;
  /** Told of each heartbeat, wherever it was heard, with what is known of the node after it. */
  readonly onBeat: (record: NodeRecord) => void;
}

export interface MembersParts {
  readonly fleet: Fleet;
  readonly registry: FleetRegistry;
  readonly sweeper: FleetSweeper;
  /** Long polls of nodes. */
  readonly waiters: Waiters;
  readonly nodeCalls: NodeCalls;
}

/** Of two orchestrators that register nodes at once, hardly any two give away the same places. */
const ORDINAL_STEP = 1 << 20;

/** Puts these parts together over an open store; the fleet is still to be loaded. */
export function assembleMembers(options: MembersOptions, deps: MembersDeps): MembersParts {
  const { rule, nodesMax, sweepIntervalMs, loopbackOnly } = options;
  const { store, hub, clock, timers, random, onChanged, onBeat, send } = deps;
  const waiters = new Waiters(nodesMax, timers);
  const onCommand = (nodeId: string): void => {
    waiters.wake(nodeId);
    onChanged(nodeId);
  };
  const ordinals = store.shared
    ? { step: ORDINAL_STEP, offset: Math.floor(random() * ORDINAL_STEP) }
    : { step: 1, offset: 0 };
  const fleet = new Fleet({ rule, nodesMax, ordinals }, deps);
  const registry = new FleetRegistry({
    ...{ ...deps, fleet, rule, onCommand },
    policyRevision: (place) => hub.state.policies.orderFor(place).revision,
  });
  const nodeCalls = new NodeCalls(clock, timers);
  const askNode = createNodeAsker({
    ...{ calls: nodeCalls, waiters, send, loopbackOnly, intervalMs: rule.intervalMs },
  });
  const sweeper = new FleetSweeper({
    ...{ ...deps, fleet, rule, intervalMs: sweepIntervalMs, onClosed: onCommand, askNode },
  });
  store.watch((change) => {
    const heard = fleet.noteRemote(change);
    if (heard !== null) onBeat(heard);
    waiters.wake(change.nodeId);
  });
  return { fleet, registry, sweeper, waiters, nodeCalls };
}
