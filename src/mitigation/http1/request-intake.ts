/**
 * The body of one request on its way in: collected until the origin may hear of it, then streamed.
 *
 * A slow sender must hold no connection to the origin, and rules must see the beginning of a body before the
 * origin does. So up to `collectMax` octets are held here; a body that ends within them is forwarded with
 * its exact length, whatever framing the client chose. From then on data goes straight to the origin, and
 * the client is held back while the origin is slow.
 */
import type { Reason } from '../../core/reasons.ts';
import { BodyReader } from '../../http/body-reader.ts';
import { BODY_CHUNKED, BODY_LENGTH } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { OriginConnection } from '../upstream/origin-connection.ts';
import { ByteCarry } from './byte-carry.ts';
import { chunkOf, LAST_CHUNK } from './chunks.ts';

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
  readonly #owner: IntakeOwner;
  readonly #limits: IntakeLimits;
  readonly #reader: BodyReader = new BodyReader();
  readonly #chunked: boolean;
  readonly #length: number;
  /** The only piece so far, uncopied; a second one moves both into the carry. */
  #first: Buffer | null = null;
  readonly #carry: ByteCarry = new ByteCarry();
  #collected = 0;
  #asked = false;
  #roomLeft = true;
  #origin: OriginConnection | null = null;

  constructor(head: RequestHead, limits: IntakeLimits, owner: IntakeOwner) {
    this.#owner = owner;
    this.#limits = limits;
    this.#chunked = head.framing === BODY_CHUNKED;
    this.#length = head.contentLength;
    this.#reader.start(head.framing, head.contentLength, true);
  }

  /** Octets of data received. */
  get received(): number {
    return this.#reader.bytesTotal;
  }

  /** Whether the whole body has been received. */
  get complete(): boolean {
    return this.#reader.done;
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

  /** Reads on; returns the position behind the body or the end of `bytes`, or a fault. `advance` acts on it. */
  receive(bytes: Buffer, start: number): number {
    const reader = this.#reader;
    let position = start;
    while (!reader.done && position < bytes.length) {
      position = reader.next(bytes, position, bytes.length);
      if (position < 0) return position;
      if (reader.dataEnd > reader.dataStart) this.#take(bytes.subarray(reader.dataStart, reader.dataEnd));
    }
    return position;
  }

  /** Why the body cannot be taken on, or null. */
  get refusal(): Reason | null {
    if (this.#reader.bytesTotal > this.#limits.bodyBytesMax) return 'body_too_large';
    return this.#roomLeft ? null : 'overloaded';
  }

  /** Goes on with what has been received: asks for an origin, or ends the request towards it. */
  advance(): void {
    if (this.#reader.done) this.#receivedAll();
    else if (this.#collected >= this.#limits.collectMax) this.#ask();
  }

  /** Sends the head and what has been collected; from now on data goes straight on. */
  connect(origin: OriginConnection, head: string): void {
    const chunked = this.framing === BODY_CHUNKED;
    const collected = this.peek();
    this.#release();
    const bytes = chunked
      ? chunkOf(head, collected, 0, collected.length, false)
      : Buffer.concat([Buffer.from(head, 'latin1'), collected]);
    const flowing = origin.writeBytes(bytes);
    if (this.complete) {
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

  #take(piece: Buffer): void {
    if (this.#origin !== null) {
      const framed = this.#chunked ? chunkOf('', piece, 0, piece.length, false) : piece;
      if (!this.#origin.writeBytes(framed)) this.#owner.onOriginSlow();
      return;
    }
    this.#collect(piece);
    if (!this.#owner.hold(piece.length)) this.#roomLeft = false;
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

  #receivedAll(): void {
    if (this.#origin === null) {
      this.#ask();
      return;
    }
    if (this.#chunked) this.#origin.writeText(LAST_CHUNK);
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
