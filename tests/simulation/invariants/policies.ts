/**
 * Policy: no revision runs on a node that was not chosen for it, none goes beyond its canary before a canary runs it, and
 * none that nodes refuse ends as the one that stands. Held against what nodes really run, not what they report.
 */
import type { LedgerEntry } from '../../../src/messages/ledger-entry.ts';
import type { FleetSettings } from '../../../src/mitigation/fleet-settings.ts';
import type { Chronicle } from '../chronicle.ts';
import { POISON } from '../node-in-force.ts';

export class PolicyWatch {
  readonly #chronicle: Chronicle;
  /** Revisions that were for all nodes of their scope at some time. */
  readonly #stable = new Set<number>();
  /** By revision, the nodes that were chosen for it. */
  readonly #chosen = new Map<number, Set<string>>();
  /** By revision, the nodes that have had it in force. */
  readonly #ran = new Map<number, Set<string>>();
  readonly #poisoned = new Set<number>();

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle;
  }

  /** Something has become durable. */
  take({ body }: LedgerEntry): void {
    switch (body.kind) {
      case 'policy_accepted':
        if (body.toml.includes(POISON)) this.#poisoned.add(body.revision);
        break;
      case 'rollout_step':
        if (body.step > 0) this.#checkCanary(body.revision, `step ${body.step}`);
        for (const node of body.nodes) put(this.#chosen, body.revision, node);
        break;
      case 'rollout_ended':
        this.#chronicle.count(`rollouts ${body.outcome}`);
        if (body.outcome === 'complete') this.#complete(body.revision);
        break;
      default:
    }
  }

  /** A node runs these from now on. */
  adopted(nodeId: string, { layers }: FleetSettings): void {
    for (const { revision } of layers) {
      if (!this.#stable.has(revision) && !this.#chosen.get(revision)?.has(nodeId)) {
        this.#chronicle.violate(`${nodeId} runs revision ${revision}, for which it was not chosen`);
      }
      put(this.#ran, revision, nodeId);
    }
  }

  #complete(revision: number): void {
    // Where a scope has no nodes, there is nobody to try it.
    if (this.#chosen.has(revision)) {
      this.#checkCanary(revision, 'all nodes');
      if (this.#poisoned.has(revision)) {
        this.#chronicle.violate(`revision ${revision} is complete, though every node refuses it`);
      }
    }
    this.#stable.add(revision);
  }

  #checkCanary(revision: number, where: string): void {
    const chosen = this.#chosen.get(revision) ?? new Set();
    const ran = this.#ran.get(revision);
    if (![...chosen].some((node) => ran?.has(node))) {
      this.#chronicle.violate(`revision ${revision} goes to ${where} before a canary runs it`);
    }
  }
}

function put(sets: Map<number, Set<string>>, revision: number, node: string): void {
  const set = sets.get(revision) ?? new Set();
  sets.set(revision, set.add(node));
}
