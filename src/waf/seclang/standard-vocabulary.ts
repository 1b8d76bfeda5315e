/** The vocabulary of this firewall: every operator and transformation that it has. */
import { OPERATOR_ALIASES, OPERATORS, REFUSED_OPERATORS } from '../operators/operators.ts';
import { TRANSFORMATION_ALIASES, TRANSFORMATIONS } from '../transformations/transformations.ts';
import type { Vocabulary } from './vocabulary.ts';

export const STANDARD_VOCABULARY: Vocabulary = {
  operators: withAliases(OPERATORS.keys(), OPERATOR_ALIASES),
  refusedOperators: REFUSED_OPERATORS,
  transformations: withAliases(TRANSFORMATIONS.keys(), TRANSFORMATION_ALIASES),
};

function withAliases(
  names: Iterable<string>,
  aliases: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...Array.from(names, (name) => [name, name] as const), ...aliases]);
}
