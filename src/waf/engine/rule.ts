/** Rules as the engine runs them: names resolved, texts with macros taken apart, actions sorted by what they do. */
import type { CompiledOperator } from '../operators/operator.ts';
import type { Place } from '../seclang/syntax.ts';
import type { Control } from './control.ts';
import type { Macro } from './macro.ts';
import type { VariableAssignment } from './set-variable.ts';
import type { Target } from './targets.ts';
import type { TransformationChain } from './transformation-chain.ts';

export type Phase = 1 | 2 | 3 | 4 | 5;

export const PHASES: readonly Phase[] = [1, 2, 3, 4, 5];

export interface Rule {
  /** Where it stands among all rules and markers, in load order. */
  readonly position: number;
  readonly id: number;
  readonly place: Place;
  readonly phase: Phase;
  /** Itself first, then those chained to it. */
  readonly links: readonly Link[];
  readonly outcome: Outcome;
  readonly report: Report;
  /** Tags and message as written, for those that remove rules by them. */
  readonly tags: readonly string[];
  readonly message: string;
}

export interface Link {
  /** Empty for a SecAction, which matches always. */
  readonly targets: readonly Target[];
  /** Null for a SecAction. */
  readonly operator: LinkOperator | null;
  readonly transformations: TransformationChain;
  readonly multiMatch: boolean;
  readonly capture: boolean;
  /** For each value that matches, in order. */
  readonly assignments: readonly VariableAssignment[];
  readonly controls: readonly Control[];
}

/** The operator of a link and its argument: compiled already, or at run time where the argument has macros. */
export interface LinkOperator {
  readonly name: string;
  readonly negated: boolean;
  readonly argument: Macro;
  readonly compiled: CompiledOperator | null;
  /** Compiles an expanded argument; null where it does not compile. The last few are kept. */
  readonly expand: ((argument: string) => CompiledOperator | null) | null;
}

/** What happens once a whole chain matched. */
export interface Outcome {
  readonly disruption: Disruption;
  /** The position of the marker to go on at; -1 to go on with the next rule. */
  readonly skipTo: number;
}

export type Disruption =
  | { readonly kind: 'none' }
  | { readonly kind: 'deny'; readonly status: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: Macro }
  | { readonly kind: 'allow'; readonly scope: 'transaction' | 'phase' | 'request' };

/** What is told about a match. */
export interface Report {
  readonly log: boolean;
  readonly auditLog: boolean;
  readonly message: Macro;
  readonly data: Macro;
  readonly severity: number | null;
  readonly tags: readonly Macro[];
  readonly version: string;
  readonly revision: string;
}
