/**
 * What one route or site changes about a rule set: the mode, variables such as paranoia levels and thresholds, rules
 * and targets left out.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { actionValue, hasAction } from '../seclang/action-list.ts';
import type { ActionSyntax, RuleSet, RuleSyntax, TargetSyntax } from '../seclang/syntax.ts';
import { parseTargets } from '../seclang/targets.ts';
import type { EngineMode } from './control.ts';

export interface Overlay {
  readonly engine?: EngineMode;
  /** TX variables by name, such as `blocking_paranoia_level`: they hold from the beginning, whatever the setup says. */
  readonly variables?: ReadonlyMap<string, string>;
  readonly exclusions?: readonly Exclusion[];
}

/** Rules that are left out, or, where `targets` are named, look no longer at them. */
export interface Exclusion {
  readonly rules:
    | { readonly kind: 'ids'; readonly first: number; readonly last: number }
    | { readonly kind: 'tag'; readonly tag: string };
  /** As the rule language writes them, such as `ARGS:comment`; null for the whole rule. */
  readonly targets: string | null;
}

/** The rule set as the overlay wants it; fails with a sentence where a target cannot be read. */
export function amendRules(rules: RuleSet, overlay: Overlay): Result<RuleSet, string> {
  let items = rules.items;
  for (const exclusion of overlay.exclusions ?? []) {
    const targets = exclusion.targets === null ? ok([]) : parseTargets(exclusion.targets);
    if (!targets.ok) return fail(targets.fault);
    const excluded = targets.value.map((target): TargetSyntax => ({ ...target, use: 'exclude' }));
    items = items.flatMap((item) => {
      if (item.kind === 'marker' || !isMeant(item, exclusion)) return [item];
      return exclusion.targets === null ? [] : [{ ...item, targets: [...item.targets, ...excluded] }];
    });
  }
  const pinned = new Set([...(overlay.variables?.keys() ?? [])].map((name) => name.toLowerCase()));
  items = items.map((item) => (item.kind === 'marker' ? item : withoutAssignments(item, pinned)));
  const settings = { ...rules.settings, engine: overlay.engine ?? rules.settings.engine };
  return ok({ ...rules, items, settings });
}

/** Whether an exclusion is about a rule. */
export function isMeant({ actions }: RuleSyntax, { rules }: Pick<Exclusion, 'rules'>): boolean {
  if (rules.kind === 'tag') return actions.some(({ name, value }) => name === 'tag' && value === rules.tag);
  const id = Number(actionValue(actions, 'id') ?? '0');
  return id >= rules.first && id <= rules.last;
}

/** A SecAction that sets a variable of the overlay to a fixed value gives way: that is what a setup file consists of. */
function withoutAssignments(rule: RuleSyntax, pinned: ReadonlySet<string>): RuleSyntax {
  if (pinned.size === 0 || rule.operator !== null || hasAction(rule.actions, 'chain')) return rule;
  return { ...rule, actions: rule.actions.filter((action) => !setsPinned(action, pinned)) };
}

function setsPinned({ name, value }: ActionSyntax, pinned: ReadonlySet<string>): boolean {
  if (name !== 'setvar' || value === null) return false;
  const written = /^tx\.([^=]+)=([^+-].*)?$/is.exec(value);
  const variable = written?.[1]?.trim().toLowerCase();
  return variable !== undefined && pinned.has(variable) && !(written?.[2] ?? '').includes('%{');
}
