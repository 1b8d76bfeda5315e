/** Carries out one `setvar`. */

import { decimalInteger } from '../operators/decimal-integer.ts';
import { expand } from './expand.ts';
import type { VariableAssignment } from './set-variable.ts';
import type { TransactionState } from './state.ts';

export function assign(written: VariableAssignment, state: TransactionState): void {
  const { variables } = state;
  if (written.slot !== -1) {
    variables.set(written.slot, nextValue(written, variables.get(written.slot), state));
    return;
  }
  const name = expand(written.name, state).toLowerCase();
  variables.setNamed(name, nextValue(written, variables.getNamed(name), state));
}

/** A sum starts from 0 where the variable is missing or no number. */
function nextValue(
  written: VariableAssignment,
  current: string | undefined,
  state: TransactionState,
): string | undefined {
  const { operation, value } = written;
  if (operation === 'remove') return undefined;
  if (operation === 'set') return expand(value, state);
  const amount = amountOf(written, state);
  return writeNumber(decimalInteger(current ?? '') + (operation === 'add' ? amount : -amount));
}

/** What an assignment adds or subtracts. */
export function amountOf({ value, amount }: VariableAssignment, state: TransactionState): number {
  return value.constant === null ? decimalInteger(expand(value, state)) : amount;
}

function writeNumber(number: number): string {
  return String(Math.max(-Number.MAX_SAFE_INTEGER, Math.min(number, Number.MAX_SAFE_INTEGER)));
}
