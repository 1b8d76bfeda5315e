/**
 * The body of one request on its way in: collected until the origin may hear of it, then streamed.
 *
 * A slow sender must hold no connection to the origin, and rules must see the beginning of a body before the
 * origin does. So up to `collectMax` octets are held here; a body that ends within them is forwarded with
 * its exact length, whatever framing the client chose.
 */
import { BodyReader } from '../../http/body-reader.ts';

export class RequestBody {
  readonly reader: BodyReader = new BodyReader();
  readonly collectMax: number;
  collected = 0;
  #pieces: Buffer[] = [];

  constructor(framing: number, contentLength: number, collectMax: number) {
    this.collectMax = collectMax;
    this.reader.start(framing, contentLength, true);
  }

  collect(piece: Buffer): void {
    this.#pieces.push(piece);
    this.collected += piece.length;
  }

  /** What has been collected, as one run of octets, still held. */
  join(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]!;
  }

  /** What has been collected, handed over; the count starts anew. */
  take(): Buffer {
    const bytes = this.join();
    this.#pieces = [];
    this.collected = 0;
    return bytes;
  }
}
