/** Which requests the audit log keeps, in the words of SecAuditEngine. */
import type { RuleMatch } from '../../core/verdict.ts';

export type AuditMode = 'on' | 'off' | 'relevant-only';

/**
 * With `relevant-only`: requests for which a rule asks for it, and those whose answer has a status that `isRelevantStatus`
 * takes. Rules that match without wanting to be audited do not count.
 *
 * @param status 0 where the connection was closed without an answer
 */
export function isAudited(
  mode: AuditMode,
  matches: readonly RuleMatch[],
  status: number,
  isRelevant: (status: number) => boolean = isRelevantStatus,
): boolean {
  if (mode !== 'relevant-only') return mode === 'on';
  return isRelevant(status) || matches.some(({ details }) => details?.auditLog !== false);
}

/** Faults of the server, and of the client but for what is not found, which scanners and old links ask for all day. */
export function isRelevantStatus(status: number): boolean {
  return status >= 400 && status <= 599 && status !== 404;
}
