/**
 * Reads HTTP/2 frames from octets in whatever pieces they come (RFC 9113 section 4.1).
 *
 *   reader.feed(chunk)
 *   while ((event = reader.next()) > NEED_MORE) ...
 *
 * A frame that lies whole in the chunk is handed out where it stands; one that is cut is collected, at most one at a
 * time and never longer than `frameSizeMax`. The payload of DATA is not collected at all: it is handed out in runs as
 * it comes, without its padding, so that a slow sender is seen to make progress.
 *
 * The reader knows lengths and padding only; what a frame means where is its caller's business.
 */
import { DATA, FLAG_PADDED, FRAME_HEADER_BYTES } from './frame-types.ts';

/** Nothing whole is left in the chunk. */
export const NEED_MORE = 0;
/** A frame other than DATA: its payload is `bytes[start, end)`. */
export const FRAME = 1;
/** A run of a DATA frame's data, perhaps empty: `bytes[start, end)`; see `first` and `last`. */
export const DATA_RUN = 2;
/** A frame longer than allowed (FRAME_SIZE_ERROR); nothing can be read behind it. */
export const TOO_LONG = 3;
/** Padding as long as the payload or longer (PROTOCOL_ERROR); nothing can be read behind it. */
export const BAD_PADDING = 4;
/** A DATA frame too short for its padding's length (FRAME_SIZE_ERROR); nothing can be read behind it. */
export const TOO_SHORT = 5;

const NO_BYTES: Buffer = Buffer.alloc(0);

export class FrameReader {
  /** Header of the frame at hand. */
  type = 0;
  flags = 0;
  streamId = 0;
  /** Octets of the payload, padding included. */
  length = 0;
  /** Of a DATA frame: octets of the payload that are padding or tell its length. */
  padding = 0;
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  /** Whether a run of data is the first and the last of its frame. */
  first = false;
  last = false;
  readonly #frameSizeMax: number;
  #chunk: Buffer = NO_BYTES;
  #position = 0;
  /** Beginning of a frame that is not whole yet, header included. */
  #cut: Buffer = NO_BYTES;
  #cutLength = 0;
  /** Octets of data and of padding that are still to come of a DATA frame. */
  #dataLeft = 0;
  #paddingLeft = 0;

  constructor(frameSizeMax: number) {
    this.#frameSizeMax = frameSizeMax;
  }

  /** Whether the input stands within a frame that is still being collected. */
  get isCut(): boolean {
    return this.#cutLength > 0;
  }

  /** Takes the next octets; all before them must have been read. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** What comes next; the fields tell about it until the next call. */
  next(): number {
    if (this.#dataLeft > 0 || this.#paddingLeft > 0) return this.#nextRun(false);
    const bytes = this.#chunk;
    const at = this.#position;
    const available = bytes.length - at;
    if (this.#cutLength > 0) return available > 0 ? this.#nextCut() : this.#drop();
    if (available < FRAME_HEADER_BYTES) return this.#collect();
    this.#readHeader(bytes, at);
    if (this.length > this.#frameSizeMax) return TOO_LONG;
    if (this.type === DATA) {
      if ((this.flags & FLAG_PADDED) !== 0 && this.length > 0 && available === FRAME_HEADER_BYTES) {
        return this.#collect();
      }
      this.#position = at + FRAME_HEADER_BYTES;
      return this.#beginData();
    }
    const whole = FRAME_HEADER_BYTES + this.length;
    if (available < whole) return this.#collect();
    this.bytes = bytes;
    this.start = at + FRAME_HEADER_BYTES;
    this.end = at + whole;
    this.#position = this.end;
    return FRAME;
  }

  #readHeader(bytes: Buffer, at: number): void {
    this.length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    this.type = bytes[at + 3]!;
    this.flags = bytes[at + 4]!;
    this.streamId =
      ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!;
  }

  /** Behind the header of a DATA frame, and at least one octet further where it is padded. */
  #beginData(): number {
    this.#dataLeft = this.length;
    this.padding = 0;
    if ((this.flags & FLAG_PADDED) !== 0) {
      if (this.length === 0) return TOO_SHORT;
      const padding = this.#chunk[this.#position++]!;
      if (padding >= this.length) return BAD_PADDING;
      this.#dataLeft -= 1 + padding;
      this.#paddingLeft = padding;
      this.padding = 1 + padding;
    }
    return this.#nextRun(true);
  }

  #nextRun(first: boolean): number {
    const available = this.#chunk.length - this.#position;
    if (available === 0 && !first) return this.#drop();
    const data = Math.min(this.#dataLeft, available);
    this.bytes = this.#chunk;
    this.start = this.#position;
    this.end = this.start + data;
    this.#dataLeft -= data;
    const padding = this.#dataLeft === 0 ? Math.min(this.#paddingLeft, available - data) : 0;
    this.#paddingLeft -= padding;
    this.#position = this.end + padding;
    this.first = first;
    this.last = this.#dataLeft === 0 && this.#paddingLeft === 0;
    return DATA_RUN;
  }

  /** Keeps what is left of the chunk, the beginning of a frame. */
  #collect(): number {
    const left = this.#chunk.length - this.#position;
    if (left > 0) {
      this.#reserve(left);
      this.#chunk.copy(this.#cut, 0, this.#position);
      this.#cutLength = left;
    }
    return this.#drop();
  }

  /** Goes on with a frame whose beginning came earlier. */
  #nextCut(): number {
    if (!this.#fill(FRAME_HEADER_BYTES)) return this.#drop();
    this.#readHeader(this.#cut, 0);
    if (this.length > this.#frameSizeMax) return TOO_LONG;
    if (this.type === DATA) {
      const padded = (this.flags & FLAG_PADDED) !== 0 && this.length > 0;
      if (padded && this.#position === this.#chunk.length) return this.#drop();
      this.#cutLength = 0;
      return this.#beginData();
    }
    const whole = FRAME_HEADER_BYTES + this.length;
    if (!this.#fill(whole)) return this.#drop();
    this.bytes = this.#cut;
    this.start = FRAME_HEADER_BYTES;
    this.end = whole;
    // The payload may be kept by whoever reads it: the next cut frame gets a buffer of its own.
    this.#cut = NO_BYTES;
    this.#cutLength = 0;
    return FRAME;
  }

  /** Brings the collected octets to `whole`, as far as the chunk goes; true where they are there. */
  #fill(whole: number): boolean {
    const missing = whole - this.#cutLength;
    if (missing <= 0) return true;
    const taken = Math.min(missing, this.#chunk.length - this.#position);
    this.#reserve(this.#cutLength + taken);
    this.#chunk.copy(this.#cut, this.#cutLength, this.#position, this.#position + taken);
    this.#cutLength += taken;
    this.#position += taken;
    return taken === missing;
  }

  /** Grows by doubling, so that what is held follows what was sent, not what a header claims. */
  #reserve(length: number): void {
    if (this.#cut.length >= length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#cut.length * 2, 64));
    this.#cut.copy(grown, 0, 0, this.#cutLength);
    this.#cut = grown;
  }

  /** The chunk is used up; it is not kept alive until the next one. */
  #drop(): number {
    this.#chunk = NO_BYTES;
    this.#position = 0;
    return NEED_MORE;
  }
}
