/** What one client connection writes: pieces of answers, and whether the client keeps up with them. */
import type { Socket } from 'node:net';
import { writeLatin1 } from '../../core/latin1.ts';
import { SocketOutput } from '../socket-output.ts';

export class Http1Output {
  /** Whether the socket has asked to wait for its drain event. */
  blocked = false;
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #onBlocked: (waitingBytes: number) => void;

  /** @param onBlocked called with the octets that wait whenever the client begins to fall behind */
  constructor(socket: Socket, onBlocked: (waitingBytes: number) => void) {
    this.#socket = socket;
    this.#output = new SocketOutput(socket);
    this.#onBlocked = onBlocked;
  }

  /** Writes text of octets; false where the client reads too slowly. */
  writeText(text: string): boolean {
    return this.#note(this.#output.writeText(text));
  }

  writeBytes(bytes: Buffer): boolean {
    return this.#note(this.#output.writeBytes(bytes, 0, bytes.length));
  }

  /** Writes `bytes[start, end)`. */
  writeRange(bytes: Buffer, start: number, end: number): boolean {
    return this.#note(this.#output.writeBytes(bytes, start, end));
  }

  /**
   * Writes a response head and the first data behind it in one piece. The head usually fits into the octets
   * in front of the data, where the origin's own head stood, and then nothing is copied but the head.
   */
  writeHeadAndData(head: string, bytes: Buffer, dataStart: number, dataEnd: number): boolean {
    if (dataStart === dataEnd) return this.writeText(head);
    const headStart = dataStart - head.length;
    if (headStart < 0) {
      return this.writeBytes(
        Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(dataStart, dataEnd)]),
      );
    }
    writeLatin1(bytes, head, headStart);
    return this.writeRange(bytes, headStart, dataEnd);
  }

  #note(flowing: boolean): boolean {
    if (flowing || this.blocked) return flowing;
    this.blocked = true;
    this.#onBlocked(this.#socket.writableLength);
    return false;
  }
}
