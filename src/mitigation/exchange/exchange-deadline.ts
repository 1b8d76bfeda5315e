/**
 * How long an exchange may wait, and for whom: an origin has a time to answer, a client's body has to keep a
 * pace, and the whole has an end. Whoever is waited for is blamed when the time is over.
 */
import type { Clock } from '../../core/clock.ts';
import type { Reason } from '../../core/reasons.ts';
import type { SitePolicy } from '../snapshot.ts';
import type { ClientStream } from './client-stream.ts';
import { patienceMs } from './pace.ts';

export class ExchangeDeadline {
  /** The answer that a passed deadline leads to. */
  blame: Reason = 'request_timeout';
  readonly #stream: ClientStream;
  readonly #clock: Clock;
  readonly #exchange: { readonly site: SitePolicy };
  #overallMs = 0;
  #conversing = false;
  /** Start of the time by which the body's pace is judged, and the octets it began with. */
  #paceMs = 0;
  #paceBytes = 0;

  /** @param exchange asked for its site's times whenever a wait begins */
  constructor(stream: ClientStream, clock: Clock, exchange: { readonly site: SitePolicy }) {
    this.#stream = stream;
    this.#clock = clock;
    this.#exchange = exchange;
  }

  /** The exchange begins now. */
  begin(): void {
    this.#overallMs = this.#clock.nowMs() + this.#exchange.site.http.requestTimeoutMs;
    this.#stream.setOverallDeadline(this.#overallMs);
  }

  /** Both sides talk in turns, for as long as something is said now and then. */
  converse(): void {
    this.#conversing = true;
    this.#overallMs = Number.POSITIVE_INFINITY;
    this.#stream.setOverallDeadline(this.#overallMs);
  }

  /** From now on an answer is held back, and nobody is waited for. */
  holdBack(delayMs: number): void {
    this.#set(this.#clock.nowMs() + delayMs);
  }

  /** From now on the origin is waited for. */
  waitForOrigin(): void {
    this.blame = 'origin_timeout';
    this.#set(this.#clock.nowMs() + this.#exchange.site.upstream.responseTimeoutMs);
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
    this.#set(this.#paceMs + patienceMs(bytes, this.#exchange.site.http.bodyBytesPerSecondMin));
  }

  #set(waitEndMs: number): void {
    const silenceEndMs = this.#clock.nowMs() + this.#exchange.site.http.tunnelIdleTimeoutMs;
    const deadlineMs = this.#conversing ? silenceEndMs : waitEndMs;
    this.#stream.setExchangeDeadline(Math.min(deadlineMs, this.#overallMs));
  }
}
