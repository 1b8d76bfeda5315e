/**
 * The words in which a worker counts its traffic; each is a handful of additions in the worker's own region.
 *
 * All cells are looked up when the meter is made, so that counting a request builds no text and allocates
 * nothing. A request that no rule matched touches no map at all.
 */
import type { Reason } from '../../core/reasons.ts';
import type { Priority } from '../pipeline/priority.ts';
import { CounterBlock, clearGauges } from './counter-block.ts';
import type { RequestOutcome } from './request-record.ts';
import {
  BAN_SOURCES,
  type BanSource,
  CONNECTION_REASONS,
  EVENT_SINKS,
  type EventSink,
  HANDSHAKE_RESULTS,
  type HandshakeResult,
  methodId,
  STATUS_LABELS,
  statusId,
  TLS_VERSION_LABELS,
  tlsVersionId,
  UPSTREAM_REASONS,
  type UpstreamReason,
  VERDICT_SERIES,
} from './traffic-labels.ts';
import { cellOf, type TrafficLayout } from './traffic-layout.ts';

export class TrafficMeter {
  readonly #layout: TrafficLayout;
  readonly #block: CounterBlock;
  readonly #requests: number;
  readonly #statuses: number = STATUS_LABELS.length;
  readonly #passed: number;
  readonly #abandoned: number;
  readonly #verdicts: ReasonCells;
  readonly #refusals: ReasonCells;
  readonly #connections: number;
  readonly #connectionsActive: number;
  readonly #received: number;
  readonly #sent: number;
  readonly #requestDuration: number;
  readonly #proxyOverhead: number;
  readonly #upstreamDuration: number;
  readonly #inspectionAllowed: number;

  /** Takes over the region of `writer`: counters go on where they stand, gauges begin at zero. */
  constructor(layout: TrafficLayout, memory: SharedArrayBuffer, writer: number) {
    clearGauges(layout, memory, writer);
    const { spans } = layout;
    this.#layout = layout;
    this.#block = new CounterBlock(layout, memory, writer);
    this.#requests = spans.secbeat_requests_total.offset;
    this.#passed = cellOf(layout, 'secbeat_verdicts_total', ['pass', 'none']);
    this.#abandoned = cellOf(layout, 'secbeat_verdicts_total', ['abandon', 'none']);
    this.#verdicts = reasonCells(
      spans.secbeat_verdicts_total.offset,
      VERDICT_SERIES.map(([, reason]) => reason),
    );
    this.#refusals = reasonCells(spans.secbeat_connections_refused_total.offset, CONNECTION_REASONS);
    this.#connections = spans.secbeat_connections_total.offset;
    this.#connectionsActive = spans.secbeat_connections_active.offset;
    this.#received = cellOf(layout, 'secbeat_client_bytes_total', ['received']);
    this.#sent = cellOf(layout, 'secbeat_client_bytes_total', ['sent']);
    this.#requestDuration = spans.secbeat_request_duration_seconds.offset;
    this.#proxyOverhead = spans.secbeat_proxy_overhead_seconds.offset;
    this.#upstreamDuration = spans.secbeat_upstream_duration_seconds.offset;
    this.#inspectionAllowed = spans.secbeat_waf_inspection_duration_seconds.offset;
  }

  /** Admission let a connection in. */
  connectionOpened(): void {
    this.#block.increment(this.#connections);
    this.#block.increment(this.#connectionsActive);
  }

  /** A connection that was let in is gone, whatever ended it. */
  connectionClosed(): void {
    this.#block.add(this.#connectionsActive, -1);
  }

  /** A connection ended before its first request for a reason of kind `connection`; others are ignored. */
  connectionRefused(reason: Reason): void {
    const cell = this.#refusals[reason];
    if (cell !== undefined) this.#block.increment(cell);
  }

  /** A TLS handshake ended; `protocol` as the TLS socket names it, null where none was agreed. */
  handshakeEnded(result: HandshakeResult, protocol: string | null): void {
    const place = HANDSHAKE_RESULTS.indexOf(result) * TLS_VERSION_LABELS.length + tlsVersionId(protocol);
    this.#block.increment(this.#layout.spans.secbeat_tls_handshakes_total.offset + place);
  }

  /** A request was inspected; `ruleId` is the rule that blocked it, null where it may go on. */
  inspected(seconds: number, ruleId: string | null): void {
    const histogram = ruleId === null ? this.#inspectionAllowed : this.#layout.ruleCells(ruleId).inspection;
    this.#block.observe(histogram, seconds);
  }

  /** An origin failed a request, before or during its answer. */
  upstreamFailed(reason: UpstreamReason): void {
    const place = UPSTREAM_REASONS.indexOf(reason);
    this.#block.increment(this.#layout.spans.secbeat_upstream_errors_total.offset + place);
  }

  /** A request was given to an origin once more. */
  upstreamRetried(): void {
    this.#block.increment(this.#layout.spans.secbeat_upstream_retries_total.offset);
  }

  /** An origin was taken out because it failed requests. */
  originEjected(): void {
    this.#block.increment(this.#layout.spans.secbeat_upstream_ejections_total.offset);
  }

  /** An origin went out of service, or came back. */
  originHealthChanged(healthy: boolean): void {
    this.#block.add(this.#layout.spans.secbeat_upstream_origins_out.offset, healthy ? -1 : 1);
  }

  /** A request was given up because others went first. */
  requestShed(priority: Priority): void {
    this.#block.increment(this.#layout.spans.secbeat_requests_shed_total.offset + priority);
  }

  /** A ban was put in force. */
  banAdded(source: BanSource): void {
    this.#block.increment(this.#layout.spans.secbeat_bans_added_total.offset + BAN_SOURCES.indexOf(source));
  }

  /** Log lines were given up. */
  eventsDropped(sink: EventSink, count: number): void {
    this.#block.add(
      this.#layout.spans.secbeat_events_dropped_total.offset + EVENT_SINKS.indexOf(sink),
      count,
    );
  }

  /** A request ended; everything that is counted per request follows from its outcome. */
  requestEnded(outcome: RequestOutcome): void {
    const block = this.#block;
    block.increment(this.#requests + methodId(outcome.method) * this.#statuses + statusId(outcome.status));
    block.increment(this.#verdictCell(outcome));
    block.add(this.#received, outcome.bytesIn);
    block.add(this.#sent, outcome.bytesOut);
    block.observe(this.#requestDuration, outcome.durationMs / 1000);
    if (outcome.originMs === null) {
      block.observe(this.#proxyOverhead, outcome.durationMs / 1000);
    } else {
      block.observe(this.#upstreamDuration, outcome.originMs / 1000);
      block.observe(this.#proxyOverhead, (outcome.durationMs - outcome.originMs) / 1000);
    }
    if (outcome.ruleIds.length > 0 || outcome.reason === 'waf') this.#countMatches(outcome);
  }

  #verdictCell(outcome: RequestOutcome): number {
    if (outcome.reason === null) return outcome.status === 0 ? this.#abandoned : this.#passed;
    // A request has no connection reason; should one come, it must not be lost or counted as passed.
    return this.#verdicts[outcome.reason] ?? this.#verdicts.internal_error!;
  }

  #countMatches({ ruleIds, reason }: RequestOutcome): void {
    for (const [place, ruleId] of ruleIds.entries()) {
      // A rule that matched several parts of one request still matched one request.
      if (ruleIds.indexOf(ruleId) === place) this.#block.increment(this.#layout.ruleCells(ruleId).matches);
    }
    if (reason === 'waf') this.#block.increment(this.#layout.ruleCells(ruleIds[0] ?? 'other').blocks);
  }
}

type ReasonCells = Readonly<Partial<Record<Reason, number>>>;

function reasonCells(offset: number, reasons: readonly (Reason | 'none')[]): ReasonCells {
  const cells: Partial<Record<Reason, number>> = {};
  for (const [place, reason] of reasons.entries()) {
    if (reason !== 'none') cells[reason] = offset + place;
  }
  return cells;
}
