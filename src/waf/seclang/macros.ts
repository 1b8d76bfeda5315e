/**
 * Macros in texts: `%{TX.score}` stands for the value of a variable at run time. `%{` without a variable's name behind
 * it, or without a closing brace, is plain text. Linear.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { isNameChar } from './targets.ts';
import { explainMissingVariable, variableKind } from './variables.ts';

export interface Macro {
  /** In upper case. */
  readonly collection: string;
  /** The member, in lower case; null for the first of a collection, or for a variable with one value. */
  readonly name: string | null;
}

/** Cuts a text into plain texts and macros, in order; fails where a macro names an unknown variable. */
export function parseMacros(text: string): Result<readonly (string | Macro)[], string> {
  const parts: (string | Macro)[] = [];
  let plainFrom = 0;
  let open = text.indexOf('%{');
  while (open !== -1) {
    const close = text.indexOf('}', open);
    if (close === -1) break;
    const macro = parseMacro(text.slice(open + 2, close));
    if (macro !== null) {
      if (variableKind(macro.collection) === null) return fail(explainMissingVariable(macro.collection));
      if (open > plainFrom) parts.push(text.slice(plainFrom, open));
      parts.push(macro);
      plainFrom = close + 1;
    }
    open = text.indexOf('%{', close + 1);
  }
  if (plainFrom < text.length) parts.push(text.slice(plainFrom));
  return ok(parts);
}

/** Takes apart what stands between the braces; null where it does not begin with a name. */
function parseMacro(inner: string): Macro | null {
  let end = 0;
  while (end < inner.length && isNameChar(inner.charCodeAt(end))) end += 1;
  if (end === 0) return null;
  const collection = inner.slice(0, end).toUpperCase();
  if (end === inner.length) return { collection, name: null };
  const separator = inner[end];
  if ((separator !== '.' && separator !== ':') || end + 1 === inner.length) return null;
  return { collection, name: inner.slice(end + 1).toLowerCase() };
}
