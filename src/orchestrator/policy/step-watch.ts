/**
 * What an orchestrator has seen of the step that was taken last. It is not kept on disk: after a restart, or when another
 * orchestrator goes on, the step is observed anew from its beginning.
 */
import type { Rollout } from '../../fleet/fleet-policies.ts';
import type { FigureSource } from './node-figures.ts';
import type { NodeStanding } from './node-standing.ts';
import { minus, NO_TRAFFIC, plus, type TrafficSum } from './traffic-sum.ts';

export interface StepWatch {
  readonly revision: number;
  readonly step: number;
  /** As the fold has it: differs after the rollout was resumed. */
  readonly stepAtMs: number;
  /** Monotonic time since which the step is looked at. */
  readonly sinceMs: number;
  /** Since when all nodes of the step have it in force; null while they have not. */
  readonly observedSinceMs: number | null;
  /** The processes of the nodes of the step as they were first seen. */
  readonly epochs: ReadonlyMap<string, number | null>;
  /** Traffic of all nodes in the minutes before the step; empty where this orchestrator was not there. */
  readonly before: ReadonlyMap<string, TrafficSum>;
  /** Counts from which the traffic since is measured: of a node of the step from when it put the revision in force. */
  readonly marks: ReadonlyMap<string, TrafficSum>;
}

/** The traffic of all nodes in the last minutes, to be held against what follows. */
export function recentTraffic(
  nodes: readonly NodeStanding[],
  figures: FigureSource,
): ReadonlyMap<string, TrafficSum> {
  return new Map(
    nodes.flatMap(({ place: { id } }) => {
      const recent = figures.recent(id);
      return recent === undefined ? [] : [[id, recent] as const];
    }),
  );
}

/** Begins to look at the step that a rollout stands at; what was known from before it is kept. */
export function beginWatch(
  rollout: Rollout,
  before: StepWatch['before'],
  { nowMs, nodes }: { readonly nowMs: number; readonly nodes: readonly NodeStanding[] },
): StepWatch {
  const taken = new Set(rollout.step_nodes);
  return {
    revision: rollout.revision,
    step: rollout.step,
    stepAtMs: rollout.step_at_ms,
    sinceMs: nowMs,
    observedSinceMs: null,
    epochs: new Map(
      nodes.filter(({ place }) => taken.has(place.id)).map((node) => [node.place.id, node.epoch]),
    ),
    before,
    marks: new Map(),
  };
}

/** Begins to measure nodes from here that are not measured yet; the same watch where there are none. */
export function markNodes(
  watch: StepWatch,
  nodes: readonly NodeStanding[],
  figures: FigureSource,
): StepWatch {
  const fresh = nodes.flatMap(({ place: { id } }) => {
    const total = watch.marks.has(id) ? undefined : figures.total(id);
    return total === undefined ? [] : [[id, total] as const];
  });
  return fresh.length === 0 ? watch : { ...watch, marks: new Map([...watch.marks, ...fresh]) };
}

/** The traffic of these nodes, before the step and since. */
export function trafficOf(
  watch: StepWatch,
  nodes: readonly NodeStanding[],
  figures: FigureSource,
): { readonly before: TrafficSum; readonly since: TrafficSum } {
  let before = NO_TRAFFIC;
  let since = NO_TRAFFIC;
  for (const { place } of nodes) {
    before = plus(before, watch.before.get(place.id) ?? NO_TRAFFIC);
    const [mark, total] = [watch.marks.get(place.id), figures.total(place.id)];
    if (mark !== undefined && total !== undefined) since = plus(since, minus(total, mark));
  }
  return { before, since };
}
