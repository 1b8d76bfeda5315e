/**
 * Directives that change rules written above them: SecRuleRemoveBy..., SecRuleUpdateTargetBy..., and
 * SecRuleUpdateActionById. Each id, range, tag and message has to mean at least one rule: a directive without effect
 * would leave in force what its author believes changed.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { actionValue } from './action-list.ts';
import { DISRUPTIVE_ACTIONS, REPEATED_ACTIONS } from './actions.ts';
import { type IdRange, parseIdRanges } from './id-ranges.ts';
import { idOf, type RuleDraft } from './rule.ts';
import type { RuleList } from './rule-list.ts';
import type { ActionSyntax } from './syntax.ts';
import { parseTargets } from './targets.ts';

/** What names the rules to change. */
export type RuleSelection = 'id' | 'tag' | 'msg';

/** Takes the named rules out, with their chains. Fails with a sentence. */
export function removeRules(
  rules: RuleList,
  selection: RuleSelection,
  words: readonly string[],
): Result<null, string> {
  if (words.length === 0) return fail('Nothing is named: write what to remove.');
  // Ids may be spread over several words, a tag or a message is one.
  const names = selection === 'id' ? [words.join(' ')] : words;
  for (const name of names) {
    const found = selectRules(rules, selection, name);
    if (!found.ok) return found;
    for (const rule of found.value) rules.remove(rule);
  }
  return ok(null);
}

/** Adds targets, exclusions mostly, to the first rule of each chain named. Fails with a sentence. */
export function updateTargets(
  rules: RuleList,
  selection: RuleSelection,
  words: readonly string[],
): Result<null, string> {
  const [name, targetText] = words;
  if (name === undefined || targetText === undefined || words.length > 2) {
    return fail('It takes two texts: which rules, and the targets to add to theirs, such as "!ARGS:name".');
  }
  const targets = parseTargets(targetText);
  if (!targets.ok) return targets;
  const found = selectRules(rules, selection, name);
  if (!found.ok) return found;
  for (const rule of found.value) rule.targets.push(...targets.value);
  return ok(null);
}

/** Merges actions into the rules named by id. Fails with a sentence. */
export function updateActions(
  rules: RuleList,
  idText: string,
  actions: readonly ActionSyntax[],
): Result<null, string> {
  const fixed = actions.find(({ name }) => FIXED_ACTIONS.has(name));
  if (fixed !== undefined) return fail(`"${fixed.name}" cannot be changed: write a new rule instead.`);
  const found = selectRules(rules, 'id', idText);
  if (!found.ok) return found;
  for (const rule of found.value) rule.actions = mergeActions(rule.actions, actions);
  return ok(null);
}

/** Actions that make the rule what it is. */
const FIXED_ACTIONS: ReadonlySet<string> = new Set(['id', 'phase', 'chain']);

/** New actions take the place of those they contradict; those that count several times are added. */
function mergeActions(old: readonly ActionSyntax[], added: readonly ActionSyntax[]): ActionSyntax[] {
  const replaced = new Set<string>();
  for (const { name } of added) {
    if (!REPEATED_ACTIONS.has(name)) replaced.add(name);
    if (DISRUPTIVE_ACTIONS.has(name)) for (const other of DISRUPTIVE_ACTIONS) replaced.add(other);
    const opposite = OPPOSITES.get(name);
    if (opposite !== undefined) replaced.add(opposite);
  }
  return [...old.filter(({ name }) => !replaced.has(name)), ...added];
}

const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['log', 'nolog'],
  ['nolog', 'log'],
  ['auditlog', 'noauditlog'],
  ['noauditlog', 'auditlog'],
]);

function selectRules(
  rules: RuleList,
  selection: RuleSelection,
  name: string,
): Result<readonly RuleDraft[], string> {
  if (selection === 'id') return selectByIds(rules, name);
  const found = rules.select((rule) =>
    selection === 'tag' ? hasTag(rule, name) : actionValue(rule.actions, 'msg') === name,
  );
  return found.length === 0
    ? fail(`No rule above has the ${selection} "${name}": correct it, or move the directive below the rules.`)
    : ok(found);
}

function hasTag(rule: RuleDraft, tag: string): boolean {
  return rule.actions.some((action) => action.name === 'tag' && action.value === tag);
}

function selectByIds(rules: RuleList, text: string): Result<readonly RuleDraft[], string> {
  const ranges = parseIdRanges(text);
  if (!ranges.ok) return ranges;
  const found: RuleDraft[] = [];
  for (const range of ranges.value) {
    const inRange = selectRange(rules, range);
    if (inRange.length === 0) {
      const name = range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
      return fail(`No rule above has the id ${name}: correct it, or move the directive below the rules.`);
    }
    found.push(...inRange);
  }
  return ok(found);
}

function selectRange(rules: RuleList, { first, last }: IdRange): readonly RuleDraft[] {
  if (first === last) {
    const rule = rules.findById(first);
    return rule === undefined ? [] : [rule];
  }
  return rules.select((rule) => {
    const id = idOf(rule);
    return id !== null && id >= first && id <= last;
  });
}
