/** Which nodes a layer of policy is for. */
import { type NodePlace, selects } from '../../fleet/selector.ts';
import type { PolicyScope } from '../../messages/entries/policies.ts';

export function inScope(scope: PolicyScope, place: NodePlace): boolean {
  return selects(scope === 'fleet' ? 'all' : scope, place);
}
