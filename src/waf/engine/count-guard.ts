/** Links that ask for the number of members only, such as `&REQUEST_HEADERS:Host`: cheap enough to ask at once. */

import type { Link } from './rule.ts';
import type { TransactionState } from './state.ts';
import { countMembers } from './target-members.ts';
import type { Target } from './targets.ts';
import { transform } from './transformation-chain.ts';

/** Whether a link would match. */
export type CountGuard = (state: TransactionState) => boolean;

/** Counts whose answer is worked out at load. */
const KNOWN_COUNTS = 16;

/** Null where the link asks for more than numbers of members of the message. */
export function countGuard(link: Link): CountGuard | null {
  const compiled = link.operator?.compiled ?? null;
  const negated = link.operator?.negated ?? false;
  if (compiled === null || !link.targets.every(countsMessage)) return null;
  const { targets, transformations } = link;
  const test = (count: number): boolean =>
    compiled.test(transform(transformations, String(count))) !== negated;
  const answers = Array.from({ length: KNOWN_COUNTS }, (_, count) => test(count));
  return (state) => {
    for (const target of targets) {
      const count = countMembers(target, state);
      if (answers[count] ?? test(count)) return true;
    }
    return false;
  };
}

function countsMessage({ count, collection }: Target): boolean {
  return count && (collection.kind === 'members' || collection.kind === 'scalar');
}
