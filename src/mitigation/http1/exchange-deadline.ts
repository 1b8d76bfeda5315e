/**
 * How long an exchange may wait, and for whom: an origin has a time to answer, a client's body has to keep a
 * pace, and the whole has an end. Whoever is waited for is blamed when the time is over.
 */
import type { Clock } from '../../core/clock.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Snapshot } from '../snapshot.ts';
import type { ExchangeConnection } from './exchange-connection.ts';
import { patienceMs } from './pace.ts';

export class ExchangeDeadline {
  /** The answer that a passed deadline leads to. */
  blame: Reason = 'request_timeout';
  readonly #connection: ExchangeConnection;
  readonly #clock: Clock;
  readonly #snapshot: Snapshot;
  #overallMs = 0;
  /** Start of the time by which the body's pace is judged, and the octets it began with. */
  #paceMs = 0;
  #paceBytes = 0;

  constructor(connection: ExchangeConnection, clock: Clock, snapshot: Snapshot) {
    this.#connection = connection;
    this.#clock = clock;
    this.#snapshot = snapshot;
  }

  /** The exchange begins now. */
  begin(): void {
    this.#overallMs = this.#clock.nowMs() + this.#snapshot.http.requestTimeoutMs;
    this.#connection.setOverallDeadline(this.#overallMs);
  }

  /** From now on the origin is waited for. */
  waitForOrigin(): void {
    this.blame = 'origin_timeout';
    this.#set(this.#clock.nowMs() + this.#snapshot.upstream.responseTimeoutMs);
  }

  /** From now on the client's body has to keep the pace, `received` octets being there already. */
  waitForBody(received: number): void {
    this.#paceMs = this.#clock.nowMs();
    this.#paceBytes = received;
    this.keepPace(received);
  }

  /** More of the body has come. */
  keepPace(received: number): void {
    this.blame = 'request_timeout';
    const bytes = received - this.#paceBytes;
    this.#set(this.#paceMs + patienceMs(bytes, this.#snapshot.http.bodyBytesPerSecondMin));
  }

  #set(deadlineMs: number): void {
    this.#connection.setExchangeDeadline(Math.min(deadlineMs, this.#overallMs));
  }
}
