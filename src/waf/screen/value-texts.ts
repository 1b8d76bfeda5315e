/**
 * The texts that one value becomes under all transformations: each different one is kept and scanned once, however
 * many chains lead to it, and each transformation sees each of them once.
 */
import type { Budget } from '../budget/budget.ts';
import type { LiteralAutomaton } from './literal-automaton.ts';
import { ScanResult } from './literal-automaton.ts';
import type { LeastLengths } from './text-lengths.ts';
import { mayChange } from './transformation-kinds.ts';
import type { TreeNode } from './transformation-tree.ts';

/** In the place of a text's number: nobody wants to see it. */
export const NO_TEXT = -2;
/** In the place of a text's number: the budget ended, or it is not known yet. */
const UNKNOWN = -1;

/** One text, and what was found in it. The same object serves value after value. */
export interface ValueText {
  text: string;
  result: ScanResult;
  /** Slots that look at it. */
  readonly mask: Int32Array;
  /** By number of the step: the number of the text that it makes of this one. */
  readonly outcomes: Int16Array;
}

export class ValueTexts {
  readonly #automaton: LiteralAutomaton;
  readonly #words: number;
  readonly #steps: number;
  readonly #least: LeastLengths;
  readonly #texts: ValueText[] = [];
  /** One for each text, but texts that differ in nothing but case share one. */
  readonly #results: ScanResult[] = [];
  #scans = 0;
  count = 0;

  constructor(automaton: LiteralAutomaton, words: number, least: LeastLengths) {
    this.#automaton = automaton;
    this.#words = words;
    this.#steps = least.before.length;
    this.#least = least;
  }

  at(number: number): ValueText {
    return this.#texts[number]!;
  }

  /** Takes a new value, as text 0. */
  begin(value: string, budget: Budget | null): ValueText {
    this.#scans = 0;
    this.count = 0;
    return this.#texts[this.#add(value, this.#scan(value, budget))]!;
  }

  /** Lets go of the texts: they may be long, and the next value may be far away. */
  end(): void {
    for (let number = 0; number < this.count; number += 1) this.#texts[number]!.text = '';
  }

  /** The number of the text that the node's step makes of another, or NO_TEXT; -1 where the budget ends. */
  apply(node: TreeNode, number: number, budget: Budget | null): number {
    const from = this.#texts[number]!;
    if (node.step === null || !mayChange(node.bit, from.result.kinds)) return number;
    const known = from.outcomes[node.stepNumber]!;
    if (known !== UNKNOWN) return known;
    const outcome = this.#make(node, number, budget);
    from.outcomes[node.stepNumber] = outcome;
    return outcome;
  }

  #make({ step, stepNumber }: TreeNode, number: number, budget: Budget | null): number {
    const { text, result } = this.#texts[number]!;
    if (step === null) return number;
    if (text.length < this.#least.before[stepNumber]!) return NO_TEXT;
    const changed = step.apply(text);
    if (changed === text) return number;
    if (budget !== null && !budget.spend(text.length + changed.length)) return UNKNOWN;
    if (changed.length < this.#least.after[stepNumber]!) return NO_TEXT;
    // The automaton does not tell cases apart.
    return this.#find(changed, step.name === 'lowercase' ? result : null, budget);
  }

  #find(text: string, result: ScanResult | null, budget: Budget | null): number {
    for (let number = 0; number < this.count; number += 1) {
      if (this.#texts[number]!.text === text) return number;
    }
    return this.#add(text, result ?? this.#scan(text, budget));
  }

  #add(text: string, result: ScanResult): number {
    const number = this.count;
    this.count += 1;
    const known = this.#texts[number];
    if (known === undefined) {
      const mask = new Int32Array(this.#words);
      this.#texts.push({ text, result, mask, outcomes: new Int16Array(this.#steps).fill(UNKNOWN) });
      return number;
    }
    known.text = text;
    known.result = result;
    // A few words each: calls of fill would take longer.
    for (let word = 0; word < this.#words; word += 1) known.mask[word] = 0;
    for (let step = 0; step < this.#steps; step += 1) known.outcomes[step] = UNKNOWN;
    return number;
  }

  #scan(text: string, budget: Budget | null): ScanResult {
    if (this.#scans === this.#results.length) this.#results.push(new ScanResult(this.#words));
    const result = this.#results[this.#scans]!;
    this.#scans += 1;
    this.#automaton.scan(text, result, budget);
    return result;
  }
}
