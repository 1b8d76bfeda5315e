/**
 * One request and its answer as audit logs tell them: plain data, put together when the request is over, redacted
 * (redact.ts) before anything is written, and turned into text by audit-json.ts, error-line.ts or native-parts.ts.
 * All texts are bytes as latin-1 text, as they were on the wire.
 */
import type { RuleMatch } from '../../core/verdict.ts';

export interface AuditRecord {
  /** The name that the client and the other logs know the request by. */
  readonly id: string;
  /** When the request began, in milliseconds since 1970. */
  readonly timeMs: number;
  /** From the request's beginning to its end. */
  readonly durationMs: number;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** The site, as the request names it. */
  readonly hostName: string;
  readonly request: AuditRequest;
  /** What the client was answered; null where the connection was closed without an answer. */
  readonly response: AuditResponse | null;
  /** What matched, in order. */
  readonly matches: readonly RuleMatch[];
  /** What became of the request because of the rules; null where they let it pass. */
  readonly interruption: AuditInterruption | null;
  readonly producer: AuditProducer;
}

export interface AuditField {
  /** As received. */
  readonly name: string;
  readonly value: string;
}

export interface AuditRequest {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  readonly headers: readonly AuditField[];
  /** What was kept of the body; null without one. */
  readonly body: string | null;
  readonly files: readonly AuditFile[];
}

export interface AuditFile {
  readonly field: string;
  readonly fileName: string;
  /** Octets. */
  readonly size: number;
}

export interface AuditResponse {
  readonly status: number;
  readonly reasonPhrase: string;
  readonly protocol: string;
  readonly headers: readonly AuditField[];
  readonly body: string | null;
}

export interface AuditInterruption {
  readonly kind: 'refuse' | 'redirect' | 'drop';
  readonly phase: number;
  /** 0 for `drop`. */
  readonly status: number;
  /** Where a redirection leads to; empty otherwise. */
  readonly location: string;
}

export interface AuditProducer {
  /** The engine and its version. */
  readonly engine: string;
  readonly connector: string;
  readonly mode: 'On' | 'DetectionOnly';
  /** What the rule sets call themselves. */
  readonly components: readonly string[];
}
