/**
 * Policy of the whole fleet, folded from the ledger: what was written, what runs where, and the rollout under way.
 *
 * Of each scope one revision is stable: every node of the scope has it to run, those too that join later. One more may be
 * on its way out, and the nodes of the steps taken so far have that one. There is one rollout at a time, so what a node
 * gets worse by is known. The first step of a rollout is its canary: no other can be taken before it.
 *
 * A revision without any key takes the layer of its scope away once it is everywhere.
 */
import type { PolicyScope, RolloutPlan } from '../messages/entries/policies.ts';
import type { Author, LedgerEntry } from '../messages/ledger-entry.ts';
import type { PolicyOrder } from '../messages/order.ts';
import type { NodePlace } from './selector.ts';

export interface PolicyRevision {
  readonly revision: number;
  readonly scope: PolicyScope;
  readonly toml: string;
  readonly based_on: number;
  readonly note: string;
  readonly by: Author;
  readonly at_ms: number;
}

export interface Rollout {
  readonly revision: number;
  readonly scope: PolicyScope;
  readonly plan: RolloutPlan;
  /** The step that was taken last; -1 before the first. */
  readonly step: number;
  /** When it was taken. */
  readonly step_at_ms: number;
  /** All nodes that have it to run so far. */
  readonly nodes: readonly string[];
  /** Those among them that came with the last step. */
  readonly step_nodes: readonly string[];
  /** Why it waits; null while it goes on. */
  readonly paused: string | null;
}

export interface RolloutEnd {
  readonly revision: number;
  readonly outcome: 'complete' | 'rolled_back';
  readonly reason: string;
  readonly at_ms: number;
}

export interface PoliciesSnapshot {
  readonly newest: number;
  readonly revisions: readonly PolicyRevision[];
  readonly stable: readonly (readonly [PolicyScope, number])[];
  readonly rollout: Rollout | null;
  readonly ends: readonly RolloutEnd[];
}

/** Revisions whose text is at hand; older ones stand in the ledger. Those in force are always kept. */
const KEPT_MAX = 200;

/** Scopes that may have a layer, each of which is kept in memory: an orchestrator refuses an edit that makes one more. */
export const SCOPES_MAX = 1000;

export class FleetPolicies {
  readonly #revisions = new Map<number, PolicyRevision>();
  readonly #stable = new Map<PolicyScope, number>();
  readonly #ends = new Map<number, RolloutEnd>();
  #rollout: Rollout | null = null;
  /** The nodes of the rollout. */
  #reached: ReadonlySet<string> = new Set();
  #newest = 0;

  /** The highest number given so far. */
  get newest(): number {
    return this.#newest;
  }

  get rollout(): Rollout | null {
    return this.#rollout;
  }

  /** The revision that an edit of this scope has to be based on; 0 where there is none. */
  headOf(scope: PolicyScope): number {
    return this.#rollout?.scope === scope ? this.#rollout.revision : this.stableOf(scope);
  }

  stableOf(scope: PolicyScope): number {
    return this.#stable.get(scope) ?? 0;
  }

  /** Scopes that have a stable revision. */
  scopes(): readonly PolicyScope[] {
    return [...this.#stable.keys()];
  }

  get(revision: number): PolicyRevision | undefined {
    return this.#revisions.get(revision);
  }

  /** How the rollout of a revision ended; undefined where it has not, or was forgotten. */
  endOf(revision: number): RolloutEnd | undefined {
    return this.#ends.get(revision);
  }

  /** Those at hand, the oldest first. */
  revisions(): readonly PolicyRevision[] {
    return [...this.#revisions.values()];
  }

  /** Everything that a node has to run, the broadest layer first. */
  orderFor(place: NodePlace): PolicyOrder {
    const scopes: PolicyScope[] = ['fleet', `group:${place.group}`, `node:${place.id}`];
    const layers = scopes.flatMap((scope) => {
      const found = this.#revisions.get(this.#revisionFor(scope, place.id));
      return found === undefined ? [] : [{ scope, revision: found.revision, toml: found.toml }];
    });
    return { kind: 'policy', revision: Math.max(0, ...layers.map(({ revision }) => revision)), layers };
  }

  #revisionFor(scope: PolicyScope, nodeId: string): number {
    const rollout = this.#rollout;
    const reached = rollout !== null && rollout.scope === scope && this.#reached.has(nodeId);
    return reached ? rollout.revision : this.stableOf(scope);
  }

  /** Folds one entry; what does not fit the state changes nothing. */
  apply({ at_ms: atMs, by, body }: Pick<LedgerEntry, 'at_ms' | 'by' | 'body'>): void {
    if (body.kind === 'policy_accepted') {
      if (body.revision !== this.#newest + 1) return;
      this.#newest = body.revision;
      const { kind: _, ...written } = body;
      this.#revisions.set(body.revision, { ...written, by, at_ms: atMs });
      this.#forgetOld();
    } else if (body.kind === 'rollout_started') {
      // Once for each revision, and before the next is written.
      const written = body.revision === this.#newest ? this.#revisions.get(body.revision) : undefined;
      if (written === undefined || this.#rollout !== null || this.#ends.has(body.revision)) return;
      const { revision, scope } = written;
      const start = { step: -1, step_at_ms: atMs, nodes: [], step_nodes: [], paused: null };
      this.#put({ revision, scope, plan: body.plan, ...start });
    } else if (this.#rollout !== null && 'revision' in body && body.revision === this.#rollout.revision) {
      this.#goOn(this.#rollout, body, atMs);
    }
  }

  #goOn(rollout: Rollout, body: LedgerEntry['body'], atMs: number): void {
    if (body.kind === 'rollout_step') {
      if (!isNextStep(rollout, body.step)) return;
      const taken = body.nodes.filter((nodeId) => !this.#reached.has(nodeId));
      const nodes = [...rollout.nodes, ...taken];
      this.#put({ ...rollout, step: body.step, step_at_ms: atMs, nodes, step_nodes: taken });
    } else if (body.kind === 'rollout_paused') {
      this.#put({ ...rollout, paused: body.reason });
    } else if (body.kind === 'rollout_resumed') {
      this.#put({ ...rollout, paused: null, step_at_ms: atMs });
    } else if (body.kind === 'rollout_ended') {
      const { revision, outcome, reason } = body;
      if (outcome === 'complete') this.#settle(rollout);
      this.#put(null);
      this.#ends.set(revision, { revision, outcome, reason, at_ms: atMs });
      this.#forgetOld();
    }
  }

  #put(rollout: Rollout | null): void {
    this.#rollout = rollout;
    this.#reached = new Set(rollout?.nodes);
  }

  #settle({ revision, scope }: Rollout): void {
    if (this.#revisions.get(revision)?.toml.trim() === '') this.#stable.delete(scope);
    else this.#stable.set(scope, revision);
  }

  #forgetOld(): void {
    const inForce = new Set([...this.#stable.values(), this.#rollout?.revision ?? 0, this.#newest]);
    for (const revision of this.#revisions.keys()) {
      if (this.#revisions.size <= KEPT_MAX) break;
      if (!inForce.has(revision)) this.#revisions.delete(revision);
    }
    for (const revision of this.#ends.keys()) {
      if (this.#ends.size <= KEPT_MAX) break;
      this.#ends.delete(revision);
    }
  }

  snapshot(): PoliciesSnapshot {
    return {
      newest: this.#newest,
      revisions: this.revisions(),
      stable: [...this.#stable],
      rollout: this.#rollout,
      ends: [...this.#ends.values()],
    };
  }

  restore({ newest, revisions, stable, rollout, ends }: PoliciesSnapshot): void {
    this.#newest = newest;
    this.#put(rollout);
    this.#revisions.clear();
    this.#stable.clear();
    this.#ends.clear();
    for (const revision of revisions) this.#revisions.set(revision.revision, revision);
    for (const [scope, revision] of stable) this.#stable.set(scope, revision);
    for (const end of ends) this.#ends.set(end.revision, end);
  }
}

/** Steps that would bring no node may be left out, but never the first, and none is taken while it waits. */
function isNextStep({ step, plan, paused }: Rollout, next: number): boolean {
  if (paused !== null) return false;
  return step === -1 ? next === 0 : next > step && next < plan.shares.length;
}
