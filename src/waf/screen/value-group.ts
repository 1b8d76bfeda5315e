/**
 * Classes of values that have rules in common, with one automaton for the literals of all their rules.
 *
 * A value goes through the tree of transformations; each text that comes out is scanned once, and then only those
 * operators look at it of which it has a literal, and those without literals.
 */
import { type Budget, TEST_COST } from '../budget/budget.ts';
import { ClassPlan, type Way } from './class-plan.ts';
import { LiteralAutomaton } from './literal-automaton.ts';
import { chooseLiterals, type Need } from './literal-choice.ts';
import { bitSet, neededOf, type Slot, slotsOf } from './slots.ts';
import { leastLengths } from './text-lengths.ts';
import { TransformationKinds } from './transformation-kinds.ts';
import { TransformationTree } from './transformation-tree.ts';
import type { ValueRule } from './value-rule.ts';
import { NO_TEXT, type ValueText, ValueTexts } from './value-texts.ts';

export class ValueGroup {
  readonly #tree: TransformationTree;
  readonly #slots: readonly Slot[];
  /** Slots that no literal can rule out. */
  readonly #always: Int32Array;
  readonly #texts: ValueTexts;
  /** By node: the number of the text that the value at hand is there. */
  readonly #textAt: Int32Array;
  /** Rules that match, in no order, some perhaps twice. */
  readonly #found: number[] = [];

  /** @param prefilter without it every operator looks at every text */
  constructor(rules: readonly ValueRule[], prefilter: boolean) {
    const kinds = new TransformationKinds();
    this.#tree = new TransformationTree(kinds);
    this.#slots = slotsOf(rules, this.#tree);
    const needs: Need[] = [];
    const always: number[] = [];
    for (const [slot, definition] of this.#slots.entries()) {
      const texts = prefilter ? neededOf(definition) : null;
      if (texts === null) always.push(slot);
      else needs.push({ slot, texts });
    }
    this.#always = bitSet(this.#slots.length, always);
    const automaton = new LiteralAutomaton(chooseLiterals(needs), kinds.kindOf);
    const least = leastLengths(this.#tree, this.#slots, prefilter);
    this.#texts = new ValueTexts(automaton, this.#always.length, least);
    this.#textAt = new Int32Array(this.#tree.nodes.length);
  }

  /** @param members indexes of rules that apply to the class */
  plan(members: ReadonlySet<number>): ClassPlan {
    return new ClassPlan(this.#slots, this.#tree, members);
  }

  /**
   * The rules of the class that match, as found, some perhaps twice; the list is good until the next call.
   *
   * @param budget where it ends, the rest is left out
   */
  match(plan: ClassPlan, value: string, budget: Budget | null): readonly number[] {
    this.#found.length = 0;
    if (budget !== null && !budget.spend(value.length)) return this.#found;
    const original = this.#texts.begin(value, budget);
    const way = plan.way(original.result.kinds);
    if (way.stages.length === 0) this.#ask(original, way.mask, budget);
    else this.#goThrough(original, way, budget);
    this.#texts.end();
    return this.#found;
  }

  #goThrough(original: ValueText, way: Way, budget: Budget | null): void {
    original.mask.set(way.mask);
    for (const { node, mask, firstWord } of way.stages) {
      // What stands idle on the way from the root has left its 0.
      const parent = this.#textAt[node.parent]!;
      const number = parent === NO_TEXT ? NO_TEXT : this.#texts.apply(node, parent, budget);
      if (number === -1) break;
      this.#textAt[node.id] = number;
      if (number === NO_TEXT) continue;
      const looking = this.#texts.at(number).mask;
      for (let word = 0; word < mask.length; word += 1) {
        looking[firstWord + word] = looking[firstWord + word]! | mask[word]!;
      }
    }
    for (const { node } of way.stages) this.#textAt[node.id] = 0;
    for (let number = 0; number < this.#texts.count; number += 1) {
      const text = this.#texts.at(number);
      if (!this.#ask(text, text.mask, budget)) break;
    }
  }

  /** Lets the operators look that are left; false where the budget ends. */
  #ask({ text, result }: ValueText, mask: Int32Array, budget: Budget | null): boolean {
    const { hits } = result;
    const always = this.#always;
    const meter = budget ?? undefined;
    for (let word = 0; word < mask.length; word += 1) {
      let left = (hits[word]! | always[word]!) & mask[word]!;
      while (left !== 0) {
        const slot = this.#slots[word * 32 + 31 - Math.clz32(left & -left)]!;
        left &= left - 1;
        if (budget !== null && !budget.spend(text.length + TEST_COST)) return false;
        const matches = slot.operator.test(text, meter);
        // Once the time is over, an answer means nothing.
        if (budget?.exceeded === true) return false;
        if (matches !== slot.negated) this.#found.push(slot.ruleIndex);
      }
    }
    return true;
  }
}
