/**
 * One link of a rule against all values that it looks at. Every value that matches runs the link's own actions at
 * once, before the next value and whatever becomes of the rest of the chain. Without a value the operator is not run.
 */

import { TEST_COST } from '../budget/budget.ts';
import type { CompiledOperator } from '../operators/operator.ts';
import { applyControl } from './apply-control.ts';
import { amountOf, assign } from './assign.ts';
import type { Collection } from './collections/collection.ts';
import type { Member } from './collections/member.ts';
import { expand, matchedText, ruleText } from './expand.ts';
import type { Link, LinkOperator } from './rule.ts';
import type { TransactionState } from './state.ts';
import { countMembers, listVariables } from './target-members.ts';
import { selects, type Target } from './targets.ts';
import { transform } from './transformation-chain.ts';
import { variableLabel } from './variable-label.ts';

/** Where a value comes from. */
interface Source {
  readonly collection: Collection;
  readonly index: number;
  readonly isCount: boolean;
  readonly name: string;
}

/** Whether any value matches. */
export function evaluateLink(link: Link, state: TransactionState): boolean {
  if (link.operator === null) {
    runActions(link, state);
    return true;
  }
  const operator = resolveOperator(link.operator, state);
  if (operator === null) return false;
  const examination = new Examination(link, operator, link.operator.negated, state);
  for (const target of link.targets) {
    if (target.count) examination.lookAtCount(target);
    else examination.lookAt(target);
    if (state.budget.exceeded) return false;
  }
  return examination.matched;
}

function resolveOperator(written: LinkOperator, state: TransactionState): CompiledOperator | null {
  if (written.compiled !== null) return written.compiled;
  const argument = expand(written.argument, state);
  const operator = written.expand?.(argument) ?? null;
  if (operator === null) state.fault = `The argument of @${written.name} makes no sense once expanded.`;
  return operator;
}

function runActions(link: Link, state: TransactionState): void {
  for (const assignment of link.assignments) {
    assign(assignment, state);
    if (assignment.scores) state.score += amountOf(assignment, state);
  }
  for (const control of link.controls) applyControl(control, state);
}

class Examination {
  matched = false;
  readonly #link: Link;
  readonly #operator: CompiledOperator;
  readonly #negated: boolean;
  readonly #state: TransactionState;

  constructor(link: Link, operator: CompiledOperator, negated: boolean, state: TransactionState) {
    this.#link = link;
    this.#operator = operator;
    this.#negated = negated;
    this.#state = state;
  }

  lookAt(target: Target): void {
    const { collection } = target;
    switch (collection.kind) {
      case 'scalar':
        if (this.#state.isTargetRemoved(this.#link, collection, '')) return;
        this.#value(collection, 0, '', collection.read(this.#state.message));
        return;
      case 'members':
        this.#members(target, collection.read(this.#state.message));
        return;
      case 'variables':
        this.#variables(target);
        return;
      case 'matched':
        this.#matched(target, collection);
        return;
      case 'rule':
        this.#value(collection, 0, target.choice.name ?? '', ruleText(target.choice.name ?? '', this.#state));
    }
  }

  lookAtCount(target: Target): void {
    const { collection } = target;
    const count = String(countMembers(target, this.#state));
    this.#test({ collection, index: 0, isCount: true, name: target.choice.name ?? '' }, count);
  }

  #members(target: Target, members: readonly Member[]): void {
    const { collection } = target;
    // MATCHED_VARS grows while it is looked at: values that this link adds are not looked at again.
    const { length } = members;
    for (let index = 0; index < length; index += 1) {
      const { name, value } = members[index]!;
      const lower = name.toLowerCase();
      if (!selects(target, lower) || this.#state.isTargetRemoved(this.#link, collection, lower)) continue;
      this.#value(collection, index, name, value);
      if (this.#state.budget.exceeded) return;
    }
  }

  #variables(target: Target): void {
    const { collection, choice, slot } = target;
    if (slot !== -1) {
      const name = choice.name ?? '';
      const value = this.#state.variables.get(slot);
      if (value === undefined || this.#state.isTargetRemoved(this.#link, collection, name)) return;
      this.#value(collection, 0, name, value);
      return;
    }
    for (const { name, value } of listVariables(target, this.#state)) {
      if (!this.#state.isTargetRemoved(this.#link, collection, name)) this.#value(collection, 0, name, value);
    }
  }

  #matched(target: Target, collection: Extract<Collection, { kind: 'matched' }>): void {
    const { values } = this.#state.matched;
    if (collection.name === 'MATCHED_VARS') this.#members(target, values);
    else if (collection.name === 'MATCHED_VARS_NAMES') {
      this.#members(
        target,
        values.map(({ name }) => ({ name, value: name })),
      );
    } else this.#value(collection, 0, '', matchedText(collection.name, this.#state));
  }

  #value(collection: Collection, index: number, name: string, received: string): void {
    if (!this.#state.budget.spend(received.length + TEST_COST)) return;
    const source = { collection, index, isCount: false, name };
    const { transformations, multiMatch } = this.#link;
    if (!multiMatch) {
      this.#test(source, transform(transformations, received), received);
      return;
    }
    this.#test(source, received);
    let value = received;
    for (const step of transformations.steps) {
      const changed = step.apply(value);
      if (changed !== value) this.#test(source, changed, received);
      value = changed;
    }
  }

  #test(source: Source, value: string, received = value): void {
    const link = this.#link;
    const state = this.#state;
    const { budget } = state;
    // An answer that came when the time was over means nothing.
    if (this.#operator.test(value, budget) === this.#negated || budget.exceeded) return;
    this.matched = true;
    const label = variableLabel(source.collection, source.name);
    state.matched.take(label, value);
    const { collection, index, isCount } = source;
    if (collection.kind === 'scalar' || collection.kind === 'members') {
      state.sighting = { link, collection, index, isCount, label, received, value };
    }
    if (link.capture && !this.#negated) {
      const match = this.#operator.match(value, budget);
      if (match !== null && match.captures.length > 0 && !budget.exceeded)
        state.variables.capture(match.captures);
    }
    runActions(link, state);
  }
}
