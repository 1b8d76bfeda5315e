/** How many members a target means, and which variables of TX. */
import type { Member } from './collections/member.ts';
import type { TransactionState } from './state.ts';
import { selects, type Target } from './targets.ts';

/** How many members a target means. */
export function countMembers(target: Target, state: TransactionState): number {
  const { collection } = target;
  if (collection.kind === 'scalar' || collection.kind === 'rule') return 1;
  if (collection.kind === 'variables') {
    if (target.slot === -1) return listVariables(target, state).length;
    return state.variables.get(target.slot) === undefined ? 0 : 1;
  }
  if (collection.kind === 'matched') {
    return collection.name.startsWith('MATCHED_VARS') ? state.matched.values.length : 1;
  }
  const { choice, exclusions } = target;
  if (collection.countNamed !== null && choice.name !== null && exclusions.length === 0) {
    return collection.countNamed(state.message, choice.name);
  }
  let count = 0;
  for (const { name } of collection.read(state.message)) {
    if (selects(target, name.toLowerCase())) count += 1;
  }
  return count;
}

/** Variables of TX that a target means, those with a slot first. */
export function listVariables(target: Target, { variables }: TransactionState): readonly Member[] {
  const found: Member[] = [];
  const { names } = variables.table;
  for (const slot of target.slots()) {
    const value = variables.get(slot);
    if (value !== undefined) found.push({ name: names[slot] ?? '', value });
  }
  for (const [name, value] of variables.others ?? []) if (selects(target, name)) found.push({ name, value });
  return found;
}
