/**
 * Cookie, which HTTP/2 may send in pieces to compress it better, as the one line that HTTP/1.1 and everything that
 * inspects requests expect (RFC 9113 section 8.2.3).
 *
 * Pieces may stand apart, so they are collected beside the head. Whoever adds them bounds their octets.
 */
import { copyOctets } from '../hpack/copy-octets.ts';
import { CR, LF, SEMICOLON, SP } from '../octets.ts';

const PREFIX = 'cookie: ';
const FIRST_BYTES = 1024;

export class CookieCrumbs {
  /** The line is `bytes[0, length)`, once it is closed. */
  bytes: Buffer = Buffer.alloc(FIRST_BYTES, PREFIX);
  length = 0;
  count = 0;

  clear(): void {
    this.length = PREFIX.length;
    this.count = 0;
  }

  /** Where the name ends in the line. */
  get nameEnd(): number {
    return PREFIX.length - 2;
  }

  add(from: Buffer, start: number, end: number): void {
    // Room for the separator, and for the line end behind it.
    this.#reserve(end - start + 4);
    this.count++;
    // An empty crumb is no pair; joined in, it could leave white space at the end of the line.
    if (start === end) return;
    if (this.length > PREFIX.length) this.#pair(SEMICOLON, SP);
    copyOctets(from, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  /** Ends the line. */
  close(): void {
    this.#pair(CR, LF);
  }

  #pair(first: number, second: number): void {
    this.bytes[this.length++] = first;
    this.bytes[this.length++] = second;
  }

  #reserve(octets: number): void {
    if (this.length + octets <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe((this.length + octets) * 2);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
