/**
 * Collects a ClientHello from the octets of a connection, in whatever pieces and records it comes.
 *
 *     record:  22 | version | length | part of the handshake message        message:  1 | length | ClientHello
 *
 * Nearly every hello lies in one record and one piece, and is read where it lies. Otherwise its octets are put
 * together, each looked at once. All that came is kept, for the handshake itself begins with it. Bound: HELLO_BYTES_MAX
 * octets of the message and WIRE_BYTES_MAX on the wire; a client that sends more is refused.
 */
import { type ClientHello, type HelloFault, parseClientHello } from './client-hello.ts';

/** A little more than one record, which is where the libraries end; hellos of today have 300 to 2000. */
export const HELLO_BYTES_MAX = 17_408;
const WIRE_BYTES_MAX = 2 * HELLO_BYTES_MAX;

/** The first octets are no TLS, or more than a hello may be. */
export type HelloReaderFault = HelloFault | 'not_tls' | 'too_large';

export type HelloReading =
  | { readonly kind: 'more' }
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  | { readonly kind: 'fault'; readonly fault: HelloReaderFault };

const MORE: HelloReading = { kind: 'more' };

const HANDSHAKE_RECORD = 22;
const RECORD_HEAD_BYTES = 5;
/** RFC 8446 section 5.1. */
const RECORD_BYTES_MAX = 16_384;
const CLIENT_HELLO = 1;
const MESSAGE_HEAD_BYTES = 4;

export class HelloReader {
  #wire: OctetStore | null = null;
  #first: Buffer | null = null;
  #message: OctetStore | null = null;
  /** Next octet on the wire to look at, and what is left of the record it lies in. */
  #at = 0;
  #recordLeft = 0;

  /** Takes the next octets, which must not be changed afterwards. After a hello or a fault, no more. */
  push(piece: Buffer): HelloReading {
    if (this.#wire === null) {
      const end = wholeRecordEnd(piece);
      if (end > 0) {
        this.#first = piece;
        return read(piece, RECORD_HEAD_BYTES + MESSAGE_HEAD_BYTES, end);
      }
      this.#wire = new OctetStore();
      this.#message = new OctetStore();
    }
    this.#wire.append(piece, 0, piece.length);
    const reading = this.#readRecords();
    return reading === MORE && this.#wire.length > WIRE_BYTES_MAX ? fault('too_large') : reading;
  }

  /** All octets that came, for the handshake. */
  octets(): Buffer {
    return this.#first ?? this.#wire?.view() ?? Buffer.alloc(0);
  }

  #readRecords(): HelloReading {
    const wire = this.#wire!;
    const message = this.#message!;
    // What lies beyond the bound is not read, as it would not be if it came by itself.
    const bytes = wire.view().subarray(0, WIRE_BYTES_MAX);
    while (this.#at < bytes.length) {
      if (this.#recordLeft === 0) {
        const length = recordLength(bytes, this.#at);
        if (length < 0) return fault('not_tls');
        if (bytes.length - this.#at < RECORD_HEAD_BYTES) return MORE;
        // A handshake record without content is only good for making the reader turn (RFC 8446 section 5.1).
        if (length === 0) return fault('malformed');
        this.#recordLeft = length;
        this.#at += RECORD_HEAD_BYTES;
      }
      const taken = Math.min(this.#recordLeft, bytes.length - this.#at);
      message.append(bytes, this.#at, this.#at + taken);
      this.#at += taken;
      this.#recordLeft -= taken;
      const reading = readMessage(message.view());
      if (reading !== MORE) return reading;
    }
    return MORE;
  }
}

/** Where the message ends if `piece` begins with one record that holds one whole ClientHello; else 0. */
function wholeRecordEnd(piece: Buffer): number {
  if (piece.length < RECORD_HEAD_BYTES + MESSAGE_HEAD_BYTES) return 0;
  const recordEnd = RECORD_HEAD_BYTES + recordLength(piece, 0);
  if (recordEnd < RECORD_HEAD_BYTES + MESSAGE_HEAD_BYTES || recordEnd > piece.length) return 0;
  if (piece[RECORD_HEAD_BYTES] !== CLIENT_HELLO) return 0;
  const end = RECORD_HEAD_BYTES + MESSAGE_HEAD_BYTES + messageLength(piece, RECORD_HEAD_BYTES);
  return end <= recordEnd ? end : 0;
}

function readMessage(message: Buffer): HelloReading {
  if (message.length > 0 && message[0] !== CLIENT_HELLO) return fault('not_tls');
  if (message.length < MESSAGE_HEAD_BYTES) return MORE;
  const length = messageLength(message, 0);
  if (length > HELLO_BYTES_MAX) return fault('too_large');
  const end = MESSAGE_HEAD_BYTES + length;
  return message.length < end ? MORE : read(message, MESSAGE_HEAD_BYTES, end);
}

function read(bytes: Buffer, start: number, end: number): HelloReading {
  const hello = parseClientHello(bytes, start, end);
  return hello.ok ? { kind: 'hello', hello: hello.value } : fault(hello.fault);
}

function fault(name: HelloReaderFault): HelloReading {
  return { kind: 'fault', fault: name };
}

/** The length of a handshake record whose head stands at `at`, 1 while it is cut; -1 where it is none. */
function recordLength(bytes: Buffer, at: number): number {
  if (bytes[at] !== HANDSHAKE_RECORD) return -1;
  if (bytes.length > at + 1 && bytes[at + 1] !== 3) return -1;
  if (bytes.length < at + RECORD_HEAD_BYTES) return 1;
  const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  return length > RECORD_BYTES_MAX ? -1 : length;
}

function messageLength(bytes: Buffer, at: number): number {
  return (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

const STORE_BYTES_FIRST = 512;

/** Octets in one piece of memory that doubles as it fills. */
class OctetStore {
  #bytes: Buffer = Buffer.allocUnsafeSlow(STORE_BYTES_FIRST);
  length = 0;

  append(from: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    from.copy(this.#bytes, this.length, start, end);
    this.length = length;
  }

  view(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}
