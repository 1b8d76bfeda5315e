/**
 * One SecRule or SecAction from its words. A rule with faults is still returned, as far as it could be read: no rule
 * set comes out of a load with faults, and the chain around it is checked as if it were whole.
 */
import { actionValue, hasAction, parseActions } from './action-list.ts';
import { DISRUPTIVE_ACTIONS } from './actions.ts';
import type { FaultList } from './fault-list.ts';
import { parseOperator } from './operator.ts';
import type { ActionSyntax, OperatorSyntax, Place, RuleSyntax, TargetSyntax } from './syntax.ts';
import { parseTargets } from './targets.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A rule while the load goes on: later directives may still add to it. */
export interface RuleDraft extends RuleSyntax {
  readonly targets: TargetSyntax[];
  actions: ActionSyntax[];
  readonly links: RuleDraft[];
}

export interface RuleSource {
  readonly place: Place;
  readonly folder: string;
  readonly vocabulary: Vocabulary;
  readonly faults: FaultList;
}

/** SecRule TARGETS OPERATOR [ACTIONS] */
export function parseRule(words: readonly string[], source: RuleSource): RuleDraft {
  const { place, faults, vocabulary } = source;
  const [targetText = '', operatorText = '', actionText = ''] = words;
  if (words.length < 2)
    faults.add(place, 'SecRule needs targets and an operator: write both, then the actions.');
  if (words.length > 3) {
    faults.add(place, 'SecRule takes three texts: put targets, operator and actions in "..." each.');
  }
  const targets: TargetSyntax[] = [];
  if (words.length > 0) {
    const parsed = parseTargets(targetText);
    if (parsed.ok) targets.push(...parsed.value);
    else faults.add(place, parsed.fault);
  }
  if (targets.length > 0 && targets.every((target) => target.use === 'exclude')) {
    faults.add(place, 'All targets are exclusions: name at least one that is looked at.');
  }
  const operator = parseOperator(operatorText, vocabulary);
  if (!operator.ok) faults.add(place, operator.fault);
  return createDraft(targets, operator.ok ? operator.value : null, readActions(actionText, source), source);
}

/** SecAction ACTIONS */
export function parseUnconditional(words: readonly string[], source: RuleSource): RuleDraft {
  if (words.length !== 1)
    source.faults.add(source.place, 'SecAction takes one text: put its actions in "...".');
  return createDraft([], null, readActions(words[0] ?? '', source), source);
}

/** Reads actions and reports their faults. */
export function readActions(text: string, source: RuleSource): ActionSyntax[] {
  const { actions, faults } = parseActions(text, source.vocabulary);
  for (const fault of faults) source.faults.add(source.place, fault);
  return [...actions];
}

/** Checks what only the first rule of a chain has: an id, a phase. */
export function checkHead(rule: RuleDraft, faults: FaultList): void {
  if (!hasAction(rule.actions, 'id'))
    faults.add(rule.place, 'The rule has no id: add one, such as id:100001.');
  if (!hasAction(rule.actions, 'phase'))
    faults.add(rule.place, 'The rule has no phase: add one, such as phase:2.');
  checkOnce(rule, faults);
}

/** Checks that a chained rule has nothing of what only the first one of its chain may have. */
export function checkLink(rule: RuleDraft, faults: FaultList): void {
  const misplaced = rule.actions.find(({ name }) => HEAD_ACTIONS.has(name) || DISRUPTIVE_ACTIONS.has(name));
  if (misplaced !== undefined) {
    faults.add(
      rule.place,
      `A chained rule has the action "${misplaced.name}": move it to the first of the chain.`,
    );
  }
}

/** Null where the rule has no valid id. */
export function idOf(rule: RuleSyntax): number | null {
  const value = actionValue(rule.actions, 'id');
  return value === null ? null : Number(value);
}

const HEAD_ACTIONS: ReadonlySet<string> = new Set(['id', 'phase', 'skipafter']);

/** Actions that contradict themselves when written twice. */
const ONCE = ['id', 'phase', 'skipafter'];

function checkOnce(rule: RuleDraft, faults: FaultList): void {
  for (const name of ONCE) {
    if (rule.actions.filter((action) => action.name === name).length > 1) {
      faults.add(rule.place, `The rule has more than one "${name}": keep one.`);
    }
  }
  const disruptive = rule.actions.filter(({ name }) => DISRUPTIVE_ACTIONS.has(name));
  if (disruptive.length > 1) {
    const names = disruptive.map(({ name }) => name).join(', ');
    faults.add(rule.place, `The rule has several actions that decide what happens (${names}): keep one.`);
  }
}

function createDraft(
  targets: TargetSyntax[],
  operator: OperatorSyntax | null,
  actions: ActionSyntax[],
  source: RuleSource,
): RuleDraft {
  return { kind: 'rule', place: source.place, folder: source.folder, targets, operator, actions, links: [] };
}
