/**
 * Writing to a socket, the short way where there is one.
 *
 * A stream keeps accounts of every write, queues a callback for it and needs an object of its own for each
 * piece of a buffer. Bun's sockets also take octets directly, by offset and length, and say how many they
 * took; what they did not take goes on through the stream, so order and back-pressure stay the stream's. On
 * Node everything goes through the stream.
 */
import type { Socket } from 'node:net';
import { writeLatin1 } from '../core/latin1.ts';

/** What Bun's socket handle offers; Node's has other methods. */
interface DirectHandle {
  /** Returns how many octets it took, or -1 where the connection is gone. */
  write(bytes: Uint8Array, offset: number, length: number): number;
}

/** Texts up to this size pass through one buffer that is used over and over. */
const SCRATCH_BYTES = 65_536;
const SCRATCH: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

export class SocketOutput {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Writes text of octets; false asks to wait for the socket's drain event. */
  writeText(text: string): boolean {
    const handle = text.length <= SCRATCH_BYTES ? this.#handle() : null;
    if (handle === null) return this.#socket.write(text, 'latin1');
    writeLatin1(SCRATCH, text, 0);
    const taken = handle.write(SCRATCH, 0, text.length);
    if (taken < 0) return this.#gone();
    return taken === text.length || this.#socket.write(text.slice(taken), 'latin1');
  }

  /** Writes `bytes[start, end)`, which the caller must not change afterwards. */
  writeBytes(bytes: Buffer, start: number, end: number): boolean {
    const handle = this.#handle();
    const taken = handle === null ? 0 : handle.write(bytes, start, end - start);
    if (taken < 0) return this.#gone();
    if (taken === end - start) return true;
    const from = start + taken;
    return this.#socket.write(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
  }

  /** The peer is gone, and the stream has not noticed: it would never say so by itself. */
  #gone(): boolean {
    this.#socket.destroy();
    return false;
  }

  /** The handle to write to now; null where there is none, or octets wait in the stream and must go first. */
  #handle(): DirectHandle | null {
    const socket = this.#socket;
    if (socket.writableLength !== 0 || socket.writableEnded || socket.destroyed) return null;
    const handle = (socket as { readonly _handle?: unknown })._handle;
    return isDirect(handle) ? handle : null;
  }
}

function isDirect(handle: unknown): handle is DirectHandle {
  return (
    typeof handle === 'object' && handle !== null && 'write' in handle && typeof handle.write === 'function'
  );
}
