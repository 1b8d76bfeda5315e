/** One request on its way to an HTTP/1.1 origin, its body in the framing that its head announces. */
import { BODY_CHUNKED } from '../../http/framing.ts';
import { chunkOf, LAST_CHUNK } from '../http1/chunks.ts';
import type { SocketOutput } from '../socket-output.ts';

export class RequestWriter {
  readonly #output: SocketOutput;
  #chunked = false;

  constructor(output: SocketOutput) {
    this.#output = output;
  }

  /** The head with what is there of the body; false asks to wait for the output to drain, here and below. */
  start(head: string, framing: number, body: Buffer, complete: boolean): boolean {
    this.#chunked = framing === BODY_CHUNKED;
    if (this.#chunked) return this.#write(chunkOf(head, body, 0, body.length, complete));
    if (body.length === 0) return this.#output.writeText(head);
    return this.#write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  }

  /** More of the body. */
  add(bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    return this.#write(this.#chunked ? chunkOf('', bytes, 0, bytes.length, false) : bytes);
  }

  /** The body is over. */
  end(): void {
    if (this.#chunked) this.#output.writeText(LAST_CHUNK);
  }

  #write(bytes: Buffer): boolean {
    return this.#output.writeBytes(bytes, 0, bytes.length);
  }
}
