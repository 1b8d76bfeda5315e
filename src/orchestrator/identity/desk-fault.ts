/** Why a decision about identities was not made. */
import type { LedgerFault } from '../ledger/ledger.ts';

type DeskCode =
  | 'admin_needed'
  | 'already_enrolled'
  | 'enrolment_refused'
  | 'fleet_full'
  | 'not_a_member'
  | 'renewed_too_early'
  | 'store_unavailable'
  | 'too_many_tokens'
  | 'unknown_token'
  | 'unusable_csr';

export interface DeskFault<Code extends DeskCode> {
  readonly code: Code;
  readonly detail: string;
}

/** What a ledger could not do, in the same words. */
export function toDeskFault<Code extends DeskCode>(
  fault: DeskFault<Code> | LedgerFault,
): DeskFault<Code | 'store_unavailable'> {
  return 'code' in fault ? fault : { code: 'store_unavailable', detail: fault.message };
}
