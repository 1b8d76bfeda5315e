/** A field block in the making: one HEADERS frame and the CONTINUATION frames behind it (RFC 9113 section 4.3). */
import { ByteCarry } from '../http1/byte-carry.ts';

export class HeaderBlock {
  streamId = 0;
  endStream = false;
  /** Whether the HEADERS frame said something wrong about priority. */
  selfDependent = false;
  /** Whether CONTINUATION frames are to come; nothing else may. */
  open = false;
  readonly #pieces: ByteCarry = new ByteCarry();
  #bytes: Buffer = NO_BYTES;
  #start = 0;
  #end = 0;

  /** The block, once it is whole: `bytes[start, end)`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** The first fragment, which is the whole block where `last`. */
  begin(bytes: Buffer, start: number, end: number, last: boolean): void {
    this.open = !last;
    if (last) this.#settle(bytes, start, end);
    else this.#pieces.append(bytes.subarray(start, end));
  }

  /** One more fragment; false where the block gets longer than `bytesMax`. */
  add(bytes: Buffer, start: number, end: number, last: boolean, bytesMax: number): boolean {
    this.#pieces.append(bytes.subarray(start, end));
    if (this.#pieces.length > bytesMax) return false;
    if (last) {
      const whole = this.#pieces.take();
      this.open = false;
      this.#settle(whole, 0, whole.length);
    }
    return true;
  }

  /** The block has been read. */
  clear(): void {
    this.#settle(NO_BYTES, 0, 0);
  }

  #settle(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);
