/** Writes what is known of TX into the macros of a rule: `@within %{tx.allowed_methods}` gets its words. */
import type { KnownVariables } from './known-variables.ts';
import { joinParts, type Macro, type MacroPart, textPart } from './macro.ts';
import type { OperatorPool } from './operator-pool.ts';
import type { Link, LinkOperator, Rule } from './rule.ts';
import { assignment, type VariableAssignment } from './set-variable.ts';
import type { VariableTable } from './variable-table.ts';
import { VariableUse } from './variable-use.ts';

/** Variables that the rule writes itself stay as they are. */
export function foldMacros(
  rule: Rule,
  known: KnownVariables,
  pool: OperatorPool,
  table: VariableTable,
): Rule {
  const written = new VariableUse(table);
  written.addWrites(rule);
  const names = table.names;
  const fold = (macro: Macro): Macro => foldMacro(macro, known, (slot) => written.touches(names[slot] ?? ''));
  const links = rule.links.map((link) => foldLink(link, fold, pool, table));
  return { ...rule, links };
}

type Fold = (macro: Macro) => Macro;

function foldLink(link: Link, fold: Fold, pool: OperatorPool, table: VariableTable): Link {
  const { operator, assignments } = link;
  return {
    ...link,
    operator: operator === null ? null : foldOperator(operator, fold, pool),
    assignments: assignments.map((written) => foldAssignment(written, fold, table)),
  };
}

function foldOperator(operator: LinkOperator, fold: Fold, pool: OperatorPool): LinkOperator {
  if (operator.compiled !== null) return operator;
  const argument = fold(operator.argument);
  if (argument.constant === null) return { ...operator, argument };
  // Operators whose arguments may have macros read no files.
  const compiled = pool.operator(operator.name, argument.constant, '');
  return compiled.ok ? { ...operator, argument, compiled: compiled.value, expand: null } : operator;
}

function foldAssignment(written: VariableAssignment, fold: Fold, table: VariableTable): VariableAssignment {
  const { operation, name, value } = written;
  return assignment(operation, fold(name), fold(value), table);
}

function foldMacro(macro: Macro, known: KnownVariables, isWritten: (slot: number) => boolean): Macro {
  if (macro.constant !== null) return macro;
  const slots = known.toSlots();
  const foldPart = (part: MacroPart): MacroPart =>
    part.kind === 'variable' && known.isKnown(part.slot) && !isWritten(part.slot)
      ? textPart(slots[part.slot] ?? '')
      : part;
  return joinParts(macro.parts.map(foldPart));
}
