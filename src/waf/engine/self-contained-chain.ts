/**
 * Chains whose first link only notes what it saw, for the next link to judge: `REQUEST_HEADERS_NAMES` into a variable
 * of TX, and that variable against a list. If nobody else reads or writes the variable, one value alone decides
 * whether the chain goes on, and for a value with which it does not, nothing needs to be done at all.
 *
 * The question is answered by running the chain on that value in a transaction of its own.
 */
import type { CompiledOperator } from '../operators/operator.ts';
import { assign } from './assign.ts';
import { readsOthersCaptures } from './capture-use.ts';
import { evaluateLink } from './evaluate-link.ts';
import { isolatedState } from './isolated-state.ts';
import type { Macro } from './macro.ts';
import type { Link, Rule } from './rule.ts';
import type { VariableAssignment } from './set-variable.ts';
import type { TransactionState } from './state.ts';
import type { Target } from './targets.ts';
import { CAPTURE_SLOTS, type VariableTable } from './variable-table.ts';
import { namePrefix, VariableUse } from './variable-use.ts';
import type { Slots } from './variables.ts';

export interface ChainSurroundings {
  readonly table: VariableTable;
  readonly template: Slots;
  /** All live rules, this one among them. */
  readonly rules: readonly Rule[];
}

/**
 * An operator for the first link that matches only values with which the chain could do something that somebody sees;
 * null where the chain is not of that kind. Values come to it transformed.
 */
export function selfContainedOperator(rule: Rule, surroundings: ChainSurroundings): CompiledOperator | null {
  const [head, next] = rule.links;
  if (head === undefined || next === undefined || !notesOnly(head) || !judgesNotes(next)) return null;
  const operator = head.operator?.compiled ?? null;
  const { table } = surroundings;
  const others = surroundings.rules.filter((other) => other !== rule);
  if (head.capture && others.some(readsOthersCaptures)) return null;
  if (operator === null || !next.targets.every((target) => isPrivate(target, head, others, table)))
    return null;
  const readers = new VariableUse(table);
  for (const other of others) readers.addReads(other);
  const negated = head.operator?.negated ?? false;
  const test: CompiledOperator['test'] = (value, meter) => {
    if (operator.test(value, meter) === negated) return false;
    const state = isolatedState(table, surroundings.template);
    state.enter(rule);
    return noteValue(head, value, operator, state, readers) || evaluateLink(quiet(next), state);
  };
  return {
    needed: negated ? null : operator.needed,
    test,
    match: (value, meter) => operator.match(value, meter),
  };
}

/** Does what the first link does to a value that it matched. @returns whether another rule would see it */
function noteValue(
  head: Link,
  value: string,
  operator: CompiledOperator,
  state: TransactionState,
  readers: VariableUse,
): boolean {
  state.matched.take('', value);
  const captures = head.capture ? (operator.match(value)?.captures ?? []) : [];
  if (captures.length > 0 && head.operator?.negated !== true) state.variables.capture(captures);
  for (const assignment of head.assignments) assign(assignment, state);
  for (const { slot } of head.assignments) {
    if (slot !== -1 && readers.touches(state.variables.table.names[slot] ?? '')) return true;
  }
  for (const name of state.variables.others?.keys() ?? []) if (readers.touches(name)) return true;
  return false;
}

function quiet(link: Link): Link {
  return { ...link, assignments: [], controls: [] };
}

function notesOnly({ assignments, controls, multiMatch }: Link): boolean {
  return (
    assignments.length > 0 && controls.length === 0 && !multiMatch && assignments.every(dependsOnValueOnly)
  );
}

function dependsOnValueOnly({ operation, name, value }: VariableAssignment): boolean {
  return operation === 'set' && isOfValue(name) && isOfValue(value);
}

/** Whether a text is made of captures and of the value itself. */
function isOfValue({ parts }: Macro): boolean {
  return parts.every(
    (part) =>
      part.kind === 'text' ||
      (part.kind === 'variable' && part.slot < CAPTURE_SLOTS) ||
      (part.kind === 'value' && part.collection.name === 'MATCHED_VAR'),
  );
}

function judgesNotes({ operator, targets }: Link): boolean {
  return (
    operator !== null &&
    operator.compiled !== null &&
    targets.every(({ collection, count }) => collection.kind === 'variables' && !count)
  );
}

/** Patterns of which it is plain how the names begin that they find. */
const PLAIN_BEGINNING = /^\(\?i\)\^([a-z0-9_-]+)$/i;

/** Whether only the first link writes what a target reads. */
function isPrivate(target: Target, head: Link, others: readonly Rule[], table: VariableTable): boolean {
  const { slot, choice } = target;
  if (slot !== -1 && !head.assignments.some((written) => written.slot === slot)) return false;
  const beginning = PLAIN_BEGINNING.exec(choice.pattern?.source ?? '')?.[1]?.toLowerCase();
  if (slot === -1 && beginning === undefined) return false;
  const name = slot === -1 ? (beginning ?? '') : (table.names[slot] ?? '');
  const assignments = others.flatMap(({ links }) => links.flatMap((link) => link.assignments));
  return !assignments.some((written) => {
    const prefix = written.slot === -1 ? namePrefix(written) : (table.names[written.slot] ?? '');
    if (written.slot === -1) return prefix.startsWith(name) || name.startsWith(prefix);
    return slot === -1 ? prefix.startsWith(name) : written.slot === slot;
  });
}
