/** What becomes of a request when a rule decides. */
import { PASS_RULING, type Ruling } from '../inspection.ts';
import { expand } from './expand.ts';
import type { Disruption } from './rule.ts';
import type { TransactionState } from './state.ts';

/** Whether a rule decides anything: in detection only it does not. */
export function disrupts(disruption: Disruption, state: TransactionState): boolean {
  return disruption.kind !== 'none' && state.mode === 'on';
}

/** The ruling of a rule that decides; `allow` passes. */
export function toRuling(disruption: Disruption, state: TransactionState): Ruling {
  switch (disruption.kind) {
    case 'deny':
      return { kind: 'refuse', status: disruption.status, location: null };
    case 'redirect':
      return { kind: 'refuse', status: disruption.status, location: expand(disruption.location, state) };
    case 'drop':
      return { kind: 'drop' };
    default:
      return PASS_RULING;
  }
}
