/** What the rules at work on one request may read and change. */

import type { Budget } from '../budget/budget.ts';
import type { Collection } from './collections/collection.ts';
import type { Message } from './collections/message.ts';
import type { EngineMode, RemovedTarget, RuleSelection } from './control.ts';
import { Matched } from './matched.ts';
import type { Link, Rule } from './rule.ts';
import type { StartState } from './start-state.ts';
import { chooses } from './targets.ts';
import type { Variables } from './variables.ts';

/** HIGHEST_SEVERITY before anything matched. */
const NO_SEVERITY = 255;

/** The value that the rule at work matched last, to be shown. */
export interface Sighting {
  readonly link: Link;
  readonly collection: Collection;
  /** Which member; 0 for a variable with one value. */
  readonly index: number;
  readonly isCount: boolean;
  /** `ARGS:id`. */
  readonly label: string;
  /** Before and after the transformations. */
  readonly received: string;
  readonly value: string;
}

export interface TargetRemoval {
  readonly selection: RuleSelection;
  readonly removed: readonly RemovedTarget[];
  /** Whether rules chained to the one that is meant keep their targets. */
  readonly firstLinkOnly?: boolean;
}

export class TransactionState {
  readonly message: Message;
  readonly variables: Variables;
  readonly budget: Budget;
  readonly matched = new Matched();
  mode: EngineMode;
  auditMode: 'on' | 'off' | 'relevant-only';
  answerBodyAccess: boolean;
  highestSeverity = NO_SEVERITY;
  rule: Rule | null = null;
  /** What the rule at work has added to anomaly scores. */
  score = 0;
  /** The last value from the message itself that the rule at work matched. */
  sighting: Sighting | null = null;
  /** Why evaluation cannot go on; null while all is well. */
  fault: string | null = null;
  /** Whether a rule has just changed REQBODY_PROCESSOR, and whether one ever has. */
  processorChanged = false;
  processorOverruled = false;
  #removedRules: RuleSelection[] | null = null;
  #removedTargets: TargetRemoval[] | null = null;
  /** Those of the rule at work; null while it has all its targets. */
  #removedHere: readonly TargetRemoval[] | null = null;

  constructor(
    message: Message,
    variables: Variables,
    budget: Budget,
    start: Pick<StartState, 'mode' | 'auditMode' | 'answerBodyAccess' | 'removals'>,
  ) {
    this.message = message;
    this.variables = variables;
    this.budget = budget;
    this.mode = start.mode;
    this.auditMode = start.auditMode;
    this.answerBodyAccess = start.answerBodyAccess;
    if (start.removals === null) return;
    this.#removedRules = [...start.removals.rules];
    this.#removedTargets = [...start.removals.targets];
  }

  /** A rule begins. */
  enter(rule: Rule): void {
    this.rule = rule;
    this.#removedHere = this.#removedTargets === null ? null : this.#removedFrom(rule);
    this.score = 0;
    this.sighting = null;
    this.matched.reset();
  }

  removeRules(selection: RuleSelection): void {
    this.#removedRules ??= [];
    if (!this.#removedRules.includes(selection)) this.#removedRules.push(selection);
  }

  removeTargets(removal: TargetRemoval): void {
    this.#removedTargets ??= [];
    if (this.#removedTargets.includes(removal)) return;
    this.#removedTargets.push(removal);
    if (this.rule !== null) this.#removedHere = this.#removedFrom(this.rule);
  }

  isRemoved(rule: Rule): boolean {
    return this.#removedRules?.some((selection) => selection.has(rule)) ?? false;
  }

  /** Whether rules look at everything that they were written to look at, and at the values that came with the request. */
  get isUntouched(): boolean {
    return this.#removedTargets === null && this.#removedRules === null && !this.processorOverruled;
  }

  /** Whether a link of the rule at work may no longer look at a member. @param name in lower case */
  isTargetRemoved(link: Link, collection: Collection, name: string): boolean {
    if (this.#removedHere === null) return false;
    const chained = link !== this.rule?.links[0];
    return this.#removedHere.some(
      ({ removed, firstLinkOnly }) =>
        !(chained && firstLinkOnly === true) &&
        removed.some((target) => target.collection === collection && chooses(target.choice, name)),
    );
  }

  #removedFrom(rule: Rule): readonly TargetRemoval[] | null {
    const removals = (this.#removedTargets ?? []).filter(({ selection }) => selection.has(rule));
    return removals.length === 0 ? null : removals;
  }
}
