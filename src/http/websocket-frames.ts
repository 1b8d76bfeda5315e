/**
 * Where the frames of a WebSocket begin and end, without looking into them (RFC 6455 §5.2).
 *
 * A tunnel is passed on untouched; only a node that shuts down has to know when it may put a Close frame of
 * its own between two frames of the origin.
 */

/** Close with code 1001, "going away", unmasked as a server sends it. */
export const CLOSE_GOING_AWAY: Buffer = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** Octets before the payload: two, and up to twelve more for length and mask. */
const HEADER_MIN = 2;

export class FrameTracker {
  #header = 0;
  #headerLength = HEADER_MIN;
  #payload = 0;
  #lengthOctets = 0;
  #masked = false;

  /** Whether the next octet is the first of a frame. */
  get atBoundary(): boolean {
    return this.#header === 0;
  }

  /** Follows `bytes`; returns the position behind the last frame that ends in them, or -1 where none does. */
  advance(bytes: Uint8Array): number {
    let boundary = -1;
    let at = 0;
    while (at < bytes.length) {
      if (this.#header < this.#headerLength) {
        this.#readHeader(bytes[at]!);
        at++;
      } else {
        const run = Math.min(this.#payload, bytes.length - at);
        this.#payload -= run;
        at += run;
      }
      if (this.#header === this.#headerLength && this.#payload === 0) {
        this.#header = 0;
        this.#headerLength = HEADER_MIN;
        boundary = at;
      }
    }
    return boundary;
  }

  #readHeader(octet: number): void {
    const index = this.#header++;
    if (index === 0) {
      this.#payload = 0;
    } else if (index === 1) {
      this.#masked = (octet & 0x80) !== 0;
      const length = octet & 0x7f;
      this.#lengthOctets = length === 126 ? 2 : length === 127 ? 8 : 0;
      this.#payload = this.#lengthOctets === 0 ? length : 0;
      this.#headerLength = HEADER_MIN + this.#lengthOctets + (this.#masked ? 4 : 0);
    } else if (index < HEADER_MIN + this.#lengthOctets) {
      this.#payload = this.#payload * 256 + octet;
    }
  }
}
