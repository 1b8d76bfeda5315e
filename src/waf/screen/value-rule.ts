/** What the screen knows of a rule: how one value is changed and asked about. Conditions on other values stay outside. */
import type { CompiledOperator } from '../operators/operator.ts';
import type { Transformation } from '../transformations/transformation.ts';

export interface ChainStep {
  /** Canonical and in lower case; one name always means one transformation. */
  readonly name: string;
  readonly apply: Transformation;
}

export interface ValueRule {
  /** What the screen answers with: any number from 0 up, none twice. */
  readonly index: number;
  /** Applied in order before the operator looks. */
  readonly chain: readonly ChainStep[];
  readonly operator: CompiledOperator;
  /** The rule matches where the operator does not. */
  readonly negated: boolean;
  /** The operator looks at the value as it came and after every step, and one match is enough. */
  readonly multiMatch: boolean;
}

/** Indexes of the rules that match a value, in ascending order. */
export type Candidates = readonly number[];

/** For values that no rule matches: nearly all. */
export const NO_CANDIDATES: Candidates = [];
