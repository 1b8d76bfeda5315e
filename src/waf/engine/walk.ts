/**
 * Rules of one phase in load order. Every rule that is reached is evaluated in full; which rules are reached at all,
 * the caller decides: all of them, or those that a look at the values left over. Linear in rules and values.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import { PASS_RULING, type Ruling } from '../inspection.ts';
import { MATCHES_MAX } from './bounds.ts';
import { evaluateLink } from './evaluate-link.ts';
import { disrupts, toRuling } from './interruption.ts';
import type { Rule } from './rule.ts';
import { describeMatch } from './rule-match.ts';
import type { TransactionState } from './state.ts';

/** What a rule makes the walk do next. */
export interface Step {
  readonly ruling: Ruling;
  /** Position to go on at; 0 for the next rule, Infinity to leave the phase. */
  readonly goOnAt: number;
  readonly allowed: 'transaction' | 'request' | null;
}

const NEXT: Step = { ruling: PASS_RULING, goOnAt: 0, allowed: null };

/** Evaluates one rule and carries out what it says. Matches that are to be logged are added to `matches`. */
export function takeRule(rule: Rule, state: TransactionState, matches: RuleMatch[]): Step {
  if (state.isRemoved(rule)) return NEXT;
  state.enter(rule);
  for (const link of rule.links) if (!evaluateLink(link, state)) return NEXT;
  const { disruption, skipTo } = rule.outcome;
  const decides = rule.phase !== 5 && disrupts(disruption, state);
  report(rule, state, matches, decides && disruption.kind !== 'allow');
  if (!decides) return skipTo === -1 ? NEXT : { ...NEXT, goOnAt: skipTo };
  if (disruption.kind !== 'allow') {
    return { ruling: toRuling(disruption, state), goOnAt: Number.POSITIVE_INFINITY, allowed: null };
  }
  const allowed = disruption.scope === 'phase' ? null : disruption.scope;
  return { ruling: PASS_RULING, goOnAt: Number.POSITIVE_INFINITY, allowed };
}

function report(rule: Rule, state: TransactionState, matches: RuleMatch[], disruptive: boolean): void {
  const { severity, log, auditLog } = rule.report;
  if (severity !== null && severity < state.highestSeverity) state.highestSeverity = severity;
  if (!log && !auditLog) return;
  // A match that decides is told about whatever came before it.
  if (matches.length < MATCHES_MAX || disruptive) matches.push(describeMatch(rule, state, disruptive));
}
