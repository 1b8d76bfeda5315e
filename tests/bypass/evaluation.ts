/** Applies every mutation to every attack that is blocked in its plain form, and counts what gets through. */
import { type Attack, plainRequest } from './attack.ts';
import type { Judge, Judgement, RuleSetName } from './judge.ts';
import type { Mutation } from './mutation.ts';
import { type Reason, reasonFor } from './reasons.ts';
import { type Request, toOctets } from './request.ts';

/** Attacks that a rule set blocks, freed of the requests they came in. */
export interface Baseline {
  readonly attacks: readonly Attack[];
  /** Tests of which no single text is blocked by itself. */
  readonly notBlocked: number;
}

/** Of each test the first text that is blocked as an attack. */
export function findBaseline(
  rules: RuleSetName,
  tests: readonly (readonly Attack[])[],
  judge: Judge,
): Baseline {
  const attacks = tests.flatMap((candidates) => {
    const found = candidates.find((attack) => isCaught(rules, judge(toOctets(plainRequest(attack)))));
    return found === undefined ? [] : [found];
  });
  return { attacks, notBlocked: tests.length - attacks.length };
}

/** Of the Core Rule Set, the rules that look for attacks; others are about the form of a request. */
const ATTACK_RULE = /^9(?:3\d|4[0-4])\d{3}$/;

function isCaught(rules: RuleSetName, { fate, matches }: Judgement): boolean {
  if (fate !== 'blocked') return false;
  return rules === 'builtin' || matches.some(({ ruleId }) => ATTACK_RULE.test(ruleId));
}

/** What became of one mutation under one rule set. */
export interface Row {
  readonly mutation: string;
  readonly rules: RuleSetName;
  tried: number;
  blocked: number;
  /** By the codec, before any rule. */
  refused: number;
  readonly lost: Loss[];
}

export interface Loss {
  readonly attack: Attack;
  readonly request: Request;
  /** Null for a way around the rules. */
  readonly reason: Reason | null;
}

export function evaluate(
  rules: RuleSetName,
  attacks: readonly Attack[],
  mutations: readonly Mutation[],
  judge: Judge,
): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const mutation of mutations) {
    const { name } = mutation;
    const row = rows.get(name) ?? { mutation: name, rules, tried: 0, blocked: 0, refused: 0, lost: [] };
    rows.set(name, row);
    for (const attack of attacks) tryOne(mutation, attack, judge, row);
  }
  return [...rows.values()];
}

function tryOne(mutation: Mutation, attack: Attack, judge: Judge, row: Row): void {
  const request = mutation.apply(attack);
  if (request === null) return;
  row.tried += 1;
  const { fate } = judge(toOctets(request));
  if (fate === 'blocked') row.blocked += 1;
  else if (fate === 'refused') row.refused += 1;
  else row.lost.push({ attack, request, reason: reasonFor(row.rules, row.mutation, attack.family) });
}
