/** What the pipeline decided about one request, as data: it explains itself without a formatted line. */
import type { Reason } from './reasons.ts';

export type Verdict = PassVerdict | RefuseVerdict | DropVerdict;

export interface PassVerdict {
  readonly kind: 'pass';
}

export interface RefuseVerdict {
  readonly kind: 'refuse';
  readonly reason: Reason;
  /** The status that a rule asks for, or null for that of the reason. */
  readonly status: number | null;
  /** Where a rule sends the client, or null. */
  readonly location: string | null;
  /** Seconds for Retry-After; 0 leaves the field out. */
  readonly retryAfterSeconds: number;
  /** Milliseconds for which the answer is held back; 0 answers at once. */
  readonly delayMs: number;
}

/** The connection is closed without a word. */
export interface DropVerdict {
  readonly kind: 'drop';
  readonly reason: Reason;
}

/** A refusal with the reason's own status. */
export function refuseFor(reason: Reason, retryAfterSeconds = 0): RefuseVerdict {
  return { kind: 'refuse', reason, status: null, location: null, retryAfterSeconds, delayMs: 0 };
}

/** One rule that matched one part of a request or of its answer. */
export interface RuleMatch {
  /** The rule's stable id, such as `xss-script-tag` or `942100`. */
  readonly ruleId: string;
  /** The event label of the rule's family, such as `XSS_SCRIPT_TAG`. */
  readonly label: string;
  /** What the rule looks for, in one sentence. */
  readonly message: string;
  /** What the match adds to the anomaly score. */
  readonly score: number;
  /** The part of the request: `path`, `query:id`, `header:user-agent`, `body:json.name`; at most 64 characters. */
  readonly part: string;
  /** The text around the match after decoding, capped to 512 characters, the match within it. */
  readonly value: string;
  /** Where in `value` the match begins and ends. */
  readonly start: number;
  readonly end: number;
  /** The decodings between the part as received and `value`, in order: `url`, `html`, `base64`. */
  readonly decodings: readonly string[];
  /** Where the rule was written, `file:line`; null for built-in rules. */
  readonly source: string | null;
  /** Of a rule from a file, for audit logs; null for built-in rules. */
  readonly details: RuleDetails | null;
}

/** What audit formats tell about a rule from a file. */
export interface RuleDetails {
  readonly file: string;
  readonly line: number;
  /** 0 (emergency) to 7 (debug), null where the rule names none. */
  readonly severity: number | null;
  readonly tags: readonly string[];
  readonly version: string;
  readonly revision: string;
  /** `msg` and `logdata` with their macros expanded. */
  readonly message: string;
  readonly data: string;
  /** What the operator was and what it matched, for people: `Matched "Operator `Rx' with ...`. */
  readonly match: string;
  readonly phase: number;
  /** Whether the match refused the request. */
  readonly disruptive: boolean;
  /** Whether the match is to be in the error log, and whether in the audit log. */
  readonly log: boolean;
  readonly auditLog: boolean;
}

/** The match that weighs most, the first of several; what a block is counted and told by. */
export function decidingRule(matches: readonly RuleMatch[]): RuleMatch | null {
  let deciding: RuleMatch | null = null;
  for (const match of matches) {
    if (deciding === null || match.score > deciding.score) deciding = match;
  }
  return deciding;
}

export const PASS: PassVerdict = { kind: 'pass' };
