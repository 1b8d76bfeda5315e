/** Runs a set of rules over labelled requests and counts what it would block. */
import type { RuleMatch } from '../../src/core/verdict.ts';
import { type Half, halfOf } from './split.ts';
import type { LabelledRequest } from './traffic.ts';

export interface Outcome {
  readonly blocked: boolean;
  readonly matches: readonly RuleMatch[];
}

export interface Count {
  all: number;
  blocked: number;
}

export interface Evaluation {
  readonly total: Count;
  /** By class of attack, or by site. */
  readonly groups: ReadonlyMap<string, Count>;
  /** By half of the payload families, or of the sites. */
  readonly halves: readonly [Count, Count];
  /** Requests that a rule matched, and those among them where no other rule did. */
  readonly rules: ReadonlyMap<string, Count>;
  readonly mistakes: readonly Mistake[];
}

/** A request that should have passed and was blocked, or the other way round. */
export interface Mistake {
  readonly request: LabelledRequest;
  readonly half: Half;
  readonly matches: readonly RuleMatch[];
}

export function evaluate(
  requests: readonly LabelledRequest[],
  judge: (request: LabelledRequest) => Outcome,
): Evaluation {
  const total = noCount();
  const halves: readonly [Count, Count] = [noCount(), noCount()];
  const groups = new Map<string, Count>();
  const rules = new Map<string, Count>();
  const mistakes: Mistake[] = [];
  for (const request of requests) {
    const half = halfOf(request);
    const { blocked, matches } = judge(request);
    for (const count of [total, halves[half], countOf(groups, request.group)]) add(count, blocked);
    const ids = new Set(matches.map(({ ruleId }) => ruleId));
    // Of a rule, `blocked` counts the requests that it alone matched.
    for (const id of ids) add(countOf(rules, id), ids.size === 1);
    if (blocked !== (request.label === 'malicious')) mistakes.push({ request, half, matches });
  }
  return { total, groups, halves, rules, mistakes };
}

function noCount(): Count {
  return { all: 0, blocked: 0 };
}

function countOf(counts: Map<string, Count>, key: string): Count {
  const known = counts.get(key);
  if (known !== undefined) return known;
  const fresh = noCount();
  counts.set(key, fresh);
  return fresh;
}

function add(count: Count, blocked: boolean): void {
  count.all += 1;
  if (blocked) count.blocked += 1;
}
