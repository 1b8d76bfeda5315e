/**
 * Which rules match a value: for each value of a request, before any rule is evaluated in earnest.
 *
 * Rules are given with what they ask of one value, classes with the rules that apply to one kind of value. Classes
 * that share rules share one automaton (value-group.ts); each has a cache of its own (value-cache.ts). One screen
 * belongs to one worker and one program: nothing in it needs a key for either.
 */
import type { Budget } from '../budget/budget.ts';
import type { ClassPlan } from './class-plan.ts';
import { KEY_BYTES_MAX, ValueCache } from './value-cache.ts';
import { ValueGroup } from './value-group.ts';
import { type Candidates, NO_CANDIDATES, type ValueRule } from './value-rule.ts';

export interface ScreenOptions {
  /** Whether literals rule operators out; without it every operator looks, which must come to the same. */
  readonly prefilter: boolean;
  /** How many values each class remembers; 0 for none. */
  readonly cacheEntries: number;
}

interface ScreenClass {
  readonly group: ValueGroup;
  readonly plan: ClassPlan;
  readonly cache: ValueCache | null;
}

/** @param classes for each kind of value the indexes of the rules that apply to it; the place is the class's id */
export function createScreen(
  rules: readonly ValueRule[],
  classes: readonly (readonly number[])[],
  options: ScreenOptions,
): Screen {
  const byIndex = new Map(rules.map((rule) => [rule.index, rule]));
  const groups = new Map<number, ValueGroup>();
  const groupOf = groupClasses(classes);
  for (const number of new Set(groupOf)) {
    const members = new Set(classes.flatMap((indexes, id) => (groupOf[id] === number ? indexes : [])));
    const shared = [...members].flatMap((index) => byIndex.get(index) ?? []);
    groups.set(number, new ValueGroup(shared, options.prefilter));
  }
  return new Screen(
    classes.map((indexes, id) => {
      const group = groups.get(groupOf[id]!)!;
      const cache = options.cacheEntries > 0 ? new ValueCache(options.cacheEntries) : null;
      return { group, plan: group.plan(new Set(indexes)), cache };
    }),
  );
}

export class Screen {
  readonly #classes: readonly ScreenClass[];

  constructor(classes: readonly ScreenClass[]) {
    this.#classes = classes;
  }

  /**
   * The rules of the class that match the value, after their transformations and with negation.
   *
   * @param value bytes as latin-1 text
   * @param budget when it is exceeded the answer lacks rules: the caller has to ask it
   */
  candidates(classId: number, value: string, budget: Budget | null): Candidates {
    const { group, plan, cache } = this.#classes[classId]!;
    const isKept = cache !== null && value.length <= KEY_BYTES_MAX;
    if (isKept) {
      const known = cache.get(value);
      if (known !== undefined) return known;
    }
    const candidates = inOrder(group.match(plan, value, budget));
    if (isKept && budget?.exceeded !== true) cache.set(value, candidates);
    return candidates;
  }
}

function inOrder(found: readonly number[]): Candidates {
  if (found.length === 0) return NO_CANDIDATES;
  return [...new Set(found)].sort((one, other) => one - other);
}

/** For each class the lowest class that it is connected with by rules in common. */
function groupClasses(classes: readonly (readonly number[])[]): readonly number[] {
  const groupOf = [...classes.keys()];
  const find = (id: number): number => (groupOf[id] === id ? id : find(groupOf[id]!));
  const firstWith = new Map<number, number>();
  for (const [id, indexes] of classes.entries()) {
    for (const index of indexes) {
      const other = find(firstWith.get(index) ?? id);
      const own = find(id);
      groupOf[Math.max(own, other)] = Math.min(own, other);
      firstWith.set(index, id);
    }
  }
  return groupOf.map((_, id) => find(id));
}
