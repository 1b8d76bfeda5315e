/** What the scaler goes by: who is there, what all have to do, what is to be expected, what was decided before. */
import type { Clock } from '../../core/clock.ts';
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { Fleet } from '../members/fleet.ts';
import { countAwaited } from './awaited-nodes.ts';
import { type DemandRule, type FleetDemand, fleetDemand } from './demand.ts';
import { type SeenFleet, seeFleet } from './fleet-view.ts';
import { type Forecast, type ForecastState, forecastAt, isSeasoned, observe } from './forecast.ts';
import { isCooling, type ScalerRule, type ScalerView } from './scaler.ts';

export interface ScalingRules extends ScalerRule {
  readonly healsPerHourMax: number;
  readonly demand: DemandRule;
  /** Between two looks. */
  readonly checkIntervalMs: number;
  readonly forecastAheadMs: number;
  /** Decisions are recorded, and nothing follows from them. */
  readonly dryRun: boolean;
}

export interface OutlookDeps {
  readonly rules: ScalingRules;
  readonly fleet: Fleet;
  readonly hub: FleetHub;
  readonly clock: Clock;
  /** There is reason to doubt what is seen of the fleet. */
  readonly doubtful: () => boolean;
}

/** How things stand, for people. */
export interface ScalingPicture {
  readonly demand: FleetDemand | null;
  readonly forecast: Forecast | null;
  readonly nodes: number;
  readonly awaited: number;
  readonly doubtful: boolean;
  readonly coolingDown: boolean;
  readonly decisions: readonly ScalingDecision[];
}

/** A machine that was asked for and is not there after so long is not awaited any more. */
const AWAIT_MIN_MS = 600_000;

export class ScalingOutlook {
  readonly #deps: OutlookDeps;
  #forecast: ForecastState | null = null;

  constructor(deps: OutlookDeps) {
    this.#deps = deps;
  }

  see(): SeenFleet {
    return seeFleet(this.#deps.fleet, this.#deps.rules.demand);
  }

  /** Adds a look to the series: what all nodes together have to do, so that it does not leap when their number does. */
  observe({ demands, nodes }: SeenFleet): void {
    const { clock, rules, doubtful } = this.#deps;
    const demand = fleetDemand(demands);
    if (demand === null || demand.measured * 2 < nodes.length || doubtful()) return;
    const observation = { atMs: clock.nowMs(), value: demand.share * nodes.length };
    this.#forecast = observe(this.#forecast, observation, rules.checkIntervalMs);
  }

  view(seen: SeenFleet): ScalerView {
    const { clock, doubtful, hub } = this.#deps;
    const scaled = hub.state.scaling.all().filter(({ action }) => action !== 'heal');
    return {
      nowMs: clock.wallMs(),
      nodes: seen.nodes,
      awaited: this.awaited(seen),
      forecast: this.#forecastFor(seen.nodes.length),
      lastDecidedAtMs: scaled.at(-1)?.at_ms ?? null,
      doubtful: doubtful(),
    };
  }

  picture(): ScalingPicture {
    const seen = this.see();
    const view = this.view(seen);
    return {
      demand: fleetDemand(seen.demands),
      forecast: view.forecast,
      nodes: seen.nodes.length,
      awaited: view.awaited,
      doubtful: view.doubtful,
      coolingDown: isCooling(view, this.#deps.rules),
      decisions: this.#deps.hub.state.scaling.all(),
    };
  }

  /** Nodes that were asked for and have not come yet. */
  awaited({ joinedAtMs }: SeenFleet): number {
    const { clock, hub, rules } = this.#deps;
    const sinceMs = clock.wallMs() - Math.max(AWAIT_MIN_MS, rules.cooldownMs);
    return countAwaited(hub.state.scaling.all(), joinedAtMs, sinceMs);
  }

  #forecastFor(nodes: number): Forecast | null {
    const state = this.#forecast;
    const { forecastAheadMs, checkIntervalMs } = this.#deps.rules;
    if (state === null || nodes === 0 || !isSeasoned(state)) return null;
    const { expected, lower, upper } = forecastAt(state, forecastAheadMs, checkIntervalMs);
    const share = (load: number): number => Math.max(load / nodes, 0);
    return { expected: share(expected), lower: share(lower), upper: share(upper) };
  }
}
