/** Whether one of the operator's lists refuses an address, and as what that is counted. */
import type { AccessLists } from '../../core/access-lists.ts';
import type { AddressWords } from '../../core/ip.ts';
import type { Reason } from '../../core/reasons.ts';

/** The reason, counted at the large list that it comes from; null where no list refuses. */
export function refusalOfLists(words: AddressWords, lists: AccessLists): Reason | null {
  const { decision, list } = lists.match(words);
  if (decision !== 'deny') return null;
  if (list === null) return 'manual_blacklist';
  list.countRefusal();
  return 'listed';
}
