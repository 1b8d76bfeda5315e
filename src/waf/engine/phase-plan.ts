/**
 * What one phase comes to: the rules that no value decides, and the outcome for requests in which nothing is found.
 *
 * Rules about TX alone, such as those that sum up scores, do the same for all requests that come to them with the same
 * TX. For the TX of requests in which nothing has matched they are run once at load, and what TX is then is kept.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import { isolatedState } from './isolated-state.ts';
import type { Macro } from './macro.ts';
import type { Link, Phase, Rule } from './rule.ts';
import { sameSlots } from './same-slots.ts';
import type { RulePlan } from './screening-plan.ts';
import type { VariableTable } from './variable-table.ts';
import type { Slots } from './variables.ts';
import { takeRule } from './walk.ts';

export interface PhasePlan {
  /** All rules, in load order. */
  readonly rules: readonly RulePlan[];
  /** Those that neither values nor guards decide, in load order. */
  readonly contextual: readonly RulePlan[];
  /** Those that only guards decide. */
  readonly guarded: readonly RulePlan[];
  /** For requests in which nothing was found before: what TX is then, and what it is after a phase without finds. */
  readonly quiet: readonly QuietOutcome[];
}

export interface QuietOutcome {
  readonly before: Slots;
  readonly after: Slots;
}

export type PhasePlans = Readonly<Record<Phase, PhasePlan>>;

/** A node leaves phases out: there may be no answer. So a phase may follow upon any earlier one. */
export function planPhases(rules: readonly RulePlan[], table: VariableTable, template: Slots): PhasePlans {
  const states: Slots[] = [template];
  const plan = (phase: Phase): PhasePlan => {
    const planned = planPhase(phase, rules, table, states);
    const quiet = planned.quiet.map(({ before, after }) => ({ before, after: keepState(after, states) }));
    return { ...planned, quiet };
  };
  return { 1: plan(1), 2: plan(2), 3: plan(3), 4: plan(4), 5: plan(5) };
}

/** Equal states are one and the same, so that few need to be told apart at run time. */
function keepState(state: Slots, states: Slots[]): Slots {
  const known = states.find((other) => sameSlots(other, state));
  if (known === undefined) states.push(state);
  return known ?? state;
}

/** @param befores what TX may be at the beginning of the phase where nothing was found, whichever phases came before */
function planPhase(
  phase: Phase,
  all: readonly RulePlan[],
  table: VariableTable,
  befores: readonly Slots[],
): PhasePlan {
  const rules = all.filter(({ rule }) => rule.phase === phase);
  const contextual = rules.filter(({ bits, guards }) => bits === 0 && guards.length === 0);
  const guarded = rules.filter(({ bits, guards }) => bits === 0 && guards.length > 0);
  const quiet = befores.flatMap((before) => {
    const after = quietOutcome(contextual, table, before);
    return after === null ? [] : [{ before, after }];
  });
  return { rules, contextual, guarded, quiet };
}

function quietOutcome(contextual: readonly RulePlan[], table: VariableTable, before: Slots): Slots | null {
  if (!contextual.every(({ rule }) => dependsOnVariablesOnly(rule))) return null;
  const state = isolatedState(table, before);
  const matches: RuleMatch[] = [];
  let goOnAt = 0;
  for (const { rule } of contextual) {
    if (rule.position < goOnAt) continue;
    const step = takeRule(rule, state, matches);
    if (matches.length > 0 || step.goOnAt === Number.POSITIVE_INFINITY || state.fault !== null) return null;
    goOnAt = step.goOnAt;
  }
  const isPlain = state.variables.others === null && state.highestSeverity > 7;
  return isPlain ? state.variables.slots : null;
}

function dependsOnVariablesOnly({ links }: Rule): boolean {
  return links.every(isOfVariables);
}

function isOfVariables({ targets, operator, assignments, controls }: Link): boolean {
  const macros = assignments.flatMap(({ name, value }) => [name, value]);
  if (operator !== null) macros.push(operator.argument);
  return (
    controls.length === 0 &&
    macros.every(isMacroOfVariables) &&
    targets.every(({ collection }) => collection.kind === 'variables')
  );
}

function isMacroOfVariables({ parts }: Macro): boolean {
  return parts.every(
    (part) => part.kind !== 'value' || part.collection.kind === 'matched' || part.collection.kind === 'rule',
  );
}
