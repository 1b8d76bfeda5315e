/**
 * A parsed header section: the text it came from and where each field lies in it.
 *
 *   text     "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: *\/*\r\n\r\n"
 *   offsets   per field: name start, name end, value start, value end
 *   kinds     per field: what `classifyFieldName` says
 *
 * Nothing is copied per field, so parsing a header costs one string. Blocks are reused from message to
 * message; whoever keeps a value takes the string, never the block.
 *
 * `parseFields` can stop at any octet and be called again with more: it keeps what it has read, so a header
 * that arrives in one-byte pieces costs time linear in its size.
 */
import { sliceLatin1 } from '../core/latin1.ts';
import { parseDigits } from './digits.ts';
import {
  BAD_FIELD_NAME,
  BAD_FIELD_VALUE,
  BARE_LINE_END,
  HEADER_TOO_LARGE,
  NEED_MORE,
  OBSOLETE_FOLD,
  TOO_MANY_FIELDS,
} from './faults.ts';
import { classifyFieldName, spells } from './field-names.ts';
import { COLON, CR, FIELD_VALUE, HTAB, LF, SP, TOKEN } from './octets.ts';

export interface FieldLimits {
  /** Octets of all field lines together. */
  readonly headerBytesMax: number;
  readonly headerCountMax: number;
}

const NO_BYTES: Buffer = Buffer.alloc(0);

export class FieldBlock {
  /** The octets that the head was read from, and where it begins in them. */
  bytes: Buffer = NO_BYTES;
  base = 0;
  count = 0;
  /** Whether every line is exactly `name: value CRLF`, so that lines may be copied as they are. */
  canonical = true;
  /** Where the first field line begins, and where the empty line that ends the section begins. */
  start = 0;
  end = 0;
  /** How far the last line had come when the input ended within it, and where its name ends; 0 where unknown. */
  cutAt = 0;
  cutNameEnd = 0;
  #text: string | null = null;
  #textEnd = 0;
  readonly offsets: Int32Array;
  readonly kinds: Uint8Array;

  constructor(fieldCountMax: number) {
    this.offsets = new Int32Array(fieldCountMax * 4);
    this.kinds = new Uint8Array(fieldCountMax);
  }

  clear(): void {
    this.bytes = NO_BYTES;
    this.#text = null;
    this.#textEnd = 0;
    this.count = 0;
    this.canonical = true;
    this.cutAt = 0;
    this.cutNameEnd = 0;
  }

  /** The head was found in `bytes[base, end)`, which nobody changes while its text may be asked for. */
  settle(bytes: Buffer, base: number, end: number): void {
    this.bytes = bytes;
    this.base = base;
    this.#textEnd = end;
    this.#text = null;
  }

  /** The head as latin-1 text, made when it is first asked for; offsets point into it. */
  get text(): string {
    this.#text ??= sliceLatin1(this.bytes, this.base, this.#textEnd);
    return this.#text;
  }

  /** Notes where to go on within a line that has not ended. */
  cut(at: number, nameEnd: number): number {
    this.cutAt = at;
    this.cutNameEnd = nameEnd;
    return NEED_MORE;
  }

  name(index: number): string {
    return this.text.slice(this.offsets[index * 4], this.offsets[index * 4 + 1]);
  }

  value(index: number): string {
    return this.text.slice(this.offsets[index * 4 + 2], this.offsets[index * 4 + 3]);
  }

  /** Octets of a value. */
  valueLength(index: number): number {
    return this.offsets[index * 4 + 3]! - this.offsets[index * 4 + 2]!;
  }

  /** Whether a value spells `lower` without regard to case; makes no text. */
  valueSpells(index: number, lower: string): boolean {
    if (this.valueLength(index) !== lower.length) return false;
    return spells(this.bytes, this.base + this.offsets[index * 4 + 2]!, lower);
  }

  /** A value as a length in octets, 1*DIGIT up to 2^53 - 1 (RFC 9110 §8.6), or -1; makes no text. */
  valueAsLength(index: number): number {
    const start = this.base + this.offsets[index * 4 + 2]!;
    return parseDigits(this.bytes, start, this.base + this.offsets[index * 4 + 3]!);
  }

  /** Index of the first field of a kind, or -1. */
  indexOfKind(kind: number): number {
    for (let i = 0; i < this.count; i++) if (this.kinds[i] === kind) return i;
    return -1;
  }

  /** The first value under a name given in lower case, or null. */
  get(lowerName: string): string | null {
    for (let i = 0; i < this.count; i++) {
      const start = this.offsets[i * 4]!;
      if (this.offsets[i * 4 + 1]! - start !== lowerName.length) continue;
      if (this.name(i).toLowerCase() === lowerName) return this.value(i);
    }
    return null;
  }
}

/**
 * Reads field lines from `bytes[position, end)` up to and with the empty line (RFC 9112 §5).
 *
 * Offsets are stored relative to `base`, the first octet of the message head. Returns the position behind
 * the section, `NEED_MORE`, or a fault. After `NEED_MORE` it is called again with `base + block.end` for a
 * position, and goes on at the octet where the input ended.
 *
 * One long loop on purpose: it runs for every octet of every header.
 */
export function parseFields(
  bytes: Uint8Array,
  position: number,
  end: number,
  base: number,
  block: FieldBlock,
  limits: FieldLimits,
): number {
  const bytesLimit = base + block.start + limits.headerBytesMax;
  // A head that was begun under an older configuration may have less room than the limit says.
  const countMax = Math.min(limits.headerCountMax, block.kinds.length);
  let cutAt = block.cutAt;
  let nameEnd = block.cutNameEnd === 0 ? 0 : base + block.cutNameEnd;
  block.cut(0, 0);
  let at = position;
  for (;;) {
    block.end = at - base;
    if (at >= end) return NEED_MORE;
    const first = bytes[at]!;
    if (first === CR) {
      if (at + 1 >= end) return NEED_MORE;
      return bytes[at + 1] === LF ? at + 2 : BARE_LINE_END;
    }
    if (first === LF) return BARE_LINE_END;
    if (first === SP || first === HTAB) return OBSOLETE_FOLD;

    const nameStart = at;
    if (cutAt !== 0) {
      at = base + cutAt;
      cutAt = 0;
    }
    if (nameEnd === 0) {
      while (at < end && TOKEN[bytes[at]!] === 1) at++;
      if (at > bytesLimit) return HEADER_TOO_LARGE;
      if (at === end) return block.cut(at - base, 0);
      if (bytes[at] !== COLON || at === nameStart) return BAD_FIELD_NAME;
      nameEnd = at++;
    }

    while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
    if (at > bytesLimit) return HEADER_TOO_LARGE;
    if (at === end) return block.cut(at - base, nameEnd - base);
    if (bytes[at] !== CR) return bytes[at] === LF ? BARE_LINE_END : BAD_FIELD_VALUE;
    if (at + 1 === end) return block.cut(at - base, nameEnd - base);
    if (bytes[at + 1] !== LF) return BARE_LINE_END;
    let valueStart = nameEnd + 1;
    while (valueStart < at && (bytes[valueStart] === SP || bytes[valueStart] === HTAB)) valueStart++;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--;

    const index = block.count;
    if (index >= countMax) return TOO_MANY_FIELDS;
    if (valueStart !== nameEnd + 2 || bytes[nameEnd + 1] !== SP || valueEnd !== at) block.canonical = false;
    const offsets = block.offsets;
    offsets[index * 4] = nameStart - base;
    offsets[index * 4 + 1] = nameEnd - base;
    offsets[index * 4 + 2] = valueStart - base;
    offsets[index * 4 + 3] = valueEnd - base;
    block.kinds[index] = classifyFieldName(bytes, nameStart, nameEnd);
    block.count = index + 1;
    nameEnd = 0;
    at += 2;
  }
}
