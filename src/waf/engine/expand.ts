/** Texts with macros at run time. What does not exist expands to nothing; lengths are bounded. */
import { TEXT_MAX } from './bounds.ts';
import type { Macro, MacroPart } from './macro.ts';
import type { TransactionState } from './state.ts';

/** @param limit characters of the result */
export function expand(macro: Macro, state: TransactionState, limit: number = TEXT_MAX): string {
  if (macro.constant !== null) return macro.constant;
  let text = '';
  for (const part of macro.parts) {
    text += expandPart(part, state);
    if (text.length > limit) return text.slice(0, limit);
  }
  return text;
}

function expandPart(part: MacroPart, state: TransactionState): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'variable') return state.variables.get(part.slot) ?? '';
  const { collection, name } = part;
  switch (collection.kind) {
    case 'scalar':
      return collection.read(state.message);
    case 'members': {
      const members = collection.read(state.message);
      if (name === null) return members[0]?.value ?? '';
      return members.find((member) => member.name.toLowerCase() === name)?.value ?? '';
    }
    case 'matched':
      return matchedText(collection.name, state);
    case 'rule':
      return ruleText(name ?? '', state);
  }
}

/** A variable about matches, as one text; of several values the first. */
export function matchedText(name: string, { matched, highestSeverity }: TransactionState): string {
  if (name === 'MATCHED_VAR') return matched.value;
  if (name === 'MATCHED_VAR_NAME') return matched.name;
  if (name === 'MATCHED_VARS') return matched.values[0]?.value ?? '';
  if (name === 'MATCHED_VARS_NAMES') return matched.values[0]?.name ?? '';
  return String(highestSeverity);
}

/** A property of the rule at work: `%{rule.id}`. */
export function ruleText(property: string, state: TransactionState): string {
  const { rule } = state;
  if (rule === null) return '';
  if (property === 'id') return String(rule.id);
  if (property === 'severity') return String(rule.report.severity ?? '');
  if (property === 'rev') return rule.report.revision;
  if (property === 'msg') return rule.message;
  return '';
}
