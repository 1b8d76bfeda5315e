/** What the pipeline decided about one request, as data: it explains itself without a formatted line. */
import type { Reason } from './reasons.ts';

export type Verdict = PassVerdict | RefuseVerdict;

export interface PassVerdict {
  readonly kind: 'pass';
}

export interface RefuseVerdict {
  readonly kind: 'refuse';
  readonly reason: Reason;
  /** What matched, in the words of the rule set; empty where no rule was involved. */
  readonly matches: readonly RuleMatch[];
  /** Seconds for Retry-After; 0 leaves the field out. */
  readonly retryAfterSeconds: number;
}

/** One rule that matched one part of a request. */
export interface RuleMatch {
  /** The rule's stable id, such as `xss-script-tag`. */
  readonly ruleId: string;
  /** The event label of the rule's family, such as `XSS_SCRIPT_TAG`. */
  readonly label: string;
  /** The part of the request: `path`, `query`, `header:user-agent`, `body`. */
  readonly part: string;
  /** The text that matched after decoding, capped to 120 characters. */
  readonly evidence: string;
}

export const PASS: PassVerdict = { kind: 'pass' };
