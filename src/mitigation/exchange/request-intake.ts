/**
 * The body of one request on its way in: collected until the origin may hear of it, then streamed.
 *
 * A slow sender must hold no connection to the origin, and rules must see the beginning of a body before the
 * origin does. So up to `collectMax` octets are held here; a body that ends within them is forwarded with
 * its exact length, whatever framing the client chose. From then on data goes straight to the origin, and
 * the client is held back while the origin is slow.
 */
import type { Reason } from '../../core/reasons.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import { BODY_CHUNKED, BODY_LENGTH } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import type { OriginStream } from './origin-stream.ts';

/** What an intake asks of its exchange; a refusal ends the exchange and with it the intake. */
export interface IntakeOwner {
  /** Octets of all bodies in memory have changed by `delta`; false where there is no room for them. */
  hold(delta: number): boolean;
  /** Enough has been collected, or all: time to judge and to find an origin. */
  onCollected(): void;
  /** The whole body has been sent on. */
  onSent(): void;
  /** The origin reads slowly; `resume` follows by `onOriginDrain`. */
  onOriginSlow(): void;
}

export interface IntakeLimits {
  readonly bodyBytesMax: number;
  /** Octets to collect before the origin hears of the request. */
  readonly collectMax: number;
}

export class RequestIntake {
  /** Octets of data received. */
  received = 0;
  /** Whether the whole body has been received. */
  complete = false;
  readonly #owner: IntakeOwner;
  readonly #limits: IntakeLimits;
  readonly #chunked: boolean;
  readonly #length: number;
  /** The only piece so far, uncopied; a second one moves both into the carry. */
  #first: Buffer | null = null;
  readonly #carry: ByteCarry = new ByteCarry();
  #collected = 0;
  #asked = false;
  #roomLeft = true;
  #origin: OriginStream | null = null;
  /** What the body ended with before an origin was there. */
  #trailers: FieldBlock | null = null;

  constructor(head: RequestHead, limits: IntakeLimits, owner: IntakeOwner) {
    this.#owner = owner;
    this.#limits = limits;
    this.#chunked = head.framing === BODY_CHUNKED;
    this.#length = head.contentLength;
  }

  get collected(): number {
    return this.#collected;
  }

  /** Framing towards the origin: the exact length where all is here. */
  get framing(): number {
    return this.complete || !this.#chunked ? BODY_LENGTH : BODY_CHUNKED;
  }

  get length(): number {
    return this.complete ? this.#collected : this.#length;
  }

  /** What has been collected so far, as one run of octets, still held. */
  peek(): Buffer {
    return this.#first ?? this.#carry.view();
  }

  /** Takes a run of data; `advance` acts on it. */
  take(piece: Buffer): void {
    this.received += piece.length;
    if (this.#origin !== null) {
      if (!this.#origin.sendData(piece)) this.#owner.onOriginSlow();
      return;
    }
    this.#collect(piece);
    if (!this.#owner.hold(piece.length)) this.#roomLeft = false;
  }

  /** Why the body cannot be taken on, or null. */
  get refusal(): Reason | null {
    if (this.received > this.#limits.bodyBytesMax) return 'body_too_large';
    return this.#roomLeft ? null : 'overloaded';
  }

  /** Goes on with what has been received: asks for an origin, or ends the request towards it. */
  advance(trailers: FieldBlock | null): void {
    if (this.complete) this.#receivedAll(trailers);
    else if (this.#collected >= this.#limits.collectMax) this.#ask();
  }

  /** Sends the head and what has been collected; from now on data goes straight on. */
  connect(origin: OriginStream, head: string): void {
    const { framing, complete } = this;
    const collected = this.peek();
    this.#release();
    const trailers = this.#trailers;
    const flowing = origin.sendRequest(head, framing, collected, complete && trailers === null);
    if (complete) {
      if (trailers !== null) origin.endRequest(trailers);
      this.#owner.onSent();
    } else {
      this.#origin = origin;
      if (!flowing) this.#owner.onOriginSlow();
    }
  }

  /** The exchange is over: nothing is held any more. */
  end(): void {
    this.#origin = null;
    this.#release();
  }

  /** Pieces are joined at once: a body in one-octet pieces must not cost an object for each. */
  #collect(piece: Buffer): void {
    if (this.#collected === 0) {
      this.#first = piece;
    } else {
      if (this.#first !== null) this.#carry.append(this.#first);
      this.#first = null;
      this.#carry.append(piece);
    }
    this.#collected += piece.length;
  }

  #receivedAll(trailers: FieldBlock | null): void {
    if (this.#origin === null) {
      this.#trailers = trailers;
      this.#ask();
      return;
    }
    this.#origin.endRequest(trailers);
    this.#origin = null;
    this.#owner.onSent();
  }

  /** Once: the pieces that arrive while a connection to the origin is found are collected on top. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#owner.onCollected();
  }

  #release(): void {
    this.#first = null;
    this.#carry.take();
    this.#owner.hold(-this.#collected);
    this.#collected = 0;
  }
}
