/**
 * The values of one request on their way through the screen, and the rules that it leaves: in load order, by phase.
 */
import type { Budget } from '../budget/budget.ts';
import type { Screen } from '../screen/screen.ts';
import { NO_CLASS } from './class-table.ts';
import type { Collection, KnownFrom } from './collections/collection.ts';
import type { Message } from './collections/message.ts';
import type { ValueSink } from './collections/value-source.ts';
import type { Phase } from './rule.ts';
import type { RulePlan, ScreeningPlan } from './screening-plan.ts';
import { selects, type Target } from './targets.ts';

/** Phase 5 brings no values of its own. */
const LAST_VALUES_FROM: KnownFrom = 4;

const NONE: readonly RulePlan[] = [];

export class Screening implements ValueSink {
  readonly #plan: ScreeningPlan;
  readonly #screen: Screen;
  readonly #budget: Budget;
  /** The last phase whose values were looked at. */
  #looked = 0;
  /** By phase; undefined while there are none. */
  readonly #candidates: (RulePlan[] | undefined)[] = [];
  /** Bits of rules that wait for several values. */
  #bits: Map<RulePlan, number> | null = null;

  constructor(plan: ScreeningPlan, screen: Screen, budget: Budget) {
    this.#plan = plan;
    this.#screen = screen;
    this.#budget = budget;
  }

  /** Looks at all values that are there by now and were not there before. */
  look(message: Message, phase: Phase): void {
    const { sources, sourcesFrom } = this.#plan;
    while (this.#looked < phase && this.#looked < LAST_VALUES_FROM) {
      this.#looked += 1;
      for (const index of sourcesFrom[this.#looked]!) sources[index]!.visit(message, index, this);
    }
  }

  /** Looks at one variable again, which a rule has changed. */
  lookAgain(message: Message, collection: Collection): void {
    for (const [index, source] of this.#plan.sources.entries()) {
      if (source.collections.includes(collection)) source.visit(message, index, this);
    }
  }

  /** Rules of a phase whose values all came, in load order. */
  candidates(phase: Phase): readonly RulePlan[] {
    return this.#candidates[phase] ?? NONE;
  }

  take(source: number, name: string, value: string): void {
    const id = this.#plan.classes.classOf(source, name);
    if (id === NO_CLASS) return;
    const found = this.#screen.candidates(id, value, this.#budget);
    if (found.length > 0) this.#note(found, source, name);
  }

  #note(found: readonly number[], source: number, name: string): void {
    for (const index of found) {
      const { plan, bit, chosen } = this.#plan.waiting[index]!;
      if (chosen !== null && !this.#isMeant(chosen, source, name)) continue;
      if (plan.bits === bit) this.#add(plan);
      else {
        this.#bits ??= new Map();
        const bits = (this.#bits.get(plan) ?? 0) | bit;
        this.#bits.set(plan, bits);
        if (bits === plan.bits) this.#add(plan);
      }
    }
  }

  #isMeant(targets: readonly Target[], source: number, name: string): boolean {
    const { collections } = this.#plan.sources[source]!;
    const lower = name.toLowerCase();
    return targets.some((target) => collections.includes(target.collection) && selects(target, lower));
  }

  /** Keeps the order and lets none in twice. */
  #add(plan: RulePlan): void {
    const { phase, position } = plan.rule;
    let list = this.#candidates[phase];
    if (list === undefined) {
      list = [];
      this.#candidates[phase] = list;
    }
    let place = list.length;
    while (place > 0 && list[place - 1]!.rule.position > position) place -= 1;
    if (place > 0 && list[place - 1] === plan) return;
    list.splice(place, 0, plan);
  }
}
