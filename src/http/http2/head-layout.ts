/**
 * Lays heads out as HTTP/1.1 would write them, so that all code behind reads one form whatever protocol a message
 * came by: a first line, then lines `name: value CRLF`, then the empty line.
 *
 * Heads lie one after the other in a slab of memory that is never written again, and a new slab follows when it is
 * full: a head costs neither an allocation nor a copy of its own, and lives as long as somebody needs it.
 */
import { writeLatin1 } from '../../core/latin1.ts';
import type { FieldBlock } from '../field-block.ts';
import { copyOctets } from '../hpack/copy-octets.ts';
import { CR, LF } from '../octets.ts';

/** Some twenty requests of a browser; a head that lives long keeps that much memory. */
const SLAB_BYTES = 16_384;
/** With less than this at the slab's end a head begins in the next one, since it would hardly fit. */
const START_BYTES = 1024;

const NO_BYTES: Buffer = Buffer.alloc(0);

export class HeadLayout {
  #slab: Buffer = NO_BYTES;
  #base = 0;
  #at = 0;

  /** Begins a head in whatever is left of a head that was not ended. */
  begin(): void {
    if (this.#slab.length - this.#base < START_BYTES) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#base = 0;
    }
    this.#at = this.#base;
  }

  /** Writes a part of the first line. */
  text(text: string): void {
    this.#reserve(text.length);
    writeLatin1(this.#slab, text, this.#at);
    this.#at += text.length;
  }

  /** Ends the first line; field lines follow. */
  endFirstLine(fields: FieldBlock): void {
    this.#endLine();
    fields.start = this.#at - this.#base;
  }

  /** Copies the whole line `from[start, end)`, whose name ends at `nameEnd`; the block must have room for it. */
  line(fields: FieldBlock, kind: number, from: Buffer, start: number, nameEnd: number, end: number): void {
    if (this.#at + end - start + 2 > this.#slab.length) this.#reserve(end - start);
    const at = this.#at;
    copyOctets(from, start, end, this.#slab, at);
    this.#at = at + end - start;
    this.#note(fields, kind, at, nameEnd - start);
  }

  /** Writes a line; the block must have room for it. */
  field(fields: FieldBlock, kind: number, name: string, value: string): void {
    this.#reserve(name.length + value.length + 4);
    const at = this.#at;
    this.text(name);
    this.text(': ');
    this.text(value);
    this.#endLine();
    this.#note(fields, kind, at, name.length);
  }

  /** Ends the head, which from now on is `fields`. */
  end(fields: FieldBlock): void {
    fields.end = this.#at - this.#base;
    this.#reserve(0);
    this.#endLine();
    fields.settle(this.#slab, this.#base, this.#at);
    this.#base = this.#at;
  }

  /** Notes the line that was written last, from `at`. */
  #note(fields: FieldBlock, kind: number, at: number, nameLength: number): void {
    const { offsets, count } = fields;
    const start = at - this.#base;
    offsets[count * 4] = start;
    offsets[count * 4 + 1] = start + nameLength;
    offsets[count * 4 + 2] = start + nameLength + 2;
    offsets[count * 4 + 3] = this.#at - this.#base - 2;
    fields.kinds[count] = kind;
    fields.count = count + 1;
  }

  #endLine(): void {
    this.#slab[this.#at++] = CR;
    this.#slab[this.#at++] = LF;
  }

  /** Makes room for `octets` and a line end behind the head so far, which is moved to a new slab where need be. */
  #reserve(octets: number): void {
    if (this.#at + octets + 2 <= this.#slab.length) return;
    const used = this.#at - this.#base;
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (used + octets + 2) * 2));
    this.#slab.copy(slab, 0, this.#base, this.#at);
    this.#slab = slab;
    this.#base = 0;
    this.#at = used;
  }
}
