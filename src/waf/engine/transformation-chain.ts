/** The transformations that a rule asks for, in order; rules with the same ones share one chain. */
import type { Transformation } from '../transformations/transformation.ts';

export interface TransformationStep {
  /** Canonical and in lower case. */
  readonly name: string;
  readonly apply: Transformation;
}

export interface TransformationChain {
  readonly id: number;
  readonly steps: readonly TransformationStep[];
}

/** Changes a value by all steps in order; the very same text where none changes it. */
export function transform(chain: TransformationChain, text: string): string {
  let value = text;
  for (const step of chain.steps) value = step.apply(value);
  return value;
}

/** Interns chains by the names of their steps. */
export class ChainTable {
  readonly #chains = new Map<string, TransformationChain>();

  chain(steps: readonly TransformationStep[]): TransformationChain {
    const key = steps.map(({ name }) => name).join(',');
    const known = this.#chains.get(key);
    if (known !== undefined) return known;
    const chain: TransformationChain = { id: this.#chains.size, steps };
    this.#chains.set(key, chain);
    return chain;
  }
}
