/**
 * The closed label sets of the traffic metrics, each with the function that folds any input into its set.
 *
 * A client chooses methods and an origin chooses statuses, so both end in a catch-all: the number of series
 * is known before the first request arrives. The functions return small integers for the hot path.
 */
import { STATUS_CODES } from 'node:http';
import { REASON_NAMES, REASONS, type Reason } from '../../core/reasons.ts';

export const METHOD_LABELS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'OTHER',
] as const;

/** The place of a method in `METHOD_LABELS`; methods are case-sensitive (RFC 9110 section 9.1). */
export function methodId(method: string): number {
  switch (method) {
    case 'GET':
      return 0;
    case 'HEAD':
      return 1;
    case 'POST':
      return 2;
    case 'PUT':
      return 3;
    case 'DELETE':
      return 4;
    case 'PATCH':
      return 5;
    case 'OPTIONS':
      return 6;
    case 'TRACE':
      return 7;
    default:
      return 8;
  }
}

/** Statuses known to the runtime's HTTP module, then `other`, which takes 0 (no answer was sent) as well. */
export const STATUS_LABELS: readonly string[] = [...Object.keys(STATUS_CODES), 'other'];

const STATUS_IDS: readonly number[] = createStatusIds();

/** The place of a status in `STATUS_LABELS`. */
export function statusId(status: number): number {
  return STATUS_IDS[status] ?? STATUS_LABELS.length - 1;
}

export type VerdictLabel = 'pass' | 'refuse' | 'fail' | 'abandon';

/** What became of a request: every request ends in exactly one of these pairs. */
export const VERDICT_SERIES: readonly (readonly [VerdictLabel, Reason | 'none'])[] = [
  ['pass', 'none'],
  ['abandon', 'none'],
  ...REASON_NAMES.filter((reason) => REASONS[reason].kind === 'request').map(
    (reason): readonly [VerdictLabel, Reason] => ['refuse', reason],
  ),
  ...REASON_NAMES.filter((reason) => REASONS[reason].kind === 'upstream').map(
    (reason): readonly [VerdictLabel, Reason] => ['fail', reason],
  ),
];

export const CONNECTION_REASONS: readonly Reason[] = REASON_NAMES.filter(
  (reason) => REASONS[reason].kind === 'connection',
);

export type UpstreamReason = {
  [Name in Reason]: (typeof REASONS)[Name]['kind'] extends 'upstream' ? Name : never;
}[Reason];

export const UPSTREAM_REASONS: readonly UpstreamReason[] = REASON_NAMES.filter(isUpstreamReason);

/** The label of an upstream reason: the reason without the word that all of them begin with. */
export function upstreamErrorKind(reason: UpstreamReason): string {
  return reason.replace('origin_', '');
}

/** Families of rules, as the older metric names tell them apart. */
export const WAF_FAMILIES = [
  'sql_injection',
  'xss',
  'path_traversal',
  'command_injection',
  'custom_pattern',
  'other',
] as const;

export type WafFamily = (typeof WAF_FAMILIES)[number];

/** The family of a rule by its event label, such as `XSS_SCRIPT_TAG`. */
export function wafFamily(eventLabel: string): WafFamily {
  if (eventLabel.startsWith('SQL_INJECTION')) return 'sql_injection';
  if (eventLabel.startsWith('XSS_')) return 'xss';
  if (eventLabel.startsWith('PATH_TRAVERSAL')) return 'path_traversal';
  if (eventLabel.startsWith('COMMAND_INJECTION')) return 'command_injection';
  if (eventLabel.startsWith('CUSTOM_PATTERN')) return 'custom_pattern';
  return 'other';
}

/** `resumed` where the session is known to be resumed, `completed` otherwise. */
export const HANDSHAKE_RESULTS = ['completed', 'resumed', 'failed', 'timeout'] as const;

export type HandshakeResult = (typeof HANDSHAKE_RESULTS)[number];

export const TLS_VERSION_LABELS = ['1.2', '1.3', 'none'] as const;

/** The place of a protocol name such as `TLSv1.3` in `TLS_VERSION_LABELS`; null where none was agreed. */
export function tlsVersionId(protocol: string | null): number {
  if (protocol === 'TLSv1.3') return 1;
  return protocol === 'TLSv1.2' ? 0 : 2;
}

/** What inspection decided, and the family of the rule that decided it. */
export const INSPECTION_SERIES: readonly (readonly ['allow' | 'block', WafFamily | 'none'])[] = [
  ['allow', 'none'],
  ...WAF_FAMILIES.map((family): readonly ['block', WafFamily] => ['block', family]),
];

export const EVENT_SINKS = [
  'access_log',
  'security_log',
  'decisions',
  'audit_log',
  'log_writer',
  'nats',
] as const;

export type EventSink = (typeof EVENT_SINKS)[number];

export const BAN_SOURCES = ['automatic', 'management', 'orchestrator', 'command'] as const;

export type BanSource = (typeof BAN_SOURCES)[number];

export const TRAFFIC_DIRECTIONS = ['received', 'sent'] as const;

function isUpstreamReason(reason: Reason): reason is UpstreamReason {
  return REASONS[reason].kind === 'upstream';
}

function createStatusIds(): readonly number[] {
  const ids = new Array<number>(600).fill(STATUS_LABELS.length - 1);
  for (const [id, label] of STATUS_LABELS.entries()) {
    if (label !== 'other') ids[Number(label)] = id;
  }
  return ids;
}
