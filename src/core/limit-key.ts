/**
 * HalfSipHash-1-3 with 64 bits of output, fed piece by piece: what a limit counts by, or who a client is, as two words.
 *
 * Keys of limits are texts that clients choose, header values among them, so only their keyed hash is kept: of
 * fixed size, nothing that a memory dump could tell, and nobody can aim two keys at one place. Among a million keys
 * the chance that any two meet is one in thirty million. Each piece is preceded by its kind and length,
 * so "a" and "bc" never read as "ab" and "c".
 *
 * A key that is made of words or of text in place allocates nothing.
 */
import type { HashSeed } from './keyed-hash.ts';

export class KeyHasher {
  /** The finished key; `low` is never 0, so that 0 can mark an empty place. */
  low = 0;
  high = 0;
  readonly #seed: HashSeed;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;
  #words = 0;

  constructor(seed: HashSeed) {
    this.#seed = seed;
  }

  /** Begins a key. @param seed another secret than usual */
  start(seed: HashSeed = this.#seed): void {
    const { low, high } = seed;
    this.#v0 = low;
    this.#v1 = high ^ 0xee;
    this.#v2 = low ^ 0x6c796765;
    this.#v3 = high ^ 0x74656462;
    this.#words = 0;
  }

  /** Four octets. */
  word(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
    this.#words++;
  }

  /** Kind (0 to 255) and size of the piece that follows. */
  piece(kind: number, size: number): void {
    this.word((kind << 24) ^ size);
  }

  /** `text[start, end)` of latin-1 text, ASCII letters in lower case. */
  lowerText(text: string, start: number, end: number): void {
    let word = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at) & 0xff;
      word = (word << 8) | (code >= 0x41 && code <= 0x5a ? code | 0x20 : code);
      if (((at - start) & 3) === 3) this.word(word);
    }
    if (((end - start) & 3) !== 0) this.word(word & lastMask(end - start));
  }

  /** `bytes[start, end)` as they are. */
  bytes(bytes: Uint8Array, start: number, end: number): void {
    let word = 0;
    for (let at = start; at < end; at++) {
      word = (word << 8) | bytes[at]!;
      if (((at - start) & 3) === 3) this.word(word);
    }
    if (((end - start) & 3) !== 0) this.word(word & lastMask(end - start));
  }

  /** Sets `low` and `high`. */
  finish(): void {
    this.word(this.#words << 26);
    this.#v2 ^= 0xee;
    this.#finalise();
    this.low = this.#v1 ^ this.#v3 || 1;
    this.#v1 ^= 0xdd;
    this.#finalise();
    this.high = this.#v1 ^ this.#v3;
  }

  #finalise(): void {
    this.#round();
    this.#round();
    this.#round();
  }

  #round(): void {
    let v0 = (this.#v0 + this.#v1) | 0;
    let v1 = ((this.#v1 << 5) | (this.#v1 >>> 27)) ^ v0;
    let v2 = (this.#v2 + this.#v3) | 0;
    let v3 = ((this.#v3 << 8) | (this.#v3 >>> 24)) ^ v2;
    v0 = (((v0 << 16) | (v0 >>> 16)) + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = (v2 << 16) | (v2 >>> 16);
    this.#v3 = v3;
  }
}

/** The octets of a last word that is not full: those of the one before must not count. */
function lastMask(length: number): number {
  return (1 << ((length & 3) * 8)) - 1;
}
