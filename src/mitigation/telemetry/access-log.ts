/**
 * Log lines about requests, formatted from records: the access log, one line a request, and the security
 * log, one line for each request that was refused or that a rule matched.
 *
 * Client text passes through log-line.ts, which caps and escapes it, and secrets in the query are redacted
 * before.
 */
import type { LogFields, LogLevel } from '../../core/logger.ts';
import { REASONS, type Reason } from '../../core/reasons.ts';
import { formatJsonLine, formatReadableLine } from '../../export/log-line.ts';
import { redactTarget } from '../../waf/audit/redact-text.ts';
import {
  capped,
  DETAIL_LENGTH_MAX,
  HOST_LENGTH_MAX,
  METHOD_LENGTH_MAX,
  type RequestOutcome,
  type RequestRecord,
  TARGET_LENGTH_MAX,
  USER_AGENT_LENGTH_MAX,
} from './request-record.ts';

/** One line with its line feed for the access log. */
export function formatAccessLine(record: RequestRecord, json: boolean): string {
  return formatLine(record.wallMs, 'info', 'access', 'request', accessFields(record), json);
}

/** One line with its line feed for the security log. */
export function formatSecurityLine(record: RequestRecord, json: boolean): string {
  const event = record.reason === null ? 'Request matched rules' : 'Request blocked';
  return formatLine(record.wallMs, 'warn', 'security', event, securityFields(record), json);
}

/**
 * Whether a request gets a line in the security log: the node refused it by policy or by grammar, or a rule
 * matched it. A node out of room and a failing origin are reported where they happen.
 */
export function isSecurityEvent(outcome: Pick<RequestOutcome, 'reason' | 'ruleIds'>): boolean {
  return outcome.ruleIds.length > 0 || (outcome.reason !== null && isClientsFault(outcome.reason));
}

function isClientsFault(reason: Reason): boolean {
  return REASONS[reason].kind === 'request' && !NODES_FAULTS.includes(reason);
}

const NODES_FAULTS: readonly Reason[] = ['shed', 'overloaded', 'internal_error'];

function accessFields(record: RequestRecord): LogFields {
  return {
    ...requestFields(record),
    host: capped(record.host, HOST_LENGTH_MAX),
    protocol: capped(record.protocol, METHOD_LENGTH_MAX),
    reason: record.reason,
    ...limitFields(record),
    user_agent: capped(record.userAgent, USER_AGENT_LENGTH_MAX),
    ...(record.ja4 === '' ? NO_FIELDS : { ja4: record.ja4 }),
    bytes_in: record.bytesIn,
    bytes_out: record.bytesOut,
    duration_ms: round(record.durationMs),
    origin_ms: record.originMs === null ? null : round(record.originMs),
    request_id: record.requestId,
  };
}

function securityFields(record: RequestRecord): LogFields {
  return {
    ...requestFields(record),
    reason: record.reason,
    matched_rules: record.ruleIds,
    detail: capped(record.detail, DETAIL_LENGTH_MAX),
    host: capped(record.host, HOST_LENGTH_MAX),
    user_agent: capped(record.userAgent, USER_AGENT_LENGTH_MAX),
    ...(record.ja4 === '' ? NO_FIELDS : { ja4: record.ja4 }),
    request_id: record.requestId,
  };
}

/** An observed limit is told apart from one that refused. */
function limitFields({ limit, reason }: RequestRecord): LogFields {
  if (limit === '') return NO_FIELDS;
  return reason === 'limit' ? { limit } : { would_limit: limit };
}

function requestFields(record: RequestRecord): LogFields {
  return {
    client_ip: record.clientIp,
    method: capped(record.method, METHOD_LENGTH_MAX),
    uri: redactTarget(capped(record.target, TARGET_LENGTH_MAX)),
    status: record.status,
    ...(record.site === '' ? NO_FIELDS : { site: record.site }),
  };
}

const NO_FIELDS: LogFields = {};

function formatLine(
  wallMs: number,
  level: LogLevel,
  component: string,
  event: string,
  fields: LogFields,
  json: boolean,
): string {
  const line = { wallMs, level, component, event, fields };
  return json ? formatJsonLine(line) : formatReadableLine(line);
}

/** Microseconds are the finest that a log line is good for. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
