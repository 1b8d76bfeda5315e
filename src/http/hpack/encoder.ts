/**
 * HPACK, writing (RFC 7541): what is cheapest for a node that passes other people's fields on.
 *
 * The static table is used, the dynamic one never. Without entries of our own nothing needs comparing or keeping per
 * connection, and no secret shares a table with what an attacker chose (section 7.1). All literals are written as
 * never indexed, which is what a field has to be that came so (section 7.1.3), at the same length. Strings are not
 * Huffman-coded: the quarter that it saves is less than what the coding of it costs.
 *
 * The buffer grows with the head that is written, whose size its reading has bounded.
 */
import { writeLatin1 } from '../../core/latin1.ts';
import { copyOctets } from './copy-octets.ts';
import { STATUS, STATUS_INDEX, staticNameIndex } from './static-table.ts';

/** The table's size that both sides begin with (RFC 9113 section 6.5.2). */
const INITIAL_TABLE_BYTES = 4096;

const START_BYTES = 512;
/** What a larger buffer is given back to, so that one large head does not cost its memory for good. */
const KEPT_BYTES = 8192;

/** Room for the prefixes and lengths of one field beside its octets. */
const FIELD_OVERHEAD = 16;

const NEVER_INDEXED = 0x10;
const SIZE_UPDATE = 0x20;
const INDEXED = 0x80;

/** The writing half of a connection's compression state, and the block that is being written. */
export class HpackEncoder {
  /** The block is `bytes[0, length)` until the next `begin`. */
  bytes: Buffer = Buffer.allocUnsafe(START_BYTES);
  length = 0;
  #tableBytes = INITIAL_TABLE_BYTES;
  #updateDue = false;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE, once it is applied. A smaller one has to be confirmed (section 4.2). */
  setTableLimit(tableBytesMax: number): void {
    if (tableBytesMax >= this.#tableBytes) return;
    this.#tableBytes = tableBytesMax;
    this.#updateDue = true;
  }

  /** Starts a block; the one before is gone. */
  begin(): void {
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafe(START_BYTES);
    this.length = 0;
    if (!this.#updateDue) return;
    this.#updateDue = false;
    this.#integer(SIZE_UPDATE, 0x1f, this.#tableBytes);
  }

  /** `:status`, 100 to 999. */
  status(code: number): void {
    const index = STATUS_INDEX.get(code);
    if (index === undefined) this.named(STATUS, String(code));
    else this.indexed(index);
  }

  /** A field whose name and value are both in the static table. */
  indexed(index: number): void {
    this.#reserve(0);
    this.#integer(INDEXED, 0x7f, index);
  }

  /** A field whose name is that of a static entry; the value's code units are octets. */
  named(index: number, value: string): void {
    this.#reserve(value.length);
    this.#integer(NEVER_INDEXED, 0x0f, index);
    this.#text(value);
  }

  /** A field of a lower-case name; the code units of name and value are octets. */
  field(name: string, value: string): void {
    this.#reserve(name.length + value.length);
    this.bytes[this.length++] = NEVER_INDEXED;
    this.#text(name);
    this.#text(value);
  }

  /** A field given by octets, whose name is written in lower case. */
  copy(from: Buffer, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    this.#reserve(nameEnd - nameStart + valueEnd - valueStart);
    const index = staticNameIndex(from, nameStart, nameEnd);
    this.#integer(NEVER_INDEXED, 0x0f, index);
    if (index === 0) this.#lowerCase(from, nameStart, nameEnd);
    this.#integer(0, 0x7f, valueEnd - valueStart);
    copyOctets(from, valueStart, valueEnd, this.bytes, this.length);
    this.length += valueEnd - valueStart;
  }

  #lowerCase(from: Buffer, start: number, end: number): void {
    this.#integer(0, 0x7f, end - start);
    const bytes = this.bytes;
    let at = this.length;
    for (let source = start; source < end; source++) {
      const octet = from[source]!;
      bytes[at++] = octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
    }
    this.length = at;
  }

  #text(text: string): void {
    this.#integer(0, 0x7f, text.length);
    writeLatin1(this.bytes, text, this.length);
    this.length += text.length;
  }

  /** An integer with the bits above its prefix (RFC 7541 section 5.1); `prefix` is the largest that fits there. */
  #integer(pattern: number, prefix: number, value: number): void {
    const bytes = this.bytes;
    let at = this.length;
    if (value < prefix) {
      bytes[at++] = pattern | value;
    } else {
      bytes[at++] = pattern | prefix;
      let rest = value - prefix;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = 0x80 | (rest & 0x7f);
      bytes[at++] = rest;
    }
    this.length = at;
  }

  #reserve(octets: number): void {
    const needed = this.length + octets + FIELD_OVERHEAD;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
