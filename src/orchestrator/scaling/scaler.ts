/**
 * Whether the fleet needs more or fewer nodes: one look, one decision at most. Pure.
 *
 *   demand beyond the upper threshold, now or as forecast, at 2 looks in a row  -> more
 *   demand below the lower threshold at 5 looks in a row                        -> fewer
 *
 * What keeps it from harm: bounds, a step, a cool-down after each decision; nobody is sent away unless all nodes are
 * heard and the rest would stay well below the upper threshold, so that growing and shrinking cannot take turns on one
 * and the same load; nothing at all is decided while the orchestrator has reason to doubt what it sees.
 */
import type { Forecast } from './forecast.ts';

export interface ScalerRule {
  readonly fleetMin: number;
  readonly fleetMax: number;
  /** Ask for nodes wherever there are fewer than the minimum. */
  readonly fillToMin: boolean;
  readonly stepMax: number;
  readonly cooldownMs: number;
  /** Shares of what nodes can carry, from 0 to 1. */
  readonly upThreshold: number;
  readonly downThreshold: number;
}

/** Looks in a row that found too much or too little to do. */
export interface ScalerState {
  readonly highLooks: number;
  readonly lowLooks: number;
}

export const CALM: ScalerState = { highLooks: 0, lowLooks: 0 };

/** A node that is neither dead nor on its way out. */
export interface ScalableNode {
  readonly id: string;
  readonly registeredAtMs: number;
  readonly alive: boolean;
  /** From 0 to 1; null while it was not measured. */
  readonly share: number | null;
}

export interface ScalerView {
  /** By the wall clock, as decisions are dated. */
  readonly nowMs: number;
  readonly nodes: readonly ScalableNode[];
  /** Nodes that were asked for and have not come yet. */
  readonly awaited: number;
  /** Of the share of one node in the fleet as it is; null without any. */
  readonly forecast: Forecast | null;
  readonly lastDecidedAtMs: number | null;
  /** There is reason to doubt what is seen. */
  readonly doubtful: boolean;
}

export type UpReason = 'HIGH_FLEET_CPU_LOAD' | 'PREDICTED_HIGH_FLEET_CPU_LOAD' | 'BELOW_MIN_FLEET_SIZE';

export type ScalingWish =
  | { readonly action: 'up'; readonly reason: UpReason; readonly nodes: number }
  | { readonly action: 'down'; readonly reason: 'LOW_FLEET_CPU_LOAD'; readonly nodeIds: readonly string[] };

export interface ScalerStep {
  readonly state: ScalerState;
  readonly wish: ScalingWish | null;
}

const UP_LOOKS = 2;
const DOWN_LOOKS = 5;
/** Part of the upper threshold that the demand may reach once nodes are gone. */
const DOWN_MARGIN = 0.9;

/** Takes one look. */
export function stepScaler(state: ScalerState, view: ScalerView, rule: ScalerRule): ScalerStep {
  if (view.doubtful) return { state: CALM, wish: null };
  const load = loadOf(view.nodes);
  const next = countLooks(state, view, load, rule);
  const wish = isCooling(view, rule) ? null : decide(next, view, load, rule);
  return { state: wish === null ? next : CALM, wish };
}

/** Whether a decision was made so lately that no other follows; a wall clock that was set back ends no cool-down. */
export function isCooling(
  { nowMs, lastDecidedAtMs }: Pick<ScalerView, 'nowMs' | 'lastDecidedAtMs'>,
  { cooldownMs }: Pick<ScalerRule, 'cooldownMs'>,
): boolean {
  return lastDecidedAtMs !== null && Math.abs(nowMs - lastDecidedAtMs) < cooldownMs;
}

interface FleetLoad {
  /** Mean share of the measured nodes; null where fewer than half were. */
  readonly share: number | null;
  /** All are heard and measured. */
  readonly certain: boolean;
}

function loadOf(nodes: readonly ScalableNode[]): FleetLoad {
  const shares = nodes.flatMap(({ share }) => (share === null ? [] : [share]));
  const known = shares.length > 0 && shares.length * 2 >= nodes.length;
  return {
    share: known ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null,
    certain: shares.length === nodes.length && nodes.every(({ alive }) => alive),
  };
}

function countLooks(
  { highLooks, lowLooks }: ScalerState,
  { forecast }: ScalerView,
  { share }: FleetLoad,
  { upThreshold, downThreshold }: ScalerRule,
): ScalerState {
  if (share === null) return CALM;
  const expected = forecast?.expected ?? share;
  const high = share > upThreshold || isForeseen(forecast, upThreshold, downThreshold);
  const low = share < downThreshold && expected < downThreshold;
  return {
    highLooks: high ? Math.min(highLooks + 1, UP_LOOKS) : 0,
    lowLooks: low ? Math.min(lowLooks + 1, DOWN_LOOKS) : 0,
  };
}

function decide(state: ScalerState, view: ScalerView, load: FleetLoad, rule: ScalerRule): ScalingWish | null {
  const present = view.nodes.length + view.awaited;
  if (rule.fillToMin && present < rule.fleetMin) {
    const nodes = Math.min(rule.fleetMin - present, rule.stepMax);
    return { action: 'up', reason: 'BELOW_MIN_FLEET_SIZE', nodes };
  }
  if (load.share === null) return null;
  if (state.highLooks >= UP_LOOKS) return decideUp(view, load.share, present, rule);
  if (state.lowLooks >= DOWN_LOOKS && load.certain) return decideDown(view, load.share, rule);
  return null;
}

function decideUp(
  { nodes, forecast }: ScalerView,
  share: number,
  present: number,
  { fleetMax, stepMax, upThreshold, downThreshold }: ScalerRule,
): ScalingWish | null {
  const foreseen = isForeseen(forecast, upThreshold, downThreshold);
  const expected = Math.max(share, foreseen ? (forecast?.expected ?? 0) : 0);
  // So many nodes bring the demand to the middle between the thresholds.
  const wanted = Math.ceil((expected * nodes.length * 2) / (upThreshold + downThreshold));
  const more = Math.min(Math.max(wanted - present, 1), stepMax, fleetMax - present);
  if (more < 1) return null;
  const reason = foreseen ? 'PREDICTED_HIGH_FLEET_CPU_LOAD' : 'HIGH_FLEET_CPU_LOAD';
  return { action: 'up', reason, nodes: more };
}

function decideDown(
  { nodes, awaited, forecast }: ScalerView,
  share: number,
  { fleetMin, stepMax, upThreshold }: ScalerRule,
): ScalingWish | null {
  if (awaited > 0) return null;
  const load = nodes.length * Math.max(share, forecast?.upper ?? 0);
  let fewer = Math.min(stepMax, nodes.length - fleetMin, nodes.length - 1);
  while (fewer > 0 && load / (nodes.length - fewer) > upThreshold * DOWN_MARGIN) fewer -= 1;
  if (fewer < 1) return null;
  return { action: 'down', reason: 'LOW_FLEET_CPU_LOAD', nodeIds: dispensable(nodes, fewer) };
}

/** Too much is expected, and ordinary demand is not: a forecast that could mean anything is no reason. */
function isForeseen(forecast: Forecast | null, upThreshold: number, downThreshold: number): boolean {
  const ordinary = (upThreshold + downThreshold) / 2;
  return forecast !== null && forecast.expected > upThreshold && forecast.lower > ordinary;
}

/** Those that do least; among equals the newest. */
export function dispensable(nodes: readonly ScalableNode[], count: number): readonly string[] {
  const order = [...nodes].sort(
    (one, other) =>
      Math.round(10 * (one.share ?? 0)) - Math.round(10 * (other.share ?? 0)) ||
      other.registeredAtMs - one.registeredAtMs ||
      (one.id < other.id ? -1 : 1),
  );
  return order.slice(0, count).map(({ id }) => id);
}
