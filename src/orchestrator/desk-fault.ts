/** Why a desk has not decided: a code that stays the same, which the API has an answer for, and a sentence. */
import type { LedgerFault } from './ledger/ledger.ts';

export interface DeskFault<Code extends string> {
  readonly code: Code;
  readonly detail: string;
}

/** What a desk did not decide, or the ledger could not keep, in the same words. */
export function toDeskFault<Fault extends DeskFault<string>>(
  fault: Fault | LedgerFault,
): Fault | DeskFault<'store_unavailable'> {
  return 'code' in fault ? fault : { code: 'store_unavailable', detail: fault.message };
}
