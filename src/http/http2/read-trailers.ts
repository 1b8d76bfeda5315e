/**
 * Trailer sections over HTTP/2 (RFC 9113 section 8.1), laid out as those of a chunked body.
 *
 * Pseudo-fields make the message malformed; fields that have no place in a trailer are left out.
 */
import { BAD_TRAILER } from '../faults.ts';
import { FieldBlock } from '../field-block.ts';
import { ENTRY_OVERHEAD } from '../hpack/dynamic-table.ts';
import type { FieldSink } from '../hpack/field-sink.ts';
import { COOKIE_MARK, markOf, ORDINARY, PSEUDO } from './field-mark.ts';
import { HeadLayout } from './head-layout.ts';
import { isTrailerField } from './trailer-fields.ts';

const BYTES_MAX = 8192;
const COUNT_MAX = 32;

/** Reads trailer sections of requests and responses, one after the other. */
export class TrailerReader implements FieldSink {
  readonly lineBytesMax: number = BYTES_MAX;
  /** The fields worth passing on that the last section had, or null; the next `begin` leaves the block alone. */
  trailers: FieldBlock | null = null;
  readonly #layout: HeadLayout = new HeadLayout();
  #malformed = false;
  #bytesLeft = 0;
  #countLeft = 0;

  begin(): void {
    this.trailers = null;
    this.#malformed = false;
    this.#bytesLeft = BYTES_MAX;
    this.#countLeft = COUNT_MAX;
    this.#layout.begin();
  }

  field(
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    known: number,
  ): number {
    if (this.#malformed) return known;
    const mark = known !== 0 ? known : markOf(bytes, nameStart, nameEnd, valueStart, valueEnd);
    this.#bytesLeft -= valueEnd - nameStart - 2 + ENTRY_OVERHEAD;
    this.#countLeft--;
    if (mark < ORDINARY || mark >= PSEUDO || this.#bytesLeft < 0 || this.#countLeft < 0) {
      this.#malformed = true;
      return mark;
    }
    if (mark === COOKIE_MARK || !isTrailerField(mark - ORDINARY, bytes, nameStart, nameEnd)) return mark;
    this.trailers ??= new FieldBlock(COUNT_MAX);
    this.#layout.line(this.trailers, mark - ORDINARY, bytes, nameStart, nameEnd, valueEnd + 2);
    return mark;
  }

  overlong(): void {
    this.#malformed = true;
  }

  /** The block has ended. Returns 0, or BAD_TRAILER: the message is malformed. */
  finish(): number {
    if (this.#malformed) {
      this.trailers = null;
      return BAD_TRAILER;
    }
    if (this.trailers !== null) this.#layout.end(this.trailers);
    return 0;
  }
}
