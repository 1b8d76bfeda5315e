/**
 * Frames on their way to one client: gathered in one buffer and written once per turn, so that the answers of many
 * streams cost one system call and one TLS record.
 *
 * While frames of a client's own are handled, the buffer is written when all are; what comes from elsewhere is written
 * when the event loop has gone through what is ready. A client that does not read is told nothing more than fits into
 * `PENDING_MAX`; data of answers does not even get here then, see `SendScheduler`.
 *
 * Data behind data of the same stream goes into the same frame: an origin's small pieces cost the client one frame, and
 * the node one acknowledgement.
 */
import type { Socket } from 'node:net';
import {
  CONTINUATION,
  DATA,
  DEFAULT_FRAME_SIZE,
  FLAG_END_HEADERS,
  FLAG_END_STREAM,
  FRAME_HEADER_BYTES,
  HEADERS,
} from '../../http/http2/frame-types.ts';
import {
  GOAWAY_BYTES,
  PING_BYTES,
  RST_STREAM_BYTES,
  SETTINGS_ACK_BYTES,
  WINDOW_UPDATE_BYTES,
  writeFrameHeader,
  writeGoaway,
  writePing,
  writePingAck,
  writeRstStream,
  writeSettingsAck,
  writeWindowUpdate,
} from '../../http/http2/frame-writer.ts';
import { SocketOutput } from '../socket-output.ts';

const BYTES_MIN = 4096;
const BYTES_MAX = 66_560;
/** Octets that may wait for a client that does not read. */
const PENDING_MAX = 1 << 20;

export interface OutputOwner {
  /** Octets wait that the current turn does not write: `flush` is to be called soon. */
  onPending(): void;
  /** The client reads too slowly; the socket's drain event follows. */
  onBlocked(waitingBytes: number): void;
  /** The client does not read, and too much waits for it. */
  onOverflow(): void;
}

export class FrameOutput {
  /** Whether the socket has asked to wait for its drain event. */
  blocked = false;
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #owner: OutputOwner;
  #bytes: Buffer = NO_BYTES;
  #length = 0;
  #held = false;
  /** The stream whose DATA frame is the last in the buffer and may grow, and where that frame begins; 0 for none. */
  #growing = 0;
  #growingAt = 0;

  constructor(socket: Socket, owner: OutputOwner) {
    this.#socket = socket;
    this.#output = new SocketOutput(socket);
    this.#owner = owner;
  }

  /** From now on nothing is written before `flush`. */
  hold(): void {
    this.#held = true;
  }

  /** Writes what has been gathered. */
  flush(): void {
    this.#held = false;
    this.#write();
  }

  /** Gives the buffer back while nothing is to be written. */
  rest(): void {
    if (this.#length === 0) this.#bytes = NO_BYTES;
  }

  /** Whole frames that were made beforehand. */
  frames(frames: Buffer): void {
    const at = this.#reserve(frames.length);
    frames.copy(this.#bytes, at);
  }

  /** A field block, in as many frames as it needs; nothing can come between them (RFC 9113 section 6.10). */
  headers(streamId: number, block: Buffer, length: number, endStream: boolean): void {
    const first = Math.min(length, DEFAULT_FRAME_SIZE);
    let flags = endStream ? FLAG_END_STREAM : 0;
    if (first === length) flags |= FLAG_END_HEADERS;
    this.#frame(HEADERS, flags, streamId, block, 0, first);
    for (let at = first; at < length; at += DEFAULT_FRAME_SIZE) {
      const end = Math.min(length, at + DEFAULT_FRAME_SIZE);
      this.#frame(CONTINUATION, end === length ? FLAG_END_HEADERS : 0, streamId, block, at, end);
    }
  }

  /** Data, `bytes[start, end)`, of at most `DEFAULT_FRAME_SIZE` octets: a frame of its own, or more of the last one. */
  data(streamId: number, bytes: Buffer, start: number, end: number, endStream: boolean): void {
    if (this.#growing === streamId && this.#grow(bytes, start, end, endStream)) return;
    this.#frame(DATA, endStream ? FLAG_END_STREAM : 0, streamId, bytes, start, end);
    if (endStream) return;
    this.#growing = streamId;
    this.#growingAt = this.#length - (end - start) - FRAME_HEADER_BYTES;
  }

  /** One DATA frame of `length` octets, which `fill` puts where it is told. */
  dataFrom(
    source: { take(target: Buffer, at: number, length: number): void },
    streamId: number,
    length: number,
    endStream: boolean,
  ): void {
    const at = this.#reserve(FRAME_HEADER_BYTES + length);
    const flags = endStream ? FLAG_END_STREAM : 0;
    const payload = writeFrameHeader(this.#bytes, at, length, DATA, flags, streamId);
    source.take(this.#bytes, payload, length);
  }

  resetStream(streamId: number, code: number): void {
    const at = this.#reserve(RST_STREAM_BYTES);
    writeRstStream(this.#bytes, at, streamId, code);
  }

  windowUpdate(streamId: number, increment: number): void {
    const at = this.#reserve(WINDOW_UPDATE_BYTES);
    writeWindowUpdate(this.#bytes, at, streamId, increment);
  }

  settingsAck(): void {
    const at = this.#reserve(SETTINGS_ACK_BYTES);
    writeSettingsAck(this.#bytes, at);
  }

  ping(mark: number): void {
    const at = this.#reserve(PING_BYTES);
    writePing(this.#bytes, at, mark);
  }

  pingAck(source: Buffer, start: number): void {
    const at = this.#reserve(PING_BYTES);
    writePingAck(this.#bytes, at, source, start);
  }

  goaway(lastStreamId: number, code: number): void {
    const at = this.#reserve(GOAWAY_BYTES);
    writeGoaway(this.#bytes, at, lastStreamId, code);
  }

  #frame(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    const at = this.#reserve(FRAME_HEADER_BYTES + end - start);
    const payload = writeFrameHeader(this.#bytes, at, end - start, type, flags, streamId);
    bytes.copy(this.#bytes, payload, start, end);
  }

  /** Lengthens the last frame, which is data of the same stream; false where it has no room. */
  #grow(bytes: Buffer, start: number, end: number, endStream: boolean): boolean {
    const at = this.#growingAt;
    const length = this.#length - at - FRAME_HEADER_BYTES + end - start;
    if (length > DEFAULT_FRAME_SIZE || this.#length + end - start > this.#bytes.length) return false;
    const flags = endStream ? FLAG_END_STREAM : 0;
    writeFrameHeader(this.#bytes, at, length, DATA, flags, this.#growing);
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length += end - start;
    if (endStream) this.#growing = 0;
    return true;
  }

  /** Makes room for one frame, and returns where it goes. */
  #reserve(length: number): number {
    this.#growing = 0;
    if (this.#length + length > this.#bytes.length) this.#makeRoom(length);
    if (this.#length === 0 && !this.#held) this.#owner.onPending();
    const at = this.#length;
    this.#length += length;
    return at;
  }

  /** A larger buffer as long as it is worth it; then what is there has to go first. */
  #makeRoom(length: number): void {
    if (this.#length + length > BYTES_MAX) this.#write();
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const size = Math.min(BYTES_MAX, Math.max(BYTES_MIN, this.#bytes.length * 2, needed));
    const grown = Buffer.allocUnsafeSlow(Math.max(size, needed));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #write(): void {
    const length = this.#length;
    if (length === 0) return;
    this.#length = 0;
    this.#growing = 0;
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    const flowing = this.#output.writeBytes(this.#bytes, 0, length);
    const waiting = socket.writableLength;
    // Octets that wait in the stream still lie in this buffer.
    if (waiting > 0) this.#bytes = NO_BYTES;
    if (waiting > PENDING_MAX) this.#owner.onOverflow();
    else if (!flowing && !this.blocked) {
      this.blocked = true;
      this.#owner.onBlocked(waiting);
    }
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);
