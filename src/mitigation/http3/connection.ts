/**
 * One QUIC connection that speaks HTTP/3, once its handshake is done and it was admitted: its streams, what they may
 * cost, and its end. One request and its answer is in `stream.ts`.
 *
 * Packets, loss, windows towards the client and the compression of fields are the library's. What a client does without
 * bringing anything forward is charged to the same kind of account as over HTTP/2.
 */
import type { QuicSession, QuicStream } from 'node:quic';
import { ErrorGuard } from '../error-guard.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import * as cost from '../http2/abuse-budget.ts';
import { AbuseBudget } from '../http2/abuse-budget.ts';
import type { ConnectionEnd, OpenConnection } from '../listen/connection-registry.ts';
import { noteViolation } from '../pipeline/violations.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { H3_EXCESSIVE_LOAD, H3_NO_ERROR, H3_REQUEST_REJECTED } from './error-codes.ts';
import { FieldTableWriter } from './field-table-writer.ts';
import { Http3Reader } from './read-head.ts';
import { Http3Stream, type StreamEnd, type StreamHost } from './stream.ts';

export class Http3Connection implements OpenConnection, StreamHost {
  readonly facts: ConnectionFacts;
  readonly context: TrafficContext;
  readonly reader: Http3Reader = new Http3Reader();
  readonly writer: FieldTableWriter = new FieldTableWriter();
  readonly #session: QuicSession;
  readonly #owner: ConnectionEnd;
  readonly #guard: ErrorGuard;
  readonly #budget: AbuseBudget;
  readonly #streams = new Set<Http3Stream>();
  #idleDeadlineMs: number;
  #leaving = false;
  #closed = false;

  constructor(session: QuicSession, facts: ConnectionFacts, context: TrafficContext, owner: ConnectionEnd) {
    const { http, http2 } = context.snapshot;
    const nowMs = context.clock.nowMs();
    this.#session = session;
    this.#owner = owner;
    this.context = context;
    this.facts = facts;
    this.#guard = new ErrorGuard(
      context.clock,
      (error) => context.observer.unexpected(error),
      () => this.destroy(),
    );
    this.#budget = new AbuseBudget(http2.abuse, nowMs);
    this.#idleDeadlineMs = nowMs + http.idleTimeoutMs;
  }

  /** The client has opened a stream. */
  open(stream: QuicStream): void {
    if (stream.direction !== 'bidi') return;
    const { concurrentStreamsMax } = this.context.snapshot.http3;
    if (this.#closed || this.#leaving || this.#streams.size >= concurrentStreamsMax) {
      refuse(stream);
      this.#spend(cost.REFUSED);
    } else {
      this.#streams.add(new Http3Stream(stream, this));
    }
  }

  guard(action: () => void): void {
    this.#guard.run(action);
  }

  onClosed(stream: Http3Stream, how: StreamEnd): void {
    if (!this.#streams.delete(stream) || this.#closed) return;
    const { clock, snapshot } = this.context;
    if (this.#streams.size === 0) this.#idleDeadlineMs = clock.nowMs() + snapshot.http.idleTimeoutMs;
    if (how === 'answered') this.#budget.answered();
    else if (how !== 'aborted') this.#spend(COSTS[how]);
  }

  sweep(nowMs: number): void {
    this.guard(() => {
      this.#budget.refill(nowMs);
      for (const stream of this.#streams) stream.sweep(nowMs);
      if (!this.#closed && this.#streams.size === 0 && this.#idleDeadlineMs <= nowMs) this.destroy();
    });
  }

  /** Finishes the requests in progress and takes no more. */
  drain(): void {
    if (this.#leaving || this.#closed) return;
    this.#leaving = true;
    // The library says GOAWAY, and ends the session behind the last stream.
    this.#session.close().catch(() => undefined);
  }

  /** There are none over HTTP/3. */
  drainTunnels(): void {
    // Extended CONNECT is not offered (RFC 9220).
  }

  /** Ends the connection at once, on every path: idempotent, and the only place that reports the end. */
  destroy(code: number = H3_NO_ERROR): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of this.#streams) stream.close('aborted', code);
    this.#streams.clear();
    if (!this.#session.destroyed) this.#session.destroy(undefined, { code, type: 'application' });
    this.#owner.connectionEnded(this);
  }

  /** Charges the client; one that has used up its account is cut off. */
  #spend(amount: number): void {
    this.#budget.spend(amount);
    if (!this.#budget.exceeded || this.#closed) return;
    this.context.observer.connectionRefused('http2_abuse', this.facts.client.address);
    // A listed proxy carries many clients: none of them is known to be the one.
    if (!this.facts.trusted) noteViolation(this.facts.client, 'http2_abuse', this.context);
    this.destroy(H3_EXCESSIVE_LOAD);
  }
}

/** What a stream costs that ended without having been answered. */
const COSTS: Readonly<Record<Exclude<StreamEnd, 'answered' | 'aborted'>, number>> = {
  cancelled: cost.CANCELLED,
  cancelled_late: cost.CANCELLED_LATE,
  provoked: cost.PROVOKED_RESET,
};

function refuse(stream: QuicStream): void {
  stream.onerror = () => undefined;
  stream.closed.catch(() => undefined);
  stream.destroy(undefined, { code: H3_REQUEST_REJECTED });
}
