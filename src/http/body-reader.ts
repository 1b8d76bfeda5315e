/**
 * Finds the data of a message body in the octets of a connection (RFC 9112 §6.3, §7.1).
 *
 * Pull style, without callbacks or copies: each call of `next` moves past framing and leaves at most one run
 * of data in `dataStart..dataEnd`. The caller goes on until the input is used up or `done` is set.
 *
 * Chunk extensions are read by their grammar, bounded and dropped; the trailer section is collected, parsed
 * by the rules of header sections and left in `trailers`. A sender that cuts a body into needlessly many
 * chunks spends a budget that grows with the data it brings.
 */
import { EXTENSION_START, isExtensionEnd, nextExtensionState } from './chunk-extension.ts';
import { BAD_CHUNK, BAD_TRAILER, NEED_MORE, TOO_MANY_CHUNKS } from './faults.ts';
import { FieldBlock, type FieldLimits, parseFields } from './field-block.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from './framing.ts';
import { CR, HEX_VALUE, LF } from './octets.ts';

/** Hex digits of one chunk size: 2^52 - 1 at most, exact in a double. */
const SIZE_DIGITS_MAX = 13;
/** Octets of extensions on one chunk, and of a whole trailer section. */
const EXTENSION_BYTES_MAX = 256;
const TRAILER_LIMITS: FieldLimits = { headerBytesMax: 8192, headerCountMax: 32 };
/** The lines of a trailer section at its limit, the last line end and the empty line: more is never kept. */
const TRAILER_ROOM = TRAILER_LIMITS.headerBytesMax + 4;
/** Chunks free of charge, and octets of data that pay for one more. */
const CHUNKS_FREE = 8192;
const BYTES_PER_CHUNK = 32;

const SIZE_FIRST = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILER = 7;

export class BodyReader {
  done = true;
  /** The run of data that the last `next` found; empty where both are equal. */
  dataStart = 0;
  dataEnd = 0;
  /** Octets of data seen so far. */
  bytesTotal = 0;
  /** The parsed trailer section of a finished chunked body, or null. */
  trailers: FieldBlock | null = null;

  #framing: number = BODY_NONE;
  #remaining = 0;
  #state = SIZE_FIRST;
  #digits = 0;
  #chunks = 0;
  #chunkBudget = true;
  #extension = EXTENSION_START;
  #extensionBytes = 0;
  /** The part of a trailer section that has arrived, where it did not arrive whole. */
  #trailer: Buffer | null = null;
  #trailerBytes = 0;
  #trailerBlock: FieldBlock | null = null;

  /** Starts on a new body. `budgeted` applies the chunk budget: for clients, not for streaming origins. */
  start(framing: number, contentLength: number, budgeted: boolean): void {
    this.#framing = framing;
    this.#remaining = contentLength;
    this.#state = SIZE_FIRST;
    this.#chunks = 0;
    this.#chunkBudget = budgeted;
    this.#dropTrailer();
    this.trailers = null;
    this.bytesTotal = 0;
    this.dataStart = 0;
    this.dataEnd = 0;
    this.done = framing === BODY_NONE || (framing === BODY_LENGTH && contentLength === 0);
  }

  /** Reads on from `position`; returns the new position (equal to `end` where input is used up) or a fault. */
  next(bytes: Buffer, position: number, end: number): number {
    this.dataStart = position;
    this.dataEnd = position;
    if (this.done) return position;
    if (this.#framing === BODY_CHUNKED) return this.#nextChunked(bytes, position, end);
    if (this.#framing === BODY_UNTIL_CLOSE) return this.#take(end, end);
    return this.#nextLength(position, end);
  }

  /** Whether a body that ends with the connection ended properly when the connection does. */
  get endsWithConnection(): boolean {
    return this.#framing === BODY_UNTIL_CLOSE;
  }

  #take(dataEnd: number, position: number): number {
    this.bytesTotal += dataEnd - this.dataStart;
    this.dataEnd = dataEnd;
    return position;
  }

  #nextLength(position: number, end: number): number {
    const dataEnd = Math.min(end, position + this.#remaining);
    this.#remaining -= dataEnd - position;
    if (this.#remaining === 0) this.done = true;
    return this.#take(dataEnd, dataEnd);
  }

  #nextChunked(bytes: Buffer, position: number, end: number): number {
    let at = position;
    while (at < end) {
      if (this.#state === DATA) return this.#nextChunkData(at, end);
      if (this.#state === TRAILER) return this.#nextTrailer(bytes, at, end);
      const fault = this.#framingOctet(bytes[at]!);
      if (fault < 0) return fault;
      at++;
    }
    this.dataStart = at;
    this.dataEnd = at;
    return at;
  }

  #nextChunkData(position: number, end: number): number {
    const dataEnd = Math.min(end, position + this.#remaining);
    this.dataStart = position;
    this.#remaining -= dataEnd - position;
    if (this.#remaining === 0) this.#state = DATA_CR;
    return this.#take(dataEnd, dataEnd);
  }

  /** One octet of `chunk-size [ chunk-ext ] CRLF` or of the CRLF behind a chunk's data. */
  #framingOctet(octet: number): number {
    switch (this.#state) {
      case SIZE_FIRST:
      case SIZE:
        return this.#sizeOctet(octet);
      case EXTENSION:
        return this.#extensionOctet(octet);
      case SIZE_LF:
        return octet === LF ? this.#startChunk() : BAD_CHUNK;
      case DATA_CR:
        this.#state = DATA_LF;
        return octet === CR ? 0 : BAD_CHUNK;
      default:
        this.#state = SIZE_FIRST;
        return octet === LF ? 0 : BAD_CHUNK;
    }
  }

  #sizeOctet(octet: number): number {
    const digit = HEX_VALUE[octet]!;
    if (digit !== 255) {
      if (this.#state === SIZE_FIRST) {
        this.#remaining = 0;
        this.#digits = 0;
        this.#state = SIZE;
      }
      this.#digits++;
      this.#remaining = this.#remaining * 16 + digit;
      return this.#digits > SIZE_DIGITS_MAX ? BAD_CHUNK : 0;
    }
    if (this.#state === SIZE_FIRST) return BAD_CHUNK;
    if (octet === CR) {
      this.#state = SIZE_LF;
      return 0;
    }
    this.#state = EXTENSION;
    this.#extension = EXTENSION_START;
    this.#extensionBytes = 0;
    return this.#extensionOctet(octet);
  }

  #startChunk(): number {
    if (this.#remaining === 0) {
      this.#state = TRAILER;
      return 0;
    }
    this.#chunks++;
    if (this.#chunkBudget && this.#chunks > CHUNKS_FREE + this.bytesTotal / BYTES_PER_CHUNK) {
      return TOO_MANY_CHUNKS;
    }
    this.#state = DATA;
    return 0;
  }

  #extensionOctet(octet: number): number {
    const next = nextExtensionState(this.#extension, octet);
    if (next >= 0) {
      this.#extension = next;
      return ++this.#extensionBytes > EXTENSION_BYTES_MAX ? BAD_CHUNK : 0;
    }
    if (octet !== CR || !isExtensionEnd(this.#extension)) return BAD_CHUNK;
    this.#state = SIZE_LF;
    return 0;
  }

  /** Collects the trailer section until its empty line; a body without trailers takes the short way. */
  #nextTrailer(bytes: Buffer, position: number, end: number): number {
    const carried = this.#trailerBytes;
    if (carried === 0 && end - position >= 2 && bytes[position] === CR && bytes[position + 1] === LF) {
      return this.#finish(position + 2);
    }
    const length = carried + Math.min(end - position, TRAILER_ROOM - carried);
    const collected = this.#roomForTrailer(length);
    bytes.copy(collected, carried, position, position + length - carried);
    this.#trailerBytes = length;
    this.#trailerBlock ??= new FieldBlock(TRAILER_LIMITS.headerCountMax);
    const block = this.#trailerBlock;
    const after = parseFields(collected, block.end, length, 0, block, TRAILER_LIMITS);
    if (after === NEED_MORE) {
      this.dataStart = end;
      this.dataEnd = end;
      return end;
    }
    if (after < 0) return BAD_TRAILER;
    block.settle(collected, 0, after);
    this.trailers = block.count > 0 ? block : null;
    return this.#finish(position + after - carried);
  }

  /** The collected trailer with room for `length` octets; grows by doubling, so that pieces cost linear time. */
  #roomForTrailer(length: number): Buffer {
    const before = this.#trailer;
    if (before !== null && before.length >= length) return before;
    const grown = Buffer.allocUnsafe(Math.min(TRAILER_ROOM, Math.max(length, 2 * this.#trailerBytes)));
    before?.copy(grown, 0, 0, this.#trailerBytes);
    this.#trailer = grown;
    return grown;
  }

  #dropTrailer(): void {
    this.#trailer = null;
    this.#trailerBytes = 0;
    this.#trailerBlock = null;
  }

  #finish(position: number): number {
    this.#dropTrailer();
    this.done = true;
    this.dataStart = position;
    this.dataEnd = position;
    return position;
  }
}
