/**
 * Which rules wait for values, and for which: made at load.
 *
 * A rule can only do something if all links of its chain match up to the first one that writes or controls. Of these
 * links, the ones that a single value decides are asked value by value (the screen), the ones that ask for counts are
 * asked once (guards). A rule of which any of them says no need not be evaluated: it would not do anything.
 */
import type { ValueRule } from '../screen/value-rule.ts';
import { readsOthersCaptures } from './capture-use.ts';
import { ClassTable } from './class-table.ts';
import type { Collection } from './collections/collection.ts';
import { isScreenable, sourcesOf, type ValueSource } from './collections/value-source.ts';
import { type CountGuard, countGuard } from './count-guard.ts';
import type { LiveRule } from './fold-constants.ts';
import { isHarmless } from './harmless-rule.ts';
import type { Link, Rule } from './rule.ts';
import { type ChainSurroundings, selfContainedOperator } from './self-contained-chain.ts';
import type { Target } from './targets.ts';

export interface ScreeningPlan {
  readonly sources: readonly ValueSource[];
  /** By phase: the places of the sources whose values are there from its beginning. */
  readonly sourcesFrom: readonly (readonly number[])[];
  /** By source: what class of values a member belongs to. */
  readonly classes: ClassTable;
  readonly valueRules: readonly ValueRule[];
  /** By value rule: the rule that waits for it, and its bit among those that this rule waits for. */
  readonly waiting: readonly Waiting[];
  /** By live rule. */
  readonly rules: readonly RulePlan[];
}

export interface RulePlan {
  readonly rule: Rule;
  /** All bits of its value rules; 0 where it does not wait for values. */
  readonly bits: number;
  readonly guards: readonly CountGuard[];
  /** Whether it may match without changing what other rules do. */
  readonly harmless: boolean;
  /** Whether it matches for certain once its value came: nothing is left to be evaluated but what it controls. */
  readonly decided: boolean;
}

export interface Waiting {
  readonly plan: RulePlan;
  readonly bit: number;
  /** Targets that choose members by patterns, which classes of values know nothing of; null where there are none. */
  readonly chosen: readonly Target[] | null;
}

type Draft = { -readonly [Name in keyof RulePlan]: RulePlan[Name] };

/** Value rules of one rule at most: bits of a small integer. */
const BITS_MAX = 30;

export function planScreening(live: readonly LiveRule[], surroundings: ChainSurroundings): ScreeningPlan {
  const valueRules: ValueRule[] = [];
  const waiting: Waiting[] = [];
  const screened: { link: Link; index: number }[] = [];
  const capturesShow = live.some(({ rule }) => readsOthersCaptures(rule));
  const rules = live.map(({ rule, certainLinks }) => {
    const needed = neededLinks(rule, certainLinks, capturesShow);
    const waited = needed.flatMap((link) => toValueLink(link, rule, surroundings)).slice(0, BITS_MAX);
    const guards = needed.map(countGuard).filter((guard) => guard !== null);
    const plan: Draft = {
      rule,
      bits: 2 ** waited.length - 1,
      guards,
      harmless: false,
      decided: isDecided(rule),
    };
    for (const [order, { link, question }] of waited.entries()) {
      const index = valueRules.length;
      valueRules.push({ ...question, index });
      waiting.push({ plan, bit: 1 << order, chosen: choosesByPattern(link) ? link.targets : null });
      screened.push({ link, index });
    }
    return plan;
  });
  const contextual = rules.filter(({ bits, guards }) => bits === 0 && guards.length === 0);
  const contextualRules = contextual.map(({ rule }) => rule);
  for (const plan of rules) plan.harmless = isHarmless(plan.rule, contextualRules);
  const sources = sourcesOf(collectionsOf(screened.map(({ link }) => link)));
  const sourcesFrom = [0, 1, 2, 3, 4].map((phase) =>
    [...sources.keys()].filter((index) => sources[index]?.from === phase),
  );
  return { sources, sourcesFrom, classes: new ClassTable(sources, screened), valueRules, waiting, rules };
}

/** Whether the value that the screen found is all that the rule asks for. */
function isDecided({ links }: Rule): boolean {
  return links.length === 1;
}

function choosesByPattern({ targets }: Link): boolean {
  return targets.some(
    ({ choice, exclusions }) => choice.pattern !== null || exclusions.some(({ pattern }) => pattern !== null),
  );
}

/**
 * Links without which the rule does nothing, but for those that match always.
 *
 * @param capturesShow whether rules look at what others captured, so that capturing is doing something
 */
function neededLinks(rule: Rule, certainLinks: readonly boolean[], capturesShow: boolean): readonly Link[] {
  const needed: Link[] = [];
  for (const [index, link] of rule.links.entries()) {
    if (certainLinks[index] !== true) needed.push(link);
    if (link.assignments.length > 0 || link.controls.length > 0 || (link.capture && capturesShow)) break;
  }
  return needed;
}

interface ValueLink {
  readonly link: Link;
  /** What it asks of one value. */
  readonly question: Omit<ValueRule, 'index'>;
}

/** A link that single values decide; nothing where it is not of that kind. */
function toValueLink(link: Link, rule: Rule, surroundings: ChainSurroundings): readonly ValueLink[] {
  const { operator, targets, transformations, multiMatch } = link;
  const compiled = operator?.compiled ?? null;
  if (operator === null || compiled === null) return [];
  if (!targets.every(({ count, collection }) => !count && isScreenable(collection, rule.phase))) return [];
  const chain = transformations.steps;
  const whole = link === rule.links[0] ? selfContainedOperator(rule, surroundings) : null;
  const question =
    whole === null
      ? { chain, operator: compiled, negated: operator.negated, multiMatch }
      : { chain, operator: whole, negated: false, multiMatch: false };
  return [{ link, question }];
}

function collectionsOf(links: readonly Link[]): ReadonlySet<Collection> {
  return new Set(links.flatMap(({ targets }) => targets.map(({ collection }) => collection)));
}
