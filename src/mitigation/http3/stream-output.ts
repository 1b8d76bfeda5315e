/**
 * The answer's octets on their way out: as many as the QUIC library takes, and the rest in a queue until it takes more.
 *
 * The exchange stops its origin as soon as anything waits, so what is held is one piece beside the library's own bound.
 */
import type { QuicStream } from 'node:quic';
import { SendQueue } from '../http2/send-queue.ts';

/** How one hears that a writer takes data again; a part of the interface that the type definitions leave out. */
const DRAIN = Symbol.for('Stream.drainableProtocol');
/** Octets that leave the queue in one piece. */
const PIECE_BYTES = 65_536;

interface DrainableWriter {
  readonly desiredSize: number | null;
  writeSync(chunk: Uint8Array): boolean;
  endSync(): number;
  [DRAIN](): Promise<boolean> | null;
}

export class StreamOutput {
  readonly #stream: QuicStream;
  readonly #onRoom: () => void;
  readonly #queue: SendQueue = new SendQueue();
  #writer: DrainableWriter | null = null;
  #ending = false;
  #ended = false;
  #waiting = false;

  /** @param onRoom called in a turn of its own: the writer takes data again, `flush` may go on */
  constructor(stream: QuicStream, onRoom: () => void) {
    this.#stream = stream;
    this.#onRoom = onRoom;
  }

  /** Octets that wait here. */
  get waitingBytes(): number {
    return this.#queue.length;
  }

  /** Whether more should come only after `onRoom`. */
  get full(): boolean {
    return this.#waiting;
  }

  /** Whether everything, with the end, has been handed over. */
  get ended(): boolean {
    return this.#ended;
  }

  write(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    if (this.#queue.length > 0 || !this.#offer(bytes.subarray(start, end)))
      this.#queue.push(bytes, start, end);
    this.#watch();
  }

  /** Ends the answer behind what waits. */
  end(): void {
    this.#ending = true;
    this.#endIfEmpty();
    this.#watch();
  }

  /** Hands over what waits; true where nothing does any more. */
  flush(): boolean {
    this.#waiting = false;
    while (this.#queue.length > 0 && this.#hasRoom()) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, this.#queue.length));
      this.#queue.take(piece, 0, piece.length);
      this.#offer(piece);
    }
    this.#endIfEmpty();
    this.#watch();
    return !this.#waiting;
  }

  clear(): void {
    this.#queue.clear();
  }

  #offer(piece: Uint8Array): boolean {
    return this.#hasRoom() && this.#openWriter().writeSync(piece);
  }

  #hasRoom(): boolean {
    return (this.#openWriter().desiredSize ?? 0) > 0;
  }

  /** The library takes the end only where it has room, as it does with data. */
  #endIfEmpty(): void {
    if (!this.#ending || this.#ended || this.#queue.length > 0) return;
    this.#ended = this.#openWriter().endSync() >= 0;
  }

  /** Waits for room where there is none. */
  #watch(): void {
    if (this.#waiting || this.#ended || this.#hasRoom()) return;
    const room = this.#openWriter()[DRAIN]();
    if (room === null) return;
    this.#waiting = true;
    // A stream that ends meanwhile is told of in another way.
    room.then(this.#onRoom, () => undefined);
  }

  #openWriter(): DrainableWriter {
    this.#writer ??= this.#stream.writer as unknown as DrainableWriter;
    return this.#writer;
  }
}
