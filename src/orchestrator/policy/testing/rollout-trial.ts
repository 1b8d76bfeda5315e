/** A rollout on a clock that only the test moves: the fold, the decisions about it, and nodes that do what they are told. */
import { FleetPolicies } from '../../../fleet/fleet-policies.ts';
import type { NodePlace } from '../../../fleet/selector.ts';
import type { RolloutPlan } from '../../../messages/entries/policies.ts';
import type { EntryBody } from '../../../messages/ledger-entry.ts';
import { nodeMetrics } from '../../../messages/node-metrics.ts';
import { NodeFigures } from '../node-figures.ts';
import type { NodeStanding } from '../node-standing.ts';
import { decideRollout, type RolloutDecision } from '../rollout.ts';
import type { StepWatch } from '../step-watch.ts';

export const BEAT_MS = 10_000;
export const ACKNOWLEDGE_MS = 80_000;
export const WAIT_FOR_NODES_MS = 600_000;

export const PLAN: RolloutPlan = {
  shares: [0.1, 0.5, 1],
  observe_seconds: 60,
  limits: { block_share_rise_max: 0.05, error_share_rise_max: 0.02, latency_factor_max: 2 },
};

/** How one node fares; a test changes it as it likes. */
export interface TrialNode {
  readonly place: NodePlace;
  condition: NodeStanding['condition'];
  epoch: number;
  heardAtMs: number;
  appliedRevision: number;
  refused: NodeStanding['refused'];
  /** What it does with a policy that is new to it. */
  takes: 'applies' | 'refuses' | 'ignores';
  /** What comes between two heartbeats, by whether it runs the new revision. */
  traffic: (has: boolean) => {
    readonly blocks?: number;
    readonly errors?: number;
    readonly latencyMs?: number;
  };
  requests: number;
  blocks: number;
  errors: number;
}

const REQUESTS_PER_BEAT = 100;

export class RolloutTrial {
  readonly policies = new FleetPolicies();
  readonly nodes: readonly TrialNode[];
  figures = new NodeFigures(1000);
  massSilence = false;
  nowMs = 1_000_000;
  /** Entries in their order. */
  readonly entries: EntryBody[] = [];
  decision: RolloutDecision | null = null;
  #watch: StepWatch | null = null;

  constructor(count: number) {
    this.nodes = Array.from({ length: count }, (_, nth) => this.#makeNode(nth));
  }

  /** Ten minutes of quiet, then a revision and its rollout. */
  static started(count: number, plan: RolloutPlan = PLAN): RolloutTrial {
    const trial = new RolloutTrial(count);
    trial.passMs(600_000);
    trial.accept(plan);
    return trial;
  }

  accept(plan: RolloutPlan = PLAN, scope = 'fleet'): void {
    const revision = this.policies.newest + 1;
    const basedOn = this.policies.headOf(scope);
    this.fold({ kind: 'policy_accepted', revision, scope, toml: '# x', based_on: basedOn, note: '' });
    this.fold({ kind: 'rollout_started', revision, plan });
  }

  fold(body: EntryBody): void {
    this.entries.push(body);
    this.policies.apply({ at_ms: Math.round(this.nowMs), by: { kind: 'system', id: 'test' }, body });
  }

  /** Lets time pass: every second a look, every so often a heartbeat of each node that is alive. */
  passMs(durationMs: number): void {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; ) {
      this.nowMs += 1000;
      for (const node of this.nodes) if (this.nowMs - node.heardAtMs >= BEAT_MS) this.#beat(node);
      this.look();
    }
  }

  /** Passes time until the rollout has ended, or too much has passed. */
  run(): RolloutDecision | null {
    for (let turn = 0; turn < 2000 && this.policies.rollout !== null; turn++) this.passMs(1000);
    return this.decision;
  }

  /** Asks for the next decision, and folds it. */
  look(): void {
    const { rollout } = this.policies;
    if (rollout === null) return;
    const { decision, watch } = decideRollout(rollout, this.#watch, {
      nowMs: this.nowMs,
      nodes: this.nodes.map((node) => ({ ...node })),
      figures: this.figures,
      massSilence: this.massSilence,
      acknowledgeMs: ACKNOWLEDGE_MS,
      waitForNodesMs: WAIT_FOR_NODES_MS,
    });
    this.decision = decision;
    this.#watch = watch;
    const { revision } = rollout;
    if (decision.kind === 'step') {
      this.fold({ kind: 'rollout_step', revision, step: decision.step, nodes: [...decision.nodes] });
    } else if (decision.kind === 'end') {
      this.fold({ kind: 'rollout_ended', revision, outcome: decision.outcome, reason: decision.reason });
    }
  }

  /** Another process of the orchestrator goes on. */
  restart(): void {
    this.#watch = null;
    this.figures = new NodeFigures(1000);
  }

  /** The nodes of the rollout so far. */
  reached(): readonly TrialNode[] {
    const ids = this.policies.rollout?.nodes ?? [];
    return this.nodes.filter(({ place }) => ids.includes(place.id));
  }

  /** How many nodes each step has brought. */
  steps(): readonly number[] {
    return this.entries.flatMap((body) => (body.kind === 'rollout_step' ? [body.nodes.length] : []));
  }

  #beat(node: TrialNode): void {
    if (node.condition === 'dead' || node.condition === 'silent') return;
    node.heardAtMs = this.nowMs;
    const { revision } = this.policies.orderFor(node.place);
    if (node.takes === 'applies') node.appliedRevision = revision;
    else if (node.takes === 'refuses' && revision !== node.appliedRevision) {
      node.refused = { revision, reason: 'it makes no sense here' };
    }
    const { blocks = 1, errors = 1, latencyMs = 10 } = node.traffic(node.appliedRevision > 0);
    node.requests += REQUESTS_PER_BEAT;
    node.blocks += blocks;
    node.errors += errors;
    const metrics = nodeMetrics.parse({
      ...{ cpu_usage: 1, memory_usage: 1, packets_per_second: 1, active_connections: 1, ddos_blocks: 0 },
      ...{ total_requests: node.requests, waf_blocks: node.blocks, server_errors: node.errors },
      ...{ latency_ms: latencyMs, latency_p99_ms: latencyMs },
    });
    this.figures.record(node.place.id, node.epoch, metrics, this.nowMs);
  }

  #makeNode(nth: number): TrialNode {
    return {
      place: { id: `node-${nth}`, group: nth % 2 === 0 ? 'even' : 'odd', region: null, tags: [] },
      ...{ condition: 'ready', epoch: 1, heardAtMs: this.nowMs - nth * 100 },
      ...{ appliedRevision: 0, refused: null, takes: 'applies', traffic: () => ({}) },
      ...{ requests: 0, blocks: 0, errors: 0 },
    };
  }
}
