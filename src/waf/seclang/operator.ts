/** The operator of a rule: `@rx ^a`, `!@within GET POST`, or without a name a regular expression. Linear. */
import { fail, ok, type Result } from '../../core/result.ts';
import { wordSet } from '../words.ts';
import { parseMacros } from './macros.ts';
import type { OperatorSyntax } from './syntax.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Operators whose argument may hold macros; in the others `%{` is part of a pattern or of a list. */
export const OPERATORS_WITH_MACROS: ReadonlySet<string> = wordSet(
  'beginswith contains containsword endswith eq ge gt ipmatch le lt streq strmatch within',
);

/** Reads an operator; fails with a sentence that says what to do. */
export function parseOperator(text: string, vocabulary: Vocabulary): Result<OperatorSyntax, string> {
  let rest = text.trimStart();
  const negated = rest.startsWith('!');
  if (negated) rest = rest.slice(1).trimStart();
  if (!rest.startsWith('@')) return ok({ name: 'rx', negated, argument: rest });
  const end = findBlank(rest);
  const written = rest.slice(1, end);
  const argument = rest.slice(end).trimStart();
  const name = vocabulary.operators.get(written.toLowerCase());
  if (name === undefined) return fail(explainMissing(written, vocabulary));
  if (OPERATORS_WITH_MACROS.has(name)) {
    const macros = parseMacros(argument);
    if (!macros.ok) return macros;
  }
  return ok({ name, negated, argument });
}

function explainMissing(written: string, { refusedOperators }: Vocabulary): string {
  const reason = refusedOperators.get(written.toLowerCase());
  if (reason !== undefined) return `The operator "@${written}" is refused. ${reason}`;
  return `There is no operator "@${written}": correct its name, or take the rule out.`;
}

function findBlank(text: string): number {
  let index = 0;
  while (index < text.length && text[index] !== ' ' && text[index] !== '\t') index += 1;
  return index;
}
