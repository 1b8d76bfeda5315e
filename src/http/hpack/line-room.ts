/**
 * Memory in which a decoder puts a literal field together as a line, reused from field to field.
 *
 * It grows to the longest line that anybody wants and no further, whatever a block says: octets beyond that are
 * counted and not stored.
 */
import { copyOctets } from './copy-octets.ts';
import { decodeHuffman } from './huffman.ts';

const START_BYTES = 1024;

/** The shortest code has five bits, so this bounds how much longer a Huffman string becomes. */
const HUFFMAN_GROWTH = 8 / 5;

export class LineRoom {
  bytes: Buffer = Buffer.allocUnsafe(START_BYTES);
  /** Octets of the line so far. They are all there as long as they are not more than the line's limit. */
  length = 0;
  #bytesMax = START_BYTES;

  /** Begins a line, which is stored where it has up to `bytesMax` octets. */
  begin(bytesMax: number): void {
    this.length = 0;
    this.#bytesMax = bytesMax;
  }

  append(from: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.bytes.length) this.#reserve(length);
    if (length <= this.bytes.length) copyOctets(from, start, end, this.bytes, this.length);
    this.length = length;
  }

  /** Appends what a Huffman string stands for; false where it is malformed. */
  appendHuffman(from: Buffer, start: number, end: number): boolean {
    const longest = this.length + Math.floor((end - start) * HUFFMAN_GROWTH);
    if (longest > this.bytes.length) this.#reserve(longest);
    const length = decodeHuffman(from, start, end, this.bytes, this.length);
    if (length < 0) return false;
    this.length = length;
    return true;
  }

  /** Appends two octets. */
  appendPair(first: number, second: number): void {
    const at = this.length;
    if (at + 2 > this.bytes.length) this.#reserve(at + 2);
    this.bytes[at] = first;
    this.bytes[at + 1] = second;
    this.length = at + 2;
  }

  #reserve(wanted: number): void {
    const needed = Math.min(wanted, this.#bytesMax);
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, this.bytes.length * 2), this.#bytesMax));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
