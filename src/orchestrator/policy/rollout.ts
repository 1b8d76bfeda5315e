/**
 * The next decision about a rollout, from where it stands, how the nodes are, and the time. Pure.
 *
 *   begin ─▶ step 0 (canary) ─▶ step 1 ─▶ ... ─▶ complete
 *               │ each: acknowledged by all ─▶ observed ─▶ nothing found
 *               └── refused, not acknowledged in time, died, or fares worse ─▶ rolled back everywhere
 *
 * A step is given to nodes that are alive and serve. Others are waited for at the end, for a while, and then get the
 * revision with the nodes that join later. A node that drains or ends as planned leaves the judgement; one that falls silent
 * is waited for as long as for an acknowledgement, and then left out if others of its step remain. Where nobody is left to
 * judge by, the revision is rolled back. Where most of the fleet is silent at once nothing is decided, since that tells more
 * about the orchestrator than about the nodes.
 */
import type { Rollout } from '../../fleet/fleet-policies.ts';
import { judgeTraffic } from './judge-traffic.ts';
import { chooseNodes } from './node-choice.ts';
import type { FigureSource } from './node-figures.ts';
import type { NodeStanding } from './node-standing.ts';
import { inScope } from './policy-scope.ts';
import { beginWatch, markNodes, recentTraffic, type StepWatch, trafficOf } from './step-watch.ts';

export type RolloutDecision =
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'step'; readonly step: number; readonly nodes: readonly string[] }
  | { readonly kind: 'end'; readonly outcome: 'complete' | 'rolled_back'; readonly reason: string };

export interface RolloutScene {
  readonly nowMs: number;
  /** All nodes of the fleet. */
  readonly nodes: readonly NodeStanding[];
  readonly figures: FigureSource;
  /** Most of the fleet is silent at once. */
  readonly massSilence: boolean;
  /** How long a living node may take to put a revision in force. */
  readonly acknowledgeMs: number;
  /** How long a rollout waits for a node to begin with. */
  readonly waitForNodesMs: number;
}

export interface RolloutTurn {
  readonly decision: RolloutDecision;
  /** To be handed in again next time. */
  readonly watch: StepWatch;
}

/** Of so many nodes of a step one may die or start anew while it is observed: that happens without any policy. */
const NODES_PER_FAILURE = 100;
/** Nodes that a reason names. */
const NAMED_MAX = 3;

/** @param known what this orchestrator has seen so far; null where it begins. */
export function decideRollout(rollout: Rollout, known: StepWatch | null, scene: RolloutScene): RolloutTurn {
  const watch = watchOf(rollout, known, scene);
  if (rollout.paused !== null) return { watch, decision: wait(`paused: ${rollout.paused}`) };
  if (scene.massSilence) return { watch, decision: wait('most of the fleet is silent at once') };
  return rollout.step === -1 ? decideBegin(rollout, watch, scene) : decideStep(rollout, watch, scene);
}

/** A step that this orchestrator has decided itself comes with what it saw before; resuming begins the time anew. */
function watchOf(rollout: Rollout, known: StepWatch | null, scene: RolloutScene): StepWatch {
  if (known?.revision !== rollout.revision) return beginWatch(rollout, new Map(), scene);
  if (known.step !== rollout.step) {
    return beginWatch(rollout, known.step < rollout.step ? known.before : new Map(), scene);
  }
  if (known.stepAtMs === rollout.step_at_ms) return known;
  const { step_at_ms: stepAtMs } = rollout;
  return { ...known, stepAtMs, sinceMs: scene.nowMs, observedSinceMs: null };
}

function decideBegin(rollout: Rollout, watch: StepWatch, scene: RolloutScene): RolloutTurn {
  const scoped = scene.nodes.filter(({ place }) => inScope(rollout.scope, place));
  if (scoped.length === 0) {
    return {
      watch,
      decision: end('complete', `no node is in ${rollout.scope}, so later ones begin with it`),
    };
  }
  if (scoped.some(isReady)) return takeNext(rollout, watch, scene);
  if (scene.nowMs - watch.sinceMs < scene.waitForNodesMs) {
    return { watch, decision: wait(`no node of ${rollout.scope} is healthy, one is needed to begin with`) };
  }
  const seconds = Math.round(scene.waitForNodesMs / 1000);
  const reason = `no node of ${rollout.scope} was healthy for ${seconds} s, so it could not be tried`;
  return { watch, decision: end('rolled_back', reason) };
}

function decideStep(rollout: Rollout, seen: StepWatch, scene: RolloutScene): RolloutTurn {
  const byId = new Map(scene.nodes.map((node) => [node.place.id, node]));
  const reached = rollout.nodes.flatMap((id) => byId.get(id) ?? []);
  const taken = rollout.step_nodes.flatMap((id) => byId.get(id) ?? []);
  const has = ({ appliedRevision }: NodeStanding): boolean => appliedRevision === rollout.revision;
  const others = othersOf(rollout, scene.nodes);
  const watch = markNodes(seen, [...taken.filter(has), ...others], scene.figures);
  const fault =
    findRefusal(rollout, reached) ??
    findFailures(rollout, watch, taken) ??
    findTrafficFault(rollout, watch, { taken: taken.filter(has), others, figures: scene.figures });
  if (fault !== null) return { watch, decision: end('rolled_back', fault) };
  const counted = taken.filter(({ condition }) => condition !== 'leaving' && condition !== 'dead');
  const late = scene.nowMs - watch.sinceMs > scene.acknowledgeMs;
  const waiting = counted.filter((node) => !has(node));
  if (waiting.length > 0 || counted.length === 0) {
    const decision = decideWaiting(waiting, counted.length - waiting.length, { late, scene });
    if (decision !== null) return { watch, decision };
  }
  return observe(rollout, watch, { counted: counted.filter(has), scene });
}

/** Null where those who have not acknowledged are left out, because they cannot be heard. */
function decideWaiting(
  waiting: readonly NodeStanding[],
  acknowledged: number,
  { late, scene }: { readonly late: boolean; readonly scene: RolloutScene },
): RolloutDecision | null {
  if (!late)
    return wait(`${waiting.length} of ${waiting.length + acknowledged} nodes have to acknowledge it`);
  const seconds = Math.round(scene.acknowledgeMs / 1000);
  const living = waiting.filter(({ condition }) => condition !== 'silent');
  if (living.length > 0) {
    return end('rolled_back', `not acknowledged within ${seconds} s by ${namesOf(living)}`);
  }
  return acknowledged > 0
    ? null
    : end('rolled_back', 'no node of the step is left that could acknowledge it');
}

interface Observed {
  /** Nodes of the step that have it in force. */
  readonly counted: readonly NodeStanding[];
  readonly scene: RolloutScene;
}

function observe(rollout: Rollout, watch: StepWatch, { counted, scene }: Observed): RolloutTurn {
  const sinceMs = watch.observedSinceMs ?? scene.nowMs;
  const observed = { ...watch, observedSinceMs: sinceMs };
  const untilMs = sinceMs + rollout.plan.observe_seconds * 1000;
  if (scene.nowMs < untilMs) {
    return { watch: observed, decision: wait(`step ${rollout.step + 1} is being observed`) };
  }
  // Their figures are those of the whole time only once they have been heard behind it.
  const unheard = counted.filter(({ heardAtMs }) => heardAtMs < untilMs);
  const given = scene.nowMs > untilMs + scene.acknowledgeMs;
  if (unheard.length > 0 && !(given && unheard.length < counted.length)) {
    if (given) {
      const decision = end('rolled_back', 'no node of the step is heard any more');
      return { watch: observed, decision };
    }
    return { watch: observed, decision: wait(`the last figures of ${unheard.length} nodes are missing`) };
  }
  return takeNext(rollout, observed, scene);
}

/** The next step that brings nodes, or the end where all have it that can. */
function takeNext(rollout: Rollout, watch: StepWatch, scene: RolloutScene): RolloutTurn {
  const { shares } = rollout.plan;
  const reached = new Set(rollout.nodes);
  const scoped = scene.nodes.filter(({ place }) => inScope(rollout.scope, place));
  const free = scoped.filter((node) => isReady(node) && !reached.has(node.place.id));
  const had = scoped.filter(({ place, condition }) => reached.has(place.id) && condition !== 'dead').length;
  const size = had + free.length;
  for (let step = rollout.step + 1; step < shares.length && free.length > 0; step++) {
    const wanted = wantedNodes(shares, step, size) - had;
    if (wanted <= 0) continue;
    const nodes = chooseNodes(
      rollout.revision,
      free.map(({ place }) => place.id),
      wanted,
    );
    const before = recentTraffic(scene.nodes, scene.figures);
    return { watch: { ...watch, before }, decision: { kind: 'step', step, nodes } };
  }
  const away = scoped.filter((node) => mayComeBack(node) && !reached.has(node.place.id));
  if (away.length > 0 && scene.nowMs - watch.sinceMs < scene.waitForNodesMs) {
    return { watch, decision: wait(`${away.length} nodes are silent or have not joined yet`) };
  }
  return { watch, decision: end('complete', `in force on ${had} nodes of ${rollout.scope}`) };
}

/** Of `size` nodes those that have it after a step: all after the last, and one is spared by the first. */
function wantedNodes(shares: readonly number[], step: number, size: number): number {
  const wanted = step === shares.length - 1 ? size : Math.ceil(shares[step]! * size);
  return step === 0 ? Math.max(1, Math.min(wanted, size - 1)) : wanted;
}

/** Nodes that tell how things go without it; where it is everywhere already, those that have had it for longer. */
function othersOf(rollout: Rollout, nodes: readonly NodeStanding[]): readonly NodeStanding[] {
  const reached = new Set(rollout.nodes);
  const taken = new Set(rollout.step_nodes);
  const without = nodes.filter((node) => isReady(node) && !reached.has(node.place.id));
  return without.length > 0 ? without : nodes.filter((node) => isReady(node) && !taken.has(node.place.id));
}

function findRefusal(rollout: Rollout, reached: readonly NodeStanding[]): string | null {
  const refusing = reached.find(({ refused }) => refused?.revision === rollout.revision);
  if (refusing === undefined) return null;
  return cap(`refused by node ${refusing.place.id}: ${refusing.refused?.reason ?? ''}`);
}

function findFailures(rollout: Rollout, watch: StepWatch, taken: readonly NodeStanding[]): string | null {
  const dead = taken.filter(({ condition }) => condition === 'dead');
  const restarted = taken.filter(
    ({ place: { id }, epoch, condition }) =>
      condition !== 'dead' &&
      condition !== 'leaving' &&
      watch.epochs.has(id) &&
      watch.epochs.get(id) !== epoch,
  );
  if (dead.length + restarted.length <= Math.floor(rollout.step_nodes.length / NODES_PER_FAILURE))
    return null;
  const parts = [
    ...(dead.length === 0 ? [] : [`died: ${namesOf(dead)}`]),
    ...(restarted.length === 0 ? [] : [`started anew: ${namesOf(restarted)}`]),
  ];
  return `nodes of the step ${parts.join('; ')}`;
}

interface Compared {
  readonly taken: readonly NodeStanding[];
  readonly others: readonly NodeStanding[];
  readonly figures: FigureSource;
}

function findTrafficFault(
  { plan }: Rollout,
  watch: StepWatch,
  { taken, others, figures }: Compared,
): string | null {
  const own = trafficOf(watch, taken, figures);
  const rest = trafficOf(watch, others, figures);
  const view = { ...own, othersBefore: rest.before, othersSince: rest.since };
  const fault = judgeTraffic(view, plan.limits);
  return fault === null ? null : cap(`${fault}, on ${namesOf(taken)}`);
}

function isReady({ condition }: NodeStanding): boolean {
  return condition === 'ready';
}

function mayComeBack({ condition }: NodeStanding): boolean {
  return condition === 'silent' || condition === 'joining';
}

function namesOf(nodes: readonly NodeStanding[]): string {
  const named = nodes.slice(0, NAMED_MAX).map(({ place }) => place.id);
  const more = nodes.length - named.length;
  return `node ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What an entry of the ledger has room for. */
const REASON_CHARACTERS_MAX = 1024;

function cap(text: string): string {
  return text.slice(0, REASON_CHARACTERS_MAX);
}

function wait(reason: string): RolloutDecision {
  return { kind: 'wait', reason };
}

function end(outcome: 'complete' | 'rolled_back', reason: string): RolloutDecision {
  return { kind: 'end', outcome, reason };
}
