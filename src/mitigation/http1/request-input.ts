/**
 * What one client sends over HTTP/1.1: heads, then the data of bodies, and what has come too early for either.
 *
 *   head ... head | body ... body | next head ...
 *
 * Octets are copied only where they have to wait, the beginning of a head or what stands behind the request in
 * progress, and each a constant number of times however many requests they are. The connection bounds what waits by
 * holding the client back.
 */
import { BodyReader } from '../../http/body-reader.ts';
import { NEED_MORE } from '../../http/faults.ts';
import { BODY_NONE } from '../../http/framing.ts';
import { CR, LF } from '../../http/octets.ts';
import { parseRequestHead, type RequestLimits } from '../../http/parse-request.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { ByteCarry } from './byte-carry.ts';

export class RequestInput {
  /** What the position that `readHead` returns counts in. */
  bytes: Buffer = NO_BYTES;
  #start = 0;
  #carry: ByteCarry | null = null;
  #body: BodyReader | null = null;

  /** Octets that wait. */
  get kept(): number {
    return this.#carry?.length ?? 0;
  }

  /** Whether nothing of the current request's body is to come. */
  get bodyDone(): boolean {
    return this.#body === null || this.#body.done;
  }

  /** Keeps octets that belong to what comes later. */
  keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#carry ??= new ByteCarry();
    this.#carry.adopt(bytes);
  }

  /** What waits, handed over; null where nothing does. */
  take(): Buffer | null {
    const bytes = this.kept === 0 ? null : (this.#carry?.take() ?? null);
    this.#carry = null;
    return bytes;
  }

  /**
   * Takes octets of a head. False where it is of no use to read yet: only when a line has ended or a limit may be
   * reached is what waits read again, so that the work is linear in the octets.
   */
  offerHead(chunk: Buffer, limits: RequestLimits): boolean {
    const fresh = this.#carry === null;
    if (!fresh) {
      this.keep(chunk);
      const overLimit = this.kept > Math.min(limits.targetBytesMax, limits.headerBytesMax);
      if (!overLimit && chunk.indexOf(LF) === -1) return false;
    }
    const bytes = this.#carry?.view() ?? chunk;
    const start = emptyLineLength(bytes);
    if (start < 0 || start === bytes.length) {
      if (fresh) this.keep(chunk);
      return false;
    }
    this.bytes = bytes;
    this.#start = start;
    return true;
  }

  /** Reads the head that was offered: the position behind it in `bytes`, a fault, or NEED_MORE. */
  readHead(head: RequestHead, limits: RequestLimits): number {
    const { bytes } = this;
    const after = parseRequestHead(bytes, this.#start, bytes.length, head, limits);
    if (after !== NEED_MORE) this.#carry = null;
    else if (this.#carry === null) this.keep(bytes);
    return after;
  }

  /** The head has been read: from here on the body of its request is. */
  startBody({ framing, contentLength }: RequestHead): void {
    this.bytes = NO_BYTES;
    this.#body = null;
    if (framing === BODY_NONE) return;
    this.#body = new BodyReader();
    this.#body.start(framing, contentLength, true);
  }

  /** Gives each run of data in `bytes[start, …)` to the exchange; keeps what stands behind the body. 0, or a fault. */
  readBody(bytes: Buffer, start: number, exchange: Exchange): number {
    const body = this.#body;
    let position = start;
    while (body !== null && !body.done && position < bytes.length) {
      position = body.next(bytes, position, bytes.length);
      if (position < 0) return position;
      if (body.dataEnd > body.dataStart) exchange.receive(bytes.subarray(body.dataStart, body.dataEnd));
    }
    if (position < bytes.length) this.keep(position === 0 ? bytes : bytes.subarray(position));
    return 0;
  }

  /** Forgets everything that waits. */
  clear(): void {
    this.bytes = NO_BYTES;
    this.#carry = null;
    this.#body = null;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/** Length of the one empty line that may stand before a request (RFC 9112 §2.2), or -1 where it is cut. */
function emptyLineLength(bytes: Buffer): number {
  if (bytes.length === 0 || bytes[0] !== CR) return 0;
  if (bytes.length === 1) return -1;
  return bytes[1] === LF ? 2 : 0;
}
