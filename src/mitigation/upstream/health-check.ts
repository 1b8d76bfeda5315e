/**
 * Asks an origin for its health: one GET on a connection of its own, at intervals.
 *
 * A new connection each time, since an origin that accepts none is not well however its old ones do. Each worker checks
 * for itself, so an origin is asked as often as there are workers; nothing has to be agreed on between them. Intervals
 * vary by a tenth, so that workers and nodes do not ask in step.
 */
import { BODY_NONE } from '../../http/framing.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { OriginListener } from '../exchange/origin-stream.ts';
import type { TurnClock } from '../turn-clock.ts';
import { OriginDialler } from './dial.ts';
import { Http2Check } from './http2/check.ts';
import { OriginConnection } from './origin-connection.ts';
import type { OriginConnectionOwner } from './origin-connection-owner.ts';
import type { HealthCheckPolicy, OriginPolicy } from './upstream-policy.ts';

export interface HealthCheckOptions {
  readonly clock: TurnClock;
  /** Even numbers from 0 to below 1. */
  readonly random: () => number;
  readonly onResult: (good: boolean, nowMs: number, policy: HealthCheckPolicy) => void;
  readonly onUnexpected: (error: unknown) => void;
}

const NO_BODY: Buffer = Buffer.alloc(0);
/** Share of the interval by which it varies. */
const JITTER = 0.1;

export class HealthCheck implements OriginListener, OriginConnectionOwner {
  readonly method = 'GET';
  readonly takesTrailers = false;
  readonly originId = '';
  readonly clock: TurnClock;
  readonly #options: HealthCheckOptions;
  #origin: OriginPolicy;
  #policy: HealthCheckPolicy;
  #dialler: OriginDialler;
  #connection: OriginConnection | Http2Check | null = null;
  #nextMs: number;
  #deadlineMs = 0;

  constructor(origin: OriginPolicy, policy: HealthCheckPolicy, options: HealthCheckOptions) {
    this.clock = options.clock;
    this.#options = options;
    this.#origin = origin;
    this.#policy = policy;
    this.#dialler = new OriginDialler(origin);
    this.#nextMs = options.clock.nowMs();
  }

  /** Takes effect with the next check. */
  configure(origin: OriginPolicy, policy: HealthCheckPolicy): void {
    if (origin !== this.#origin) this.#dialler = new OriginDialler(origin);
    this.#origin = origin;
    this.#policy = policy;
    this.#nextMs = Math.min(this.#nextMs, this.clock.nowMs() + policy.intervalMs);
  }

  /** Begins a check that is due, and ends one that takes too long; called a few times a second. */
  sweep(nowMs: number): void {
    if (this.#connection !== null && nowMs > this.#deadlineMs) this.#end(false);
    else if (this.#connection === null && nowMs >= this.#nextMs) this.#begin(nowMs);
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.destroy();
  }

  onReady(connection: OriginConnection): void {
    connection.attach(this);
    connection.sendRequest(this.#request, BODY_NONE, NO_BODY, true);
  }

  onResponse({ status }: ResponseHead): void {
    this.#end(status >= this.#policy.statusMin && status <= this.#policy.statusMax);
  }

  onOriginFault(): void {
    this.#end(false);
  }

  onGone(connection: OriginConnection): void {
    if (connection === this.#connection) this.#end(false);
  }

  onUnexpected(error: unknown): void {
    this.#options.onUnexpected(error);
  }

  onInterim(): void {
    // What counts is the final answer, and the deadline holds for all of them together.
  }

  onResponseData(): void {
    // The connection is closed as soon as the head is here.
  }

  onResponseTrailers(): void {
    // As for data.
  }

  onTunnelData(): void {
    // A switch of protocols that nobody asked for has ended the check.
  }

  onTunnelEnd(): void {
    // As for tunnel data.
  }

  onOriginDrain(): void {
    // The request is one small write.
  }

  onAnswer(): void {
    // Told by `onResponse` as well.
  }

  onFailure(): void {
    // Told by `onOriginFault` as well.
  }

  onTunnel(): void {
    // As for tunnel data.
  }

  onIdle(connection: OriginConnection): void {
    connection.destroy();
  }

  #begin(nowMs: number): void {
    const dialled = this.#dialler.dial(null);
    this.#deadlineMs = nowMs + this.#policy.timeoutMs;
    this.#connection =
      this.#origin.protocol === 'http2'
        ? new Http2Check(dialled, this.#request, this)
        : new OriginConnection(dialled.socket, dialled.readyEvent, this);
  }

  get #request(): string {
    const { path, host } = this.#policy;
    return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: secbeat\r\nConnection: close\r\n\r\n`;
  }

  #end(good: boolean): void {
    if (this.#connection === null) return;
    this.close();
    const nowMs = this.clock.nowMs();
    const variation = 1 - JITTER + 2 * JITTER * this.#options.random();
    this.#nextMs = nowMs + this.#policy.intervalMs * variation;
    this.#options.onResult(good, nowMs, this.#policy);
  }
}
