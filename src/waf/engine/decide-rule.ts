/** What a rule does for every request, as far as that follows from what is known of TX. */

import type { Control } from './control.ts';
import { evaluateLink } from './evaluate-link.ts';
import { isolatedState } from './isolated-state.ts';
import type { KnownVariables } from './known-variables.ts';
import type { Macro } from './macro.ts';
import type { Link, Rule } from './rule.ts';
import type { VariableAssignment } from './set-variable.ts';
import type { TransactionState } from './state.ts';
import { namePrefix } from './variable-use.ts';

export interface RuleDecision {
  readonly verdict: 'always' | 'maybe' | 'never';
  /** Whether it can change or tell anything. */
  readonly acts: boolean;
  /** Whether what it writes and controls happens for some requests only, or is not known in full. */
  readonly isPossible: boolean;
  /** Values that it writes. */
  readonly writes: ReadonlyMap<number, string | undefined>;
  /** Variables to which it may write something unknown: by slot, by how their names begin. */
  readonly forgotten: ReadonlySet<number>;
  readonly forgottenPrefixes: readonly string[];
  readonly controls: readonly Control[];
  /** By link: whether it matches whatever the request. */
  readonly certainLinks: readonly boolean[];
}

export function decideRule(rule: Rule, known: KnownVariables): RuleDecision {
  return new Decision(known).decide(rule);
}

class Decision {
  readonly #known: KnownVariables;
  readonly #state: TransactionState;
  readonly #writes = new Map<number, string | undefined>();
  readonly #forgotten = new Set<number>();
  readonly #prefixes: string[] = [];
  readonly #controls: Control[] = [];
  readonly #certainLinks: boolean[] = [];
  #isPossible = false;
  #acts = false;

  constructor(known: KnownVariables) {
    this.#known = known;
    this.#state = isolatedState(known.table, known.toSlots());
  }

  decide(rule: Rule): RuleDecision {
    this.#state.enter(rule);
    for (const link of rule.links) {
      const matches = this.#isDecidable(link) ? this.#tryLink(link) : null;
      if (matches === false) return this.#finish('never');
      this.#certainLinks.push(matches === true);
      this.#acts ||= link.assignments.length > 0 || link.controls.length > 0 || link.capture;
      this.#controls.push(...link.controls);
      if (matches === null) this.#forgetWrites(link);
    }
    this.#acts = true;
    return this.#finish(this.#certainLinks.every((certain) => certain) ? 'always' : 'maybe');
  }

  #finish(verdict: RuleDecision['verdict']): RuleDecision {
    const known = [...this.#writes].filter(([slot]) => !this.#forgotten.has(slot));
    return {
      verdict,
      acts: this.#acts,
      isPossible: this.#isPossible,
      writes: new Map(known),
      forgotten: this.#forgotten,
      forgottenPrefixes: this.#prefixes,
      controls: this.#controls,
      certainLinks: this.#certainLinks,
    };
  }

  /** Runs a link on what is known, with its assignments where they can be worked out. */
  #tryLink(link: Link): boolean {
    const { variables } = this.#state;
    const computable = link.assignments.every((assignment) => this.#isComputable(assignment));
    const pure = { ...link, assignments: computable ? link.assignments : [], controls: [] };
    if (!evaluateLink(pure, this.#state)) return false;
    if (!computable) this.#forgetWrites(link);
    for (const { slot } of pure.assignments) if (slot !== -1) this.#writes.set(slot, variables.get(slot));
    return true;
  }

  #forgetWrites({ assignments }: Link): void {
    this.#isPossible = true;
    for (const assignment of assignments) {
      if (assignment.slot === -1) this.#prefixes.push(namePrefix(assignment));
      else this.#forgotten.add(assignment.slot);
    }
  }

  #isDecidable({ targets, operator }: Link): boolean {
    if (operator === null) return true;
    if (operator.compiled === null && !this.#isKnown(operator.argument)) return false;
    return targets.every(({ slot }) => slot !== -1 && this.#hasKnown(slot));
  }

  #isComputable({ operation, slot, name, value }: VariableAssignment): boolean {
    if (slot === -1 || name.constant === null) return false;
    const isSum = operation === 'add' || operation === 'subtract';
    return (!isSum || this.#hasKnown(slot)) && this.#isKnown(value);
  }

  #isKnown({ parts }: Macro): boolean {
    return parts.every(
      (part) =>
        part.kind === 'text' ||
        (part.kind === 'variable' && this.#hasKnown(part.slot)) ||
        (part.kind === 'value' && part.collection.kind === 'matched'),
    );
  }

  #hasKnown(slot: number): boolean {
    if (this.#forgotten.has(slot)) return false;
    const name = this.#known.table.names[slot] ?? '';
    if (this.#prefixes.some((prefix) => name.startsWith(prefix))) return false;
    return this.#known.isKnown(slot) || this.#writes.has(slot);
  }
}
