/** What each directive does to a load in progress. */
import type { Result } from '../../core/result.ts';
import { wordSet } from '../words.ts';
import { actionValue } from './action-list.ts';
import { DISRUPTIVE_ACTIONS } from './actions.ts';
import type { FaultList } from './fault-list.ts';
import { judgeOtherDirective } from './other-directives.ts';
import { parseRule, parseUnconditional, type RuleSource, readActions } from './rule.ts';
import type { RuleList } from './rule-list.ts';
import { type RuleSelection, removeRules, updateActions, updateTargets } from './rule-updates.ts';
import { SETTING_DIRECTIVES, type SettingsDraft } from './settings.ts';
import type { ActionSyntax, Place } from './syntax.ts';
import { splitWords } from './words.ts';

/** What directives write to. */
export interface Load {
  readonly rules: RuleList;
  readonly settings: SettingsDraft;
  readonly defaultActions: Map<number, readonly ActionSyntax[]>;
  readonly components: string[];
  readonly faults: FaultList;
  /** Loads the files that a pattern means, at this place of the order. */
  include(pattern: string, source: RuleSource): void;
}

/** SecComponentSignature at most: one for each part of a rule set. */
const COMPONENTS_MAX = 256;

type Directive = (words: readonly string[], source: RuleSource, load: Load) => void;

const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['include', include],
  ['secaction', (words, source, load) => load.rules.addRule(parseUnconditional(words, source))],
  ['seccomponentsignature', addComponent],
  ['secdefaultaction', setDefaultActions],
  ['secmarker', addMarker],
  ['secrule', (words, source, load) => load.rules.addRule(parseRule(words, source))],
  ['secruleremovebyid', updateBy(removeRules, 'id')],
  ['secruleremovebymsg', updateBy(removeRules, 'msg')],
  ['secruleremovebytag', updateBy(removeRules, 'tag')],
  ['secruleupdateactionbyid', updateActionsById],
  ['secruleupdatetargetbyid', updateBy(updateTargets, 'id')],
  ['secruleupdatetargetbymsg', updateBy(updateTargets, 'msg')],
  ['secruleupdatetargetbytag', updateBy(updateTargets, 'tag')],
]);

/** Carries out one statement. */
export function runStatement(text: string, source: RuleSource, load: Load): void {
  const { place, faults } = source;
  const words = splitWords(text);
  if (!words.ok) {
    faults.add(place, words.fault);
    return;
  }
  const [written = '', ...rest] = words.value;
  const name = written.toLowerCase();
  const directive = DIRECTIVES.get(name);
  if (directive !== undefined) {
    directive(rest, source, load);
    return;
  }
  const setting = SETTING_DIRECTIVES.get(name);
  const fault = setting === undefined ? judgeOtherDirective(name, rest) : setting(load.settings, rest);
  if (fault === undefined) {
    faults.add(place, `There is no directive "${shorten(written)}": correct its name or take it out.`);
  } else if (fault !== null) {
    faults.add(place, `${written}: ${fault}`);
  }
}

function include(words: readonly string[], source: RuleSource, load: Load): void {
  const [pattern] = words;
  if (pattern === undefined || pattern === '' || words.length > 1) {
    source.faults.add(source.place, 'Include takes one path: write it, in "..." if it holds blanks.');
    return;
  }
  load.include(pattern, source);
}

function addMarker(words: readonly string[], source: RuleSource, load: Load): void {
  const [name] = words;
  if (name === undefined || name === '' || words.length > 1) {
    source.faults.add(source.place, 'SecMarker takes one name: write it.');
    return;
  }
  load.rules.addMarker({ kind: 'marker', place: source.place, name });
}

function addComponent(words: readonly string[], source: RuleSource, load: Load): void {
  if (words.length === 0) source.faults.add(source.place, 'SecComponentSignature takes a name: write it.');
  else if (load.components.length < COMPONENTS_MAX) load.components.push(words.join(' '));
  else source.faults.add(source.place, `More than ${COMPONENTS_MAX} components: take some out.`);
}

/** Actions that say what one rule is; they cannot be a default. */
const NOT_AS_DEFAULT = wordSet(`
  accuracy block capture chain ctl id logdata maturity msg multimatch rev setvar severity skipafter tag ver
`);

function setDefaultActions(words: readonly string[], source: RuleSource, load: Load): void {
  const { place, faults } = source;
  if (words.length !== 1) faults.add(place, 'SecDefaultAction takes one text: put its actions in "...".');
  const actions = readActions(words[0] ?? '', source);
  const misplaced = actions.find(({ name }) => NOT_AS_DEFAULT.has(name));
  if (misplaced !== undefined) {
    faults.add(place, `"${misplaced.name}" cannot be a default: take it out and write it in the rules.`);
  }
  const phase = Number(actionValue(actions, 'phase') ?? 0);
  if (phase === 0) faults.add(place, 'SecDefaultAction has no phase: add one, such as phase:2.');
  if (!actions.some(({ name }) => DISRUPTIVE_ACTIONS.has(name))) {
    faults.add(place, 'SecDefaultAction does not say what happens to a request: add pass, deny or another.');
  }
  if (load.defaultActions.has(phase)) {
    faults.add(place, `There is a SecDefaultAction for phase ${phase} already: keep one.`);
  }
  load.defaultActions.set(phase, actions);
}

function updateBy(
  update: (rules: RuleList, selection: RuleSelection, words: readonly string[]) => Result<null, string>,
  selection: RuleSelection,
): Directive {
  return (words, source, load) => report(update(load.rules, selection, words), source);
}

function updateActionsById(words: readonly string[], source: RuleSource, load: Load): void {
  const [ids, actionText] = words;
  if (ids === undefined || actionText === undefined || words.length > 2) {
    source.faults.add(
      source.place,
      'It takes two texts: the ids of rules, and the actions to merge into theirs.',
    );
    return;
  }
  report(updateActions(load.rules, ids, readActions(actionText, source)), source);
}

function report(result: Result<null, string>, { faults, place }: { faults: FaultList; place: Place }): void {
  if (!result.ok) faults.add(place, result.fault);
}

/** A stray text may be a whole file: its beginning is enough to find it. */
function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}...` : text;
}
