/** One request to an HTTP/2 origin on a connection of its own, as health checks ask. */
import { BODY_NONE } from '../../../http/framing.ts';
import type { OriginFault, OriginListener } from '../../exchange/origin-stream.ts';
import type { TurnClock } from '../../turn-clock.ts';
import type { Dialled } from '../dial.ts';
import { type Http2ConnectionOwner, Http2OriginConnection } from './connection.ts';

/** Who asks; it hears an answer or a fault. */
export interface CheckOwner extends OriginListener {
  readonly clock: TurnClock;
  readonly originId: string;
  onUnexpected(error: unknown): void;
}

const NO_BODY: Buffer = Buffer.alloc(0);

export class Http2Check implements Http2ConnectionOwner {
  readonly #owner: CheckOwner;
  readonly #request: string;
  readonly #connection: Http2OriginConnection;

  /** @param request a head as `writeRequestHead` writes it */
  constructor(dialled: Dialled, request: string, owner: CheckOwner) {
    this.#owner = owner;
    this.#request = request;
    this.#connection = new Http2OriginConnection(dialled, this);
  }

  get clock(): TurnClock {
    return this.#owner.clock;
  }

  get originId(): string {
    return this.#owner.originId;
  }

  /** Ends the check at once; its owner keeps the time. */
  destroy(): void {
    this.#connection.destroy();
  }

  onReady(connection: Http2OriginConnection): void {
    if (connection.room === 0 || !connection.isIdle) return;
    connection.begin(this.#owner, false).sendRequest(this.#request, BODY_NONE, NO_BODY, true);
  }

  onGone(_connection: Http2OriginConnection, fault: OriginFault | null): void {
    if (fault !== null) this.#owner.onOriginFault(fault, false);
  }

  onUnexpected(error: unknown): void {
    this.#owner.onUnexpected(error);
  }

  onAnswer(): void {
    // Told by `onResponse` as well.
  }

  onTunnel(): void {
    // Nobody asked for one.
  }

  onStreamBroken(): void {
    // Told by `onOriginFault` as well.
  }

  onStreamOver(): void {
    // The connection ends with the check.
  }
}
