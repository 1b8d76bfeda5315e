/**
 * Texts with macros, taken apart when rules are loaded: `%{TX.score}` becomes the slot of a variable. What does not
 * exist at run time expands to nothing.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { parseMacros, type Macro as WrittenMacro } from '../seclang/macros.ts';
import { findCollection } from './collections/catalogue.ts';
import type { Collection } from './collections/collection.ts';
import type { VariableTable } from './variable-table.ts';

export type MacroPart =
  | { readonly kind: 'text'; readonly text: string }
  /** Of TX. */
  | { readonly kind: 'variable'; readonly slot: number }
  | {
      readonly kind: 'value';
      readonly collection: Exclude<Collection, { kind: 'variables' }>;
      /** In lower case; null for the first member, or for a variable with one value. */
      readonly name: string | null;
    };

export interface Macro {
  readonly parts: readonly MacroPart[];
  /** The whole text where it has no macros; else null. */
  readonly constant: string | null;
}

/** Takes a text apart; fails with a sentence where a macro names an unknown variable. */
export function compileMacro(text: string, variables: VariableTable): Result<Macro, string> {
  const written = parseMacros(text);
  if (!written.ok) return written;
  const parts: MacroPart[] = [];
  for (const part of written.value) {
    const compiled = typeof part === 'string' ? ok(textPart(part)) : compilePart(part, variables);
    if (!compiled.ok) return compiled;
    parts.push(compiled.value);
  }
  return ok(joinParts(parts));
}

/** A macro of these parts, neighbouring texts joined. */
export function joinParts(parts: readonly MacroPart[]): Macro {
  const joined: MacroPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = textPart(last.text + part.text);
    else joined.push(part);
  }
  if (joined.length === 0) return { parts: joined, constant: '' };
  const [only] = joined;
  return { parts: joined, constant: joined.length === 1 && only?.kind === 'text' ? only.text : null };
}

export function textPart(text: string): MacroPart {
  return { kind: 'text', text };
}

function compilePart(written: WrittenMacro, variables: VariableTable): Result<MacroPart, string> {
  if (written.collection === 'TX') {
    if (written.name === null) return fail('%{TX} names no variable: write it as %{TX.name}.');
    return ok({ kind: 'variable', slot: variables.slot(written.name) });
  }
  const collection = findCollection(written.collection === 'XML' ? 'XML:/*' : written.collection);
  if (collection === null || collection.kind === 'variables') {
    return fail(`There is no variable ${written.collection}: correct its name or take it out.`);
  }
  return ok({ kind: 'value', collection, name: written.name });
}
