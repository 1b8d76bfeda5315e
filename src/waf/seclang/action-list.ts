/**
 * A list of actions: `id:1,phase:2,msg:'a, b',t:none`. A value in '...' may hold commas, and \' for the quotation
 * mark; any other value ends at the next comma. Linear.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { ACTIONS_WITHOUT_EFFECT, findAction } from './actions.ts';
import type { ActionSyntax } from './syntax.ts';
import type { Vocabulary } from './vocabulary.ts';
import { findClosingQuote, unescapeQuotes } from './words.ts';

/** How many actions one rule may have. */
const ACTIONS_MAX = 1024;

export interface ActionList {
  /** Those without a fault, in order; values canonical. */
  readonly actions: readonly ActionSyntax[];
  /** One sentence each. */
  readonly faults: readonly string[];
}

/** Reads a list of actions; empty items are passed over. */
export function parseActions(text: string, vocabulary: Vocabulary): ActionList {
  const written = splitActions(text);
  if (!written.ok) return { actions: [], faults: [written.fault] };
  const actions: ActionSyntax[] = [];
  const faults: string[] = [];
  for (const action of written.value) {
    const canonical = toCanonical(action, vocabulary);
    if (!canonical.ok) faults.push(canonical.fault);
    else if (!ACTIONS_WITHOUT_EFFECT.has(action.name)) actions.push(canonical.value);
  }
  return { actions, faults };
}

/** The value of the first action of a name; null where there is none, or it has no value. */
export function actionValue(actions: readonly ActionSyntax[], name: string): string | null {
  return actions.find((action) => action.name === name)?.value ?? null;
}

export function hasAction(actions: readonly ActionSyntax[], name: string): boolean {
  return actions.some((action) => action.name === name);
}

function toCanonical(action: ActionSyntax, vocabulary: Vocabulary): Result<ActionSyntax, string> {
  const { name, value } = action;
  const definition = findAction(name);
  if (!definition.ok) return definition;
  const { takesValue, canonical } = definition.value;
  if (value === null) {
    return takesValue === 'always'
      ? fail(`The action "${name}" needs a value: write ${name}:...`)
      : ok(action);
  }
  if (takesValue === 'never') return fail(`The action "${name}" takes no value: take ":${value}" out.`);
  if (value === '') return fail(`The value of "${name}" is empty: write one, or take the action out.`);
  const result = canonical(value, vocabulary);
  return result.ok ? ok({ name, value: result.value }) : result;
}

function splitActions(text: string): Result<readonly ActionSyntax[], string> {
  const actions: ActionSyntax[] = [];
  let index = 0;
  while (index < text.length) {
    const nameEnd = findNameEnd(text, index);
    const name = text.slice(index, nameEnd).trim().toLowerCase();
    index = nameEnd;
    let value: string | null = null;
    if (text[index] === ':') {
      const read = readValue(text, index + 1, name);
      if (!read.ok) return read;
      value = read.value.value;
      index = read.value.end;
    }
    if (name !== '' || value !== null) actions.push({ name, value });
    if (actions.length > ACTIONS_MAX) return fail(`More than ${ACTIONS_MAX} actions: split the rule.`);
    index += 1;
  }
  return ok(actions);
}

function findNameEnd(text: string, from: number): number {
  let index = from;
  while (index < text.length && text[index] !== ',' && text[index] !== ':') index += 1;
  return index;
}

/** Reads a value; `end` is where its comma stands, or the end of the text. */
function readValue(
  text: string,
  from: number,
  name: string,
): Result<{ readonly value: string; readonly end: number }, string> {
  const start = skipBlanks(text, from);
  if (text[start] !== "'") {
    const comma = text.indexOf(',', start);
    const end = comma === -1 ? text.length : comma;
    return ok({ value: text.slice(start, end).trimEnd(), end });
  }
  const close = findClosingQuote(text, start + 1, "'");
  if (close === -1)
    return fail(`The value of "${name}" has no closing ': add it, or write \\' for one inside.`);
  const end = skipBlanks(text, close + 1);
  if (end < text.length && text[end] !== ',') {
    return fail(`Text follows the value of "${name}": put a comma between two actions.`);
  }
  return ok({ value: unescapeQuotes(text.slice(start + 1, close), "'"), end });
}

function skipBlanks(text: string, from: number): number {
  let index = from;
  while (text[index] === ' ' || text[index] === '\t') index += 1;
  return index;
}
