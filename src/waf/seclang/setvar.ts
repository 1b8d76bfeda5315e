/** What `setvar` does to a variable of the transaction: `tx.a=1`, `tx.a=+%{tx.b}`, `tx.a`, `!tx.a`. */
import { fail, ok, type Result } from '../../core/result.ts';
import { parseMacros } from './macros.ts';
import { explainMissingVariable, variableKind } from './variables.ts';

export interface Assignment {
  readonly operation: 'set' | 'add' | 'subtract' | 'remove';
  /** The name within TX, in lower case; macros not expanded. */
  readonly name: string;
  /** Macros not expanded; empty for `remove`. */
  readonly value: string;
}

/** Reads the value of a `setvar`; fails with a sentence that says what to do. */
export function parseAssignment(text: string): Result<Assignment, string> {
  const removes = text.startsWith('!');
  const dot = text.indexOf('.');
  if (dot === -1) return fail(`setvar:${text} names no variable: write it as setvar:tx.name=value.`);
  const collection = text
    .slice(removes ? 1 : 0, dot)
    .trim()
    .toUpperCase();
  if (collection !== 'TX') return fail(explainUnwritable(collection));
  const equals = text.indexOf('=', dot);
  const name = text
    .slice(dot + 1, equals === -1 ? text.length : equals)
    .trim()
    .toLowerCase();
  if (name === '') return fail(`setvar:${text} has no name behind "tx.": write one.`);
  if (removes && equals !== -1) {
    return fail(`setvar:${text} removes and assigns at once: take out "!" or the value.`);
  }
  const macros = parseMacros(text.slice(dot + 1));
  if (!macros.ok) return macros;
  if (removes) return ok({ operation: 'remove', name, value: '' });
  return ok(toAssignment(name, equals === -1 ? '1' : text.slice(equals + 1)));
}

function toAssignment(name: string, value: string): Assignment {
  if (value.startsWith('+')) return { operation: 'add', name, value: value.slice(1) };
  if (value.startsWith('-')) return { operation: 'subtract', name, value: value.slice(1) };
  return { operation: 'set', name, value };
}

function explainUnwritable(collection: string): string {
  if (variableKind(collection) === null) return explainMissingVariable(collection);
  return `setvar cannot write ${collection}: only variables of TX can be set.`;
}
