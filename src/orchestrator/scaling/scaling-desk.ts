/**
 * Where the size of the fleet is decided: by the scaler, for failed nodes, and on the word of operators.
 *
 * Every decision is an entry of the ledger before anything follows from it; what follows is a call of the provisioning
 * receiver, one for each node, or an order to the node that goes. Without a receiver nothing follows: decisions are
 * entries of a dry run. Only the looks in a row and the forecast are held in memory; losing them costs minutes.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ScalingDecided } from '../../messages/entries/scaling.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { DeskFault } from '../desk-fault.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import { type FleetFigures, forecastFacts, healFacts, scalingFacts } from './decision-facts.ts';
import { decideHeals, HOUR_MS, healKey } from './healing.ts';
import type { ScalingOutlook, ScalingRules } from './outlook.ts';
import { CALM, dispensable, type ScalerState, stepScaler } from './scaler.ts';

/** How a decision is carried out. */
export interface ScalingHands {
  /** Sends a node on its way out. */
  removeNode(nodeId: string, reason: string): void;
  /** Goes on with what was begun: nodes on their way out, calls of the receiver. */
  proceed(): void;
}

export interface ScalingDeskDeps {
  readonly rules: ScalingRules;
  readonly outlook: ScalingOutlook;
  readonly hub: FleetHub;
  readonly hands: ScalingHands;
  readonly figures: () => FleetFigures;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
}

type TargetFault = DeskFault<'target_out_of_bounds' | 'fleet_in_doubt' | 'store_unavailable'>;

interface Wish {
  readonly action: ScalingDecided['action'];
  readonly reason: string;
  readonly facts: ScalingDecided['facts'];
  /** One decision each. The key is made where there is none. */
  readonly each: readonly { readonly node: string | null; readonly key?: string }[];
}

const SYSTEM: Author = { kind: 'system', id: 'scaler' };
/** More changes on one word are more likely a slip. */
const CHANGES_MAX = 100;

export class ScalingDesk {
  readonly #deps: ScalingDeskDeps;
  #scaler: ScalerState = CALM;
  #leftOpen = 0;

  constructor(deps: ScalingDeskDeps) {
    this.#deps = deps;
  }

  /** One look at the demand, and what it leads to. */
  async check(): Promise<void> {
    const { outlook, rules } = this.#deps;
    const seen = outlook.see();
    outlook.observe(seen);
    const view = outlook.view(seen);
    const { state, wish } = stepScaler(this.#scaler, view, rules);
    this.#scaler = state;
    if (wish === null) return;
    const foreseen = wish.reason === 'PREDICTED_HIGH_FLEET_CPU_LOAD' ? view.forecast : null;
    await this.#decide(SYSTEM, {
      ...{ action: wish.action, reason: wish.reason },
      facts: foreseen === null ? {} : forecastFacts(foreseen, rules.forecastAheadMs),
      each: wish.action === 'down' ? toNodes(wish.nodeIds) : newNodes(wish.nodes),
    });
  }

  /** Replaces failed nodes and goes on with what was begun. */
  async tend(): Promise<void> {
    const { hub, clock, outlook, rules, hands } = this.#deps;
    const seen = outlook.see();
    const view = outlook.view(seen);
    const nowMs = clock.wallMs();
    const heals = hub.state.scaling
      .all()
      .filter(({ action, at_ms: atMs }) => action === 'heal' && nowMs - atMs < HOUR_MS);
    const decision = decideHeals(
      {
        ...{ nowMs, failed: seen.failed, decided: hub.state.scaling, doubtful: view.doubtful },
        healsOfHour: heals.length,
        heard: view.nodes.filter(({ alive }) => alive).length,
        room: rules.fleetMax - view.nodes.length - view.awaited,
      },
      rules.healsPerHourMax,
    );
    this.#reportLeftOpen(decision.leftOpen);
    for (const node of decision.heals) {
      const each = [{ node: node.id, key: healKey(node) }];
      const wish = {
        action: 'heal' as const,
        reason: 'UNEXPECTED_NODE_FAILURE',
        facts: healFacts(node),
        each,
      };
      await this.#decide(SYSTEM, wish);
    }
    hands.proceed();
  }

  /** Brings the fleet to so many nodes, on somebody's word; resolves with the decisions. */
  async scaleTo(target: number, by: Author): Promise<Result<readonly ScalingDecided[], TargetFault>> {
    const { rules, outlook } = this.#deps;
    const { fleetMin, fleetMax } = rules;
    if (target < fleetMin || target > fleetMax) {
      const detail = `target_nodes must be from ${fleetMin} to ${fleetMax}, as fleet.min_fleet_size and fleet.max_fleet_size say.`;
      return fail({ code: 'target_out_of_bounds', detail });
    }
    const { nodes, awaited, doubtful } = outlook.view(outlook.see());
    const change = target - nodes.length - awaited;
    if (Math.abs(change) > CHANGES_MAX) {
      const detail = `One call changes the fleet by at most ${CHANGES_MAX} nodes.`;
      return fail({ code: 'target_out_of_bounds', detail });
    }
    if (change < 0 && doubtful) {
      const detail = 'Much of the fleet is silent, or the orchestrator has just begun; try again in a while.';
      return fail({ code: 'fleet_in_doubt', detail });
    }
    const each = change > 0 ? newNodes(change) : toNodes(dispensable(nodes, -change));
    const action = change > 0 ? 'up' : 'down';
    const decided = await this.#decide(by, { action, reason: 'OPERATOR_REQUEST', facts: {}, each });
    return decided.ok ? decided : fail({ code: 'store_unavailable', detail: decided.fault });
  }

  async #decide(by: Author, wish: Wish): Promise<Result<readonly ScalingDecided[], string>> {
    const { hub, logger, hands } = this.#deps;
    const { action, reason } = wish;
    let bodies: readonly ScalingDecided[] = [];
    const decided = await hub.decideOn<never>((state) => {
      const stem = `${action}-${hub.wallMs().toString(36)}-${state.seq}`;
      bodies = this.#entriesOf(wish, stem).filter(({ key }) => !state.scaling.has(key));
      return ok(bodies.map((body) => ({ by, body })));
    });
    if (!decided.ok) {
      const { message } = decided.fault;
      logger.error('A decision on the size of the fleet could not be kept', {
        action,
        reason,
        error: message,
      });
      return fail(message);
    }
    for (const body of bodies) this.#follow(body);
    hands.proceed();
    return ok(bodies);
  }

  #entriesOf({ action, reason, facts, each }: Wish, stem: string): readonly ScalingDecided[] {
    const { figures, rules } = this.#deps;
    const allFacts = { ...scalingFacts(figures()), ...facts };
    return each.map(({ node, key }, index) => ({
      ...{ kind: 'scaling_decided' as const, key: key ?? `${stem}-${index}`, action, reason, node },
      ...{ nodes: 1, dry_run: rules.dryRun, facts: allFacts },
    }));
  }

  #follow({ action, key, reason, node, dry_run: dryRun, facts }: ScalingDecided): void {
    const { counters, logger, hands } = this.#deps;
    counters.addOf('secbeat_scaling_decisions_total', action);
    const predicted = facts.predicted_cpu_usage;
    logger.info('Size of the fleet decided', {
      ...{ action, reason, key, node_id: node, dry_run: dryRun },
      ...(predicted === undefined ? {} : { predicted_cpu: predicted }),
    });
    if (action === 'down' && node !== null && !dryRun) hands.removeNode(node, reason);
  }

  #reportLeftOpen(leftOpen: number): void {
    if (leftOpen > this.#leftOpen) {
      this.#deps.logger.warn('More nodes have failed than may be replaced now', { left_open: leftOpen });
    }
    this.#leftOpen = leftOpen;
  }
}

function newNodes(count: number): Wish['each'] {
  return Array.from({ length: count }, () => ({ node: null }));
}

function toNodes(nodeIds: readonly string[]): Wish['each'] {
  return nodeIds.map((node) => ({ node }));
}
