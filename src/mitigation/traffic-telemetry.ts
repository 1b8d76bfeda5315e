/**
 * What becomes of the facts that the data path reports: counters at once, log lines later, bans and
 * surprises as messages to the main thread.
 */
import type { AccessMatch } from '../core/access-lists.ts';
import type { Clock } from '../core/clock.ts';
import { REASONS, type Reason } from '../core/reasons.ts';
import { decidingRule } from '../core/verdict.ts';
import type { Client } from './client.ts';
import type { Priority } from './pipeline/priority.ts';
import type { AuditRecorder } from './telemetry/audit-recorder.ts';
import type { DecisionRecorder } from './telemetry/decision-recorder.ts';
import type { RecordBatcher } from './telemetry/record-batcher.ts';
import {
  capped,
  DETAIL_LENGTH_MAX,
  HOST_LENGTH_MAX,
  TARGET_LENGTH_MAX,
  USER_AGENT_LENGTH_MAX,
} from './telemetry/request-record.ts';
import type { UpstreamReason } from './telemetry/traffic-labels.ts';
import type { TrafficMeter } from './telemetry/traffic-meter.ts';
import type { FinishedExchange, TrafficObserver } from './traffic-observer.ts';
import type { UpstreamEvents } from './upstream/upstream-events.ts';
import type { FromWorker } from './worker-messages.ts';

/** Reports of unexpected errors that leave the worker in a second; an attacker must not fill the log with them. */
const UNEXPECTED_PER_SECOND_MAX = 5;

/** What writes lines about requests. */
export interface TrafficRecorders {
  readonly batcher: RecordBatcher;
  readonly decisions: DecisionRecorder;
  readonly audit: AuditRecorder;
}

export class TrafficTelemetry implements TrafficObserver, UpstreamEvents {
  readonly #meter: TrafficMeter;
  readonly #batcher: RecordBatcher;
  readonly #decisions: DecisionRecorder;
  readonly #audit: AuditRecorder;
  readonly #clock: Clock;
  readonly #send: (message: FromWorker) => void;
  #unexpectedSecond = 0;
  #unexpectedCount = 0;

  constructor(
    meter: TrafficMeter,
    { batcher, decisions, audit }: TrafficRecorders,
    clock: Clock,
    send: (message: FromWorker) => void,
  ) {
    this.#meter = meter;
    this.#batcher = batcher;
    this.#decisions = decisions;
    this.#audit = audit;
    this.#clock = clock;
    this.#send = send;
  }

  connectionOpened(): void {
    this.#meter.connectionOpened();
  }

  connectionClosed(): void {
    this.#meter.connectionClosed();
  }

  connectionRefused(reason: Reason): void {
    this.#meter.connectionRefused(reason);
  }

  requestShed(priority: Priority): void {
    this.#meter.requestShed(priority);
  }

  requestRetried(): void {
    this.#meter.upstreamRetried();
  }

  originEjected(): void {
    this.#meter.originEjected();
  }

  originHealthChanged(healthy: boolean): void {
    this.#meter.originHealthChanged(healthy);
  }

  handshakeDone(version: string | null, resumed: boolean): void {
    this.#meter.handshakeEnded(resumed ? 'resumed' : 'completed', version);
  }

  handshakeFailed(reason: Reason): void {
    this.#meter.connectionRefused(reason);
    this.#meter.handshakeEnded(reason === 'handshake_timeout' ? 'timeout' : 'failed', null);
  }

  inspected(milliseconds: number, ruleId: string | null): void {
    this.#meter.inspected(milliseconds / 1000, ruleId);
  }

  exchangeDone(exchange: FinishedExchange): void {
    this.#meter.requestEnded(exchange);
    const { reason } = exchange;
    if (reason !== null && REASONS[reason].kind === 'upstream')
      this.#meter.upstreamFailed(reason as UpstreamReason);
    const { waf } = exchange.site;
    if (waf !== null) {
      this.#decisions.record(exchange, waf.isSecretPart);
      if (waf.audit !== null) this.#audit.record(exchange, waf.audit);
    }
    if (this.#batcher.wants(exchange)) this.#record(exchange);
  }

  clientBanned(client: Client, durationMs: number, reason: Reason): void {
    this.#meter.banAdded('automatic');
    const bannedAtMs = this.#clock.nowMs();
    this.#send({
      kind: 'banned',
      key: [...client.key],
      bannedAtMs,
      durationMs,
      reason,
    });
  }

  unexpected(error: unknown): void {
    const second = Math.floor(this.#clock.nowMs() / 1000);
    if (second !== this.#unexpectedSecond) this.#unexpectedCount = 0;
    this.#unexpectedSecond = second;
    if (++this.#unexpectedCount > UNEXPECTED_PER_SECOND_MAX) return;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    this.#send({ kind: 'unexpected', message, stack: stack ?? '' });
  }

  #record(exchange: FinishedExchange): void {
    const { head } = exchange;
    this.#batcher.add({
      requestId: exchange.requestId,
      wallMs: this.#clock.wallMs() - exchange.durationMs,
      clientIp: exchange.client.address,
      method: exchange.method,
      target: capped(head.target, TARGET_LENGTH_MAX),
      host: capped(head.host, HOST_LENGTH_MAX),
      site: exchange.site.name,
      ja4: exchange.connection.ja4,
      limit: exchange.limited?.name ?? '',
      userAgent: capped(head.fields.get('user-agent') ?? '', USER_AGENT_LENGTH_MAX),
      detail: capped(detailOf(exchange), DETAIL_LENGTH_MAX),
      protocol: head.protocol,
      status: exchange.status,
      reason: exchange.reason,
      ruleIds: exchange.ruleIds,
      bytesIn: exchange.bytesIn,
      bytesOut: exchange.bytesOut,
      durationMs: exchange.durationMs,
      originMs: exchange.originMs,
    });
  }
}

/** Which list refuses the client; a ban where none does. */
function detailOfList({ decision, list }: AccessMatch): string {
  if (decision !== 'deny') return 'banned';
  return list === null ? 'manual_blacklist' : `listed: ${list.name}`;
}

/** The fault of a malformed request, the limit or list that refused it, or where and what the rule that weighs most matched. */
function detailOf({ fault, inspection, reason, snapshot, client, limited }: FinishedExchange): string {
  if (fault !== null) return fault.name;
  if (reason === 'limit' && limited !== null) return `limit ${limited.name} on ${limited.keysText}`;
  if (reason === 'forbidden_client') return detailOfList(snapshot.lists.match(client.words));
  const rule = inspection === null ? null : decidingRule(inspection.matches);
  if (rule === null) return '';
  return `${rule.label} in ${rule.part}: ${rule.value.slice(rule.start, rule.end)}`;
}
