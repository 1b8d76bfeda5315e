/** Decisions about the size of the fleet and what became of asking for nodes, folded from the ledger. */
import type { ScalingDecided, WebhookEnded } from '../messages/entries/scaling.ts';
import type { Author, LedgerEntry } from '../messages/ledger-entry.ts';

export interface ScalingDecision extends Omit<ScalingDecided, 'kind'> {
  readonly by: Author;
  readonly at_ms: number;
  /** How the call of the provisioning receiver ended; null where there was none, or not yet. */
  readonly ended: (Omit<WebhookEnded, 'kind' | 'key'> & { readonly at_ms: number }) | null;
}

/** Older ones stand in the ledger only. A call that is still open after so many others is not made any more. */
const DECISIONS_MAX = 1000;

export class FleetScaling {
  /** By key, the oldest first. */
  readonly #decisions = new Map<string, ScalingDecision>();

  apply({ at_ms: atMs, by, body }: Pick<LedgerEntry, 'at_ms' | 'by' | 'body'>): void {
    if (body.kind === 'scaling_decided') {
      if (this.#decisions.has(body.key)) return;
      const { kind: _, ...decided } = body;
      this.#decisions.set(body.key, { ...decided, by, at_ms: atMs, ended: null });
      for (const key of this.#decisions.keys()) {
        if (this.#decisions.size <= DECISIONS_MAX) return;
        this.#decisions.delete(key);
      }
    } else if (body.kind === 'webhook_ended') {
      const decision = this.#decisions.get(body.key);
      if (decision === undefined || decision.ended !== null) return;
      const { kind: _, key: __, ...ended } = body;
      this.#decisions.set(body.key, { ...decision, ended: { ...ended, at_ms: atMs } });
    }
  }

  has(key: string): boolean {
    return this.#decisions.has(key);
  }

  get(key: string): ScalingDecision | undefined {
    return this.#decisions.get(key);
  }

  /** The oldest first. */
  all(): readonly ScalingDecision[] {
    return [...this.#decisions.values()];
  }

  /** Decisions that the provisioning receiver is still to be told of, the oldest first. */
  pending(): readonly ScalingDecision[] {
    return this.all().filter(
      ({ action, dry_run: dryRun, ended }) => action !== 'down' && !dryRun && ended === null,
    );
  }

  replace(decisions: readonly ScalingDecision[]): void {
    this.#decisions.clear();
    for (const decision of decisions) this.#decisions.set(decision.key, decision);
  }
}
