/** How strict each part of the fleet is: of the decisions that select a node the latest holds. */
import type { FleetMode } from '../messages/entries/modes.ts';
import type { LedgerEntry } from '../messages/ledger-entry.ts';
import type { Selector } from '../messages/selector.ts';
import { type NodePlace, selects } from './selector.ts';

export interface ModeDecision {
  readonly selector: Selector;
  readonly mode: FleetMode;
  readonly seq: number;
}

/** Selectors that are remembered; more are refused before they are decided on. */
export const MODE_DECISIONS_MAX = 1000;

export class FleetModes {
  /** By rising number. */
  readonly #decisions = new Map<Selector, ModeDecision>();

  apply({ seq, body }: Pick<LedgerEntry, 'seq' | 'body'>): void {
    if (body.kind !== 'mode_set') return;
    const { selector, mode } = body;
    // What holds for all overrides every earlier decision on a part.
    if (selector === 'all') this.#decisions.clear();
    this.#decisions.delete(selector);
    if (this.#decisions.size < MODE_DECISIONS_MAX) this.#decisions.set(selector, { selector, mode, seq });
  }

  /** Whether a decision on this selector would be kept. */
  hasRoomFor(selector: Selector): boolean {
    const { size } = this.#decisions;
    return selector === 'all' || size < MODE_DECISIONS_MAX || this.#decisions.has(selector);
  }

  get(selector: Selector): ModeDecision | undefined {
    return this.#decisions.get(selector);
  }

  modeOf(place: NodePlace): FleetMode {
    let mode: FleetMode = 'normal';
    for (const decision of this.#decisions.values()) {
      if (selects(decision.selector, place)) mode = decision.mode;
    }
    return mode;
  }

  /** By rising number. */
  all(): readonly ModeDecision[] {
    return [...this.#decisions.values()];
  }

  replace(decisions: readonly ModeDecision[]): void {
    this.#decisions.clear();
    for (const decision of decisions) this.#decisions.set(decision.selector, decision);
  }
}
