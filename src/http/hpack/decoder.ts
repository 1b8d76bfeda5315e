/**
 * HPACK, reading (RFC 7541): field blocks in, one call of a sink per field out.
 *
 * Whatever a block refers to is handed out where it lies, in the static or the dynamic table; only literals are
 * put together first, in memory that grows to the longest line that the sink takes and no further. So the work for a
 * reference does not depend on what it refers to, and a block that decodes to gigabytes costs no more than its own
 * octets. One way is left to make work out of little: literals that borrow the name of a large entry, whose octets
 * have to be copied. They are counted, and too many are a fault.
 *
 * A block is always decoded to its end, since the table has to stay in step whatever becomes of the fields. A fault
 * leaves the state undefined: the connection is lost.
 */
import { DynamicTable, LINE_OVERHEAD } from './dynamic-table.ts';
import type { FieldSink } from './field-sink.ts';
import { LineRoom } from './line-room.ts';
import { STATIC_COUNT, STATIC_LINES, STATIC_PLACES } from './static-table.ts';

/** The block is not HPACK, or has lost step: a connection error COMPRESSION_ERROR (RFC 9113 section 4.3). */
export const COMPRESSION_FAULT = -1;

/** Octets of names that literals of one block may borrow; honest ones take a few hundred. */
const BORROWED_BYTES_MAX = 262_144;

/** Octets of an integer behind its prefix: values up to 2^28, which no block has any use for. */
const INTEGER_BYTES_MAX = 4;

/** Bits of the index in a literal that is added to the table, and in one that is not. */
const INDEXED_MASK = 0x3f;
const UNINDEXED_MASK = 0x0f;

const COLON = 0x3a;
const SP = 0x20;
const CR = 0x0d;
const LF = 0x0a;

/** The reading half of a connection's compression state. */
export class HpackDecoder {
  readonly #table: DynamicTable;
  readonly #room: LineRoom;
  /** The marks that sinks gave to entries of the static table. */
  readonly #staticMarks: Int32Array = new Int32Array(STATIC_COUNT + 1);
  #limit: number;
  /** The size that the next block has to go below with a size update, or -1 (RFC 7541 section 4.2). */
  #updateDue = -1;
  /** The integer that `#readInteger` read last. */
  #integer = 0;
  #borrowed = 0;

  /**
   * @param tableBytesMax octets of the dynamic table from the start: 4096, until a setting was acknowledged
   * @param room where literals are put together; one may serve all decoders of a thread
   */
  constructor(tableBytesMax: number, room: LineRoom = new LineRoom()) {
    this.#table = new DynamicTable(tableBytesMax);
    this.#limit = tableBytesMax;
    this.#room = room;
  }

  /**
   * The peer has acknowledged our SETTINGS_HEADER_TABLE_SIZE. After one below the table's size its next block has to
   * begin with a size update.
   */
  setLimit(tableBytesMax: number): void {
    this.#limit = tableBytesMax;
    if (this.#updateDue !== -1) this.#updateDue = Math.min(this.#updateDue, tableBytesMax);
    else if (tableBytesMax < this.#table.bytesMax) this.#updateDue = tableBytesMax;
  }

  /** Decodes one whole field block, `block[start, end)`, into `sink`. Returns 0 or COMPRESSION_FAULT. */
  decode(block: Buffer, start: number, end: number, sink: FieldSink): number {
    this.#borrowed = 0;
    let at = this.#readSizeUpdates(block, start, end);
    while (at >= 0 && at < end) {
      const first = block[at]!;
      if (first >= 0x80) {
        let index = first & 0x7f;
        at++;
        if (index === 0x7f) {
          at = this.#readInteger(block, at, end, 0x7f);
          index = this.#integer;
        }
        if (at < 0 || !this.#reference(index, sink)) return COMPRESSION_FAULT;
      } else if (first >= 0x40) {
        at = this.#literal(block, at, end, INDEXED_MASK, sink);
      } else if (first < 0x20) {
        at = this.#literal(block, at, end, UNINDEXED_MASK, sink);
      } else {
        return COMPRESSION_FAULT;
      }
    }
    return at < 0 ? COMPRESSION_FAULT : 0;
  }

  /** Size updates, which stand in front of all fields and nowhere else (RFC 7541 sections 4.2 and 6.3). */
  #readSizeUpdates(block: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && (block[at]! & 0xe0) === 0x20) {
      at = this.#readPrefixed(block, at, end, 0x1f);
      if (at < 0 || this.#integer > this.#limit) return -1;
      if (this.#updateDue !== -1 && this.#integer > this.#updateDue) return -1;
      this.#updateDue = -1;
      this.#table.resize(this.#integer);
    }
    return this.#updateDue === -1 ? at : -1;
  }

  /** A field of a table; false where there is no such entry. */
  #reference(index: number, sink: FieldSink): boolean {
    if (index <= STATIC_COUNT) {
      if (index === 0) return false;
      const place = index * 3;
      const nameEnd = STATIC_PLACES[place + 1]!;
      this.#staticMarks[index] = sink.field(
        STATIC_LINES,
        STATIC_PLACES[place]!,
        nameEnd,
        nameEnd + 2,
        STATIC_PLACES[place + 2]!,
        this.#staticMarks[index]!,
      );
      return true;
    }
    const table = this.#table;
    if (index - STATIC_COUNT > table.count) return false;
    const slots = table.slots;
    const slot = table.slotOf(index - STATIC_COUNT - 1);
    const nameEnd = slots[slot + 1]!;
    slots[slot + 3] = sink.field(
      table.bytes,
      slots[slot]!,
      nameEnd,
      nameEnd + 2,
      slots[slot + 2]!,
      slots[slot + 3]!,
    );
    return true;
  }

  /**
   * A literal, which is added to the table where its index has six bits (RFC 7541 section 6.2). Never-indexed ones
   * are read as the others: what the node writes on is never indexed in any case.
   */
  #literal(block: Buffer, start: number, end: number, indexMask: number, sink: FieldSink): number {
    const table = this.#table;
    const line = this.#room;
    line.begin(Math.max(sink.lineBytesMax, table.bytesMax + LINE_OVERHEAD));
    let at = this.#readPrefixed(block, start, end, indexMask);
    if (at < 0) return -1;
    if (this.#integer === 0) at = this.#readString(block, at, end);
    else if (!this.#borrowName(this.#integer)) return -1;
    if (at < 0) return -1;
    const nameEnd = line.length;
    line.appendPair(COLON, SP);
    at = this.#readString(block, at, end);
    if (at < 0) return -1;
    const valueEnd = line.length;
    line.appendPair(CR, LF);

    let mark = 0;
    if (line.length > sink.lineBytesMax) sink.overlong();
    else mark = sink.field(line.bytes, 0, nameEnd, nameEnd + 2, valueEnd, 0);
    if (indexMask === INDEXED_MASK) table.add(line.bytes, 0, nameEnd, line.length, mark);
    return at;
  }

  /** Copies the name of a table's entry to the line; false where there is none, or names are borrowed too much. */
  #borrowName(index: number): boolean {
    const table = this.#table;
    let from = STATIC_LINES;
    let places = STATIC_PLACES;
    let place = index * 3;
    if (index > STATIC_COUNT) {
      if (index - STATIC_COUNT > table.count) return false;
      from = table.bytes;
      places = table.slots;
      place = table.slotOf(index - STATIC_COUNT - 1);
    }
    const start = places[place]!;
    const end = places[place + 1]!;
    this.#borrowed += end - start;
    if (this.#borrowed > BORROWED_BYTES_MAX) return false;
    this.#room.append(from, start, end);
    return true;
  }

  /** Appends a string literal to the line (RFC 7541 section 5.2). Returns the position behind it, or -1. */
  #readString(block: Buffer, start: number, end: number): number {
    if (start >= end) return -1;
    const isHuffman = block[start]! >= 0x80;
    const at = this.#readPrefixed(block, start, end, 0x7f);
    if (at < 0) return -1;
    const stringEnd = at + this.#integer;
    if (stringEnd > end) return -1;
    if (!isHuffman) this.#room.append(block, at, stringEnd);
    else if (!this.#room.appendHuffman(block, at, stringEnd)) return -1;
    return stringEnd;
  }

  /** Reads an integer whose first octet is at `start`, where `mask` has the bits of its prefix. */
  #readPrefixed(block: Buffer, start: number, end: number, mask: number): number {
    const first = block[start]! & mask;
    if (first === mask) return this.#readInteger(block, start + 1, end, mask);
    this.#integer = first;
    return start + 1;
  }

  /** The octets of an integer behind a prefix that is used up (RFC 7541 section 5.1). */
  #readInteger(block: Buffer, start: number, end: number, prefix: number): number {
    const last = Math.min(end, start + INTEGER_BYTES_MAX);
    let value = prefix;
    for (let at = start, shift = 0; at < last; at++, shift += 7) {
      const octet = block[at]!;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) {
        this.#integer = value;
        return at + 1;
      }
    }
    return -1;
  }
}
