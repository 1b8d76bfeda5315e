/**
 * What the node asks of the firewall: an inspector per policy, an inspection per request, one call per phase.
 * An inspection is synchronous, keeps to its own request and never throws.
 */
import type { RuleMatch } from '../core/verdict.ts';
import type { AuditMode } from './audit/relevance.ts';
import type { ParsedBody } from './bodies/parsed-body.ts';

/** The head of a request. All texts are bytes in latin-1, as received. */
export interface RequestView {
  readonly method: string;
  /** The target in origin form: path and query, not decoded. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  /** The name that the client, the log and `secbeat explain` know this request by. */
  readonly id: string;
  /** Without brackets or port. */
  readonly clientAddress: string;
  readonly clientPort: number;
  /** JA4 of the client's TLS handshake, or '' where there is none. */
  readonly fingerprint: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly headerCount: number;
  /** The name of a field in lower case; `index` counts from 0 in the order received. */
  headerName(index: number): string;
  headerValue(index: number): string;
  /** The value of the first field of that lower-case name. */
  header(name: string): string | null;
}

/** The head of an origin's answer. */
export interface ResponseView {
  readonly status: number;
  readonly reasonPhrase: string;
  readonly protocol: string;
  readonly headerCount: number;
  headerName(index: number): string;
  headerValue(index: number): string;
  header(name: string): string | null;
}

/** What is to become of the request, or of the answer, after a phase. */
export type Ruling =
  | { readonly kind: 'pass' }
  /** Answer with this status; where `location` is not null, as a redirection to it. */
  | { readonly kind: 'refuse'; readonly status: number; readonly location: string | null }
  /** Close the connection without an answer. */
  | { readonly kind: 'drop' };

export const PASS_RULING: Ruling = { kind: 'pass' };

/**
 * One set of rules at work on one request: the built-in detectors, or a program in SecLang. The phases are called in
 * order, each at most once, and none after a ruling that is not `pass`, but `finish`, which is always called.
 */
export interface RuleRun {
  /** Phase 1. */
  inspectRequestHead(): Ruling;
  /** Phase 2; `body` is null for a request without one. */
  inspectRequestBody(body: RequestBody | null): Ruling;
  /** Phase 3. */
  inspectResponseHead(response: ResponseView): Ruling;
  /** Octets of this response's body that phase 4 wants to see before any of it is sent; 0 for none. */
  readonly responseBytesWanted: number;
  /** Phase 4; `text` is the unpacked beginning of the body as latin-1 text, null where there is none to see. */
  inspectResponseBody(text: string | null): Ruling;
  /** Phase 5: for the log only. */
  finish(): void;
  /** What a rule has made of the audit log for this request; null where none has said anything. */
  readonly auditMode: AuditMode | null;
  /** What matched so far, in order. */
  readonly matches: readonly RuleMatch[];
}

/** A set of rules in force: it starts a run for each request. Each worker has its own. */
export interface RuleSource {
  /** Whether phases 3 and 4 do anything. */
  readonly inspectsResponses: boolean;
  begin(request: RequestView): RuleRun;
}

/** The body of a request as received, unpacked and taken apart at most once however many rule sets look at it. */
export interface RequestBody {
  /** Octets received, after undoing Content-Encoding; as latin-1 text. */
  readonly text: string;
  /** Whether that is the whole body. */
  readonly complete: boolean;
  /** The value of Content-Type as received, or null. */
  readonly contentType: string | null;
  /** The processor that the media type asks for, or null. */
  readonly processor: ParsedBody['processor'] | null;
  /** The body taken apart by `processor`; the result is kept. */
  parse(processor: ParsedBody['processor']): ParsedBody;
  /** Why Content-Encoding could not be undone, in one sentence; null where all went well. */
  readonly unpackFault: string | null;
}
