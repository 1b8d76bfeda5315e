/**
 * Exclusions that need no compiling: what they leave out is left out while requests are looked at, as `ctl` does, so that
 * any number of sites and routes share one compiled rule set and its screen.
 *
 * That comes to the same as compiling without these rules and targets wherever nothing was decided at load because of
 * them. A rule of which it is open whether its first link matches may always have done nothing; so everything that was
 * decided holds without it as well. Other rules, and rules about TX, counts and bodies that cannot be read, are asked
 * about at load: exclusions from those are compiled.
 */

import { actionValue } from '../seclang/action-list.ts';
import type { RuleSet } from '../seclang/syntax.ts';
import { parseTargets } from '../seclang/targets.ts';
import type { RemovedTarget, RuleSelection } from './control.ts';
import type { FoldedRules, LiveRule } from './fold-constants.ts';
import type { OperatorPool } from './operator-pool.ts';
import { type Exclusion, isMeant } from './overlay.ts';
import type { Rule } from './rule.ts';
import type { RulePlan } from './screening-plan.ts';
import type { Removals } from './start-state.ts';
import type { TargetRemoval } from './state.ts';
import { compileTarget } from './targets.ts';

const BODY_FAULTS = /^(?:REQBODY_(?:PROCESSOR_)?ERROR|MULTIPART_STRICT_ERROR)$/;

/** What exclusions from one program are checked against. */
export interface CompiledRules {
  readonly written: RuleSet;
  readonly folded: FoldedRules;
  readonly plans: readonly RulePlan[];
  readonly pool: OperatorPool;
}

/** What is left out of a program; null where it has to be compiled anew for these exclusions. */
export function lightRemovals(compiled: CompiledRules, exclusions: readonly Exclusion[]): Removals | null {
  const live = new Map(compiled.folded.live.map((one) => [one.rule.id, one]));
  const contextual = new Set(
    compiled.plans.filter(({ bits, guards }) => bits === 0 && guards.length === 0).map(({ rule }) => rule.id),
  );
  const rules: RuleSelection[] = [];
  const targets: TargetRemoval[] = [];
  for (const exclusion of exclusions) {
    const ids = meantIds(compiled, exclusion);
    const removed = removedTargets(exclusion, compiled.pool);
    if (removed === null) return null;
    for (const id of ids) {
      const fate = compiled.folded.fates.get(id);
      if (fate === undefined || fate === 'dead') ids.delete(id);
      else if (contextual.has(id) || !isOpen(live.get(id), removed)) return null;
    }
    if (ids.size === 0) continue;
    const selection = { has: ({ id }: { readonly id: number }) => ids.has(id) };
    if (exclusion.targets === null) rules.push(selection);
    else targets.push({ selection, removed, firstLinkOnly: true });
  }
  return { rules, targets };
}

/** Of rules that the program was compiled with, as they were written. */
function meantIds({ written }: CompiledRules, exclusion: Exclusion): Set<number> {
  const ids = new Set<number>();
  for (const item of written.items) {
    if (item.kind !== 'marker' && isMeant(item, exclusion))
      ids.add(Number(actionValue(item.actions, 'id') ?? '0'));
  }
  return ids;
}

/** Empty for a whole rule; null for targets that are decided about at load, and those that cannot be read. */
function removedTargets({ targets }: Exclusion, pool: OperatorPool): readonly RemovedTarget[] | null {
  if (targets === null) return [];
  const written = parseTargets(targets);
  if (!written.ok) return null;
  const removed: RemovedTarget[] = [];
  for (const target of written.value) {
    const compiled = compileTarget(target, pool);
    if (!compiled.ok) return null;
    const { kind } = compiled.value.collection;
    if (kind !== 'members' && kind !== 'scalar') return null;
    removed.push(compiled.value);
  }
  return removed;
}

/** Whether nothing was decided at load because the rule is there and looks at these targets. */
function isOpen(live: LiveRule | undefined, removed: readonly RemovedTarget[]): boolean {
  if (live === undefined || live.certainLinks[0] === true || testsBodyFaults(live.rule)) return false;
  const collections = removed.map(({ collection }) => collection);
  return !live.rule.links[0]!.targets.some(
    ({ count, collection }) => count && collections.includes(collection),
  );
}

function testsBodyFaults({ links }: Rule): boolean {
  return links.some(({ targets }) => targets.some(({ collection }) => BODY_FAULTS.test(collection.name)));
}
