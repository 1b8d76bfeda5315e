/** What a rule looks at, made from its list of variables: where to read, which members, which of them not. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { Selector, TargetSyntax } from '../seclang/syntax.ts';
import { findCollection } from './collections/catalogue.ts';
import type { Collection } from './collections/collection.ts';
import type { OperatorPool } from './operator-pool.ts';
import type { VariableTable } from './variable-table.ts';

/** Members of a collection: one by its name, those that a pattern finds, or all where both are null. */
export interface MemberChoice {
  /** In lower case. */
  readonly name: string | null;
  readonly pattern: Pattern | null;
}

export interface Target {
  readonly collection: Collection;
  /** `&`: the number of members stands for them. */
  readonly count: boolean;
  readonly choice: MemberChoice;
  readonly exclusions: readonly MemberChoice[];
  /** Of one variable of TX; else -1. */
  readonly slot: number;
  /** Of several variables of TX: those with a slot. */
  readonly slots: () => readonly number[];
}

export const ALL_MEMBERS: MemberChoice = { name: null, pattern: null };

/** Targets in the order written. A variable excluded as a whole is left out. */
export function compileTargets(
  written: readonly TargetSyntax[],
  pool: OperatorPool,
  variables: VariableTable,
): Result<readonly Target[], string> {
  const exclusions = new Map<Collection, MemberChoice[]>();
  const included: { collection: Collection; count: boolean; choice: MemberChoice }[] = [];
  for (const target of written) {
    const compiled = compileTarget(target, pool);
    if (!compiled.ok) return compiled;
    const { collection, choice } = compiled.value;
    if (target.use !== 'exclude') included.push({ collection, count: target.use === 'count', choice });
    else exclusions.set(collection, [...(exclusions.get(collection) ?? []), choice]);
  }
  return ok(
    included
      .map((target) => ({
        ...target,
        exclusions: exclusions.get(target.collection) ?? [],
        slot: slotOf(target.collection, target.choice, variables),
      }))
      .map((target) => ({ ...target, slots: slotFinder(target, variables) }))
      .filter((target) => !target.exclusions.some((choice) => covers(choice, target.choice))),
  );
}

/** One variable with its selector. */
export function compileTarget(
  { collection: name, selector }: TargetSyntax,
  pool: OperatorPool,
): Result<{ readonly collection: Collection; readonly choice: MemberChoice }, string> {
  const path = name === 'XML' ? `:${selector?.kind === 'path' ? selector.path : '/*'}` : '';
  const collection = findCollection(name + path);
  if (collection === null) return fail(`There is no variable ${name}: correct its name or take it out.`);
  const choice = path !== '' || selector === null ? ok(ALL_MEMBERS) : compileChoice(selector, pool);
  return choice.ok ? ok({ collection, choice: choice.value }) : choice;
}

/** Whether a member belongs to a choice. @param name in lower case */
export function chooses(choice: MemberChoice, name: string): boolean {
  if (choice.name !== null) return choice.name === name;
  return choice.pattern === null || choice.pattern.test(name);
}

/** Whether a target means a member. @param name in lower case */
export function selects(target: Pick<Target, 'choice' | 'exclusions'>, name: string): boolean {
  if (!chooses(target.choice, name)) return false;
  for (const exclusion of target.exclusions) if (chooses(exclusion, name)) return false;
  return true;
}

function slotOf({ kind }: Collection, { name }: MemberChoice, variables: VariableTable): number {
  return kind === 'variables' && name !== null ? variables.slot(name) : -1;
}

/** Which slots a target means, worked out again only when the table has grown: it does so while rules are loaded. */
function slotFinder(
  target: Pick<Target, 'choice' | 'exclusions'>,
  { names }: VariableTable,
): () => readonly number[] {
  let known: readonly number[] = [];
  let tableSize = 0;
  return () => {
    if (tableSize !== names.length) {
      tableSize = names.length;
      known = [...names.keys()].filter((slot) => selects(target, names[slot] ?? ''));
    }
    return known;
  };
}

function compileChoice(selector: Selector, pool: OperatorPool): Result<MemberChoice, string> {
  if (selector.kind === 'name') return ok({ name: selector.name, pattern: null });
  if (selector.kind === 'path') return ok(ALL_MEMBERS);
  const pattern = pool.selector(selector.source);
  return pattern.ok ? ok({ name: null, pattern: pattern.value }) : pattern;
}

function covers(exclusion: MemberChoice, choice: MemberChoice): boolean {
  if (exclusion.name === null && exclusion.pattern === null) return true;
  return choice.name !== null && chooses(exclusion, choice.name);
}
