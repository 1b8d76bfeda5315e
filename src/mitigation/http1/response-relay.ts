/**
 * One response on its way to the client: its head with this hop's framing, then its data as it comes.
 *
 * A body whose length the origin did not tell is sent in chunks to HTTP/1.1 and until the close to HTTP/1.0.
 */

import { editResponseHead } from '../../http/edit-response.ts';
import { BODY_CHUNKED, BODY_UNTIL_CLOSE } from '../../http/framing.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeResponseHead } from '../../http/write-response.ts';
import { chunkOf } from './chunks.ts';
import type { Http1Output } from './http1-output.ts';

export class ResponseRelay {
  /** Whether the connection ends behind this response. */
  readonly close: boolean;
  readonly #output: Http1Output;
  readonly #chunked: boolean;
  readonly #clientMinorVersion: number;

  constructor(output: Http1Output, head: ResponseHead, clientMinorVersion: number, close: boolean) {
    const endless = head.framing === BODY_CHUNKED || head.framing === BODY_UNTIL_CLOSE;
    this.#output = output;
    this.#clientMinorVersion = clientMinorVersion;
    this.#chunked = endless && clientMinorVersion === 1;
    this.close = close || (endless && clientMinorVersion === 0);
  }

  /** Sends the head and the data that came with it; false where the client reads too slowly. */
  start(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): boolean {
    if (this.#isEditable(head, bytes, dataStart, dataEnd)) {
      const end = dataStart === dataEnd ? endOfHead(head) : dataEnd;
      return this.#output.writeRange(bytes, editResponseHead(head), end);
    }
    const text = writeResponseHead(head, this.#chunked, this.close, this.#clientMinorVersion, head.edits);
    if (this.#chunked) return this.#output.writeBytes(chunkOf(text, bytes, dataStart, dataEnd, done));
    return this.#output.writeHeadAndData(text, bytes, dataStart, dataEnd);
  }

  /** Sends more data; empty with `done` where only the end was left to say. */
  send(bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): boolean {
    if (this.#chunked) return this.#output.writeBytes(chunkOf('', bytes, dataStart, dataEnd, done));
    if (dataStart === dataEnd) return true;
    return this.#output.writeRange(bytes, dataStart, dataEnd);
  }

  /** Whether nothing has to be added, and the head stands right in front of its data. */
  #isEditable(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number): boolean {
    if (
      !head.editable ||
      head.edits !== null ||
      this.#chunked ||
      this.close ||
      this.#clientMinorVersion !== 1
    )
      return false;
    return head.fields.bytes === bytes && (dataStart === dataEnd || dataStart === endOfHead(head));
  }
}

/** The position behind the empty line. */
function endOfHead({ fields }: ResponseHead): number {
  return fields.base + fields.end + 2;
}
