/**
 * How many bans each node may report: a node that went mad, or is in other hands, can neither fill the ledger without end nor
 * keep it from the others. A flood that bans thousands of clients at once passes.
 */
import { RequestBudget } from '../request-budget.ts';

const PER_SECOND = 100;
const BURST = 20_000;
/** Of more nodes than any fleet has, those longest silent begin anew. */
const NODES_MAX = 20_000;

export class ReportBudgets {
  /** The node that has reported longest ago in front. */
  readonly #budgets = new Map<string, RequestBudget>();

  /** Takes what a report brings; null where it may pass, else the whole seconds until another may. */
  take(nodeId: string, targets: number, nowMs: number): number | null {
    const budget =
      this.#budgets.get(nodeId) ?? new RequestBudget({ perSecond: PER_SECOND, burst: BURST }, nowMs);
    this.#budgets.delete(nodeId);
    this.#budgets.set(nodeId, budget);
    for (const oldest of this.#budgets.keys()) {
      if (this.#budgets.size <= NODES_MAX) break;
      this.#budgets.delete(oldest);
    }
    return budget.take(nowMs, Math.max(1, targets)) ? null : budget.retryAfterSeconds();
  }
}
