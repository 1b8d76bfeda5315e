/** What `setvar` does to TX, made when rules are loaded. */
import { ok, type Result } from '../../core/result.ts';
import { decimalInteger } from '../operators/decimal-integer.ts';
import { parseAssignment } from '../seclang/setvar.ts';
import { compileMacro, type Macro } from './macro.ts';
import type { VariableTable } from './variable-table.ts';

export interface VariableAssignment {
  readonly operation: 'set' | 'add' | 'subtract' | 'remove';
  /** The slot of the variable; -1 where its name has macros. */
  readonly slot: number;
  readonly name: Macro;
  readonly value: Macro;
  /** The value as a number where it has no macros; else 0. */
  readonly amount: number;
  /** Whether it adds to an anomaly score. */
  readonly scores: boolean;
}

/** CRS's names of the sums that decide: `inbound_anomaly_score_pl1`. */
const SCORE_NAME = /^(?:in|out)bound_anomaly_score(?:_pl[1-9])?$/;

export function compileAssignment(
  text: string,
  variables: VariableTable,
): Result<VariableAssignment, string> {
  const written = parseAssignment(text);
  if (!written.ok) return written;
  const name = compileMacro(written.value.name, variables);
  if (!name.ok) return name;
  const value = compileMacro(written.value.value, variables);
  if (!value.ok) return value;
  return ok(assignment(written.value.operation, name.value, value.value, variables));
}

export function assignment(
  operation: VariableAssignment['operation'],
  name: Macro,
  value: Macro,
  variables: VariableTable,
): VariableAssignment {
  const fixedName = name.constant?.toLowerCase() ?? null;
  return {
    operation,
    slot: fixedName === null ? -1 : variables.slot(fixedName),
    name,
    value,
    amount: value.constant === null ? 0 : decimalInteger(value.constant),
    scores: operation === 'add' && fixedName !== null && SCORE_NAME.test(fixedName),
  };
}
