/**
 * Response heads of origins over HTTP/2 (RFC 9113 section 8.3.2), laid out as HTTP/1.1 heads.
 *
 * As with HTTP/1.1 any fault means that the answer cannot be trusted: the client gets 502 and the stream is reset.
 */
import {
  BAD_CONTENT_LENGTH,
  BAD_PSEUDO_FIELD,
  BAD_STATUS_LINE,
  HEADER_TOO_LARGE,
  TOO_MANY_FIELDS,
} from '../faults.ts';
import type { FieldLimits } from '../field-block.ts';
import * as kind from '../field-names.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE } from '../framing.ts';
import { ENTRY_OVERHEAD } from '../hpack/dynamic-table.ts';
import type { FieldSink } from '../hpack/field-sink.ts';
import { ResponseHead } from '../response-head.ts';
import { COOKIE_MARK, markOf, ORDINARY, PSEUDO, STATUS_MARK } from './field-mark.ts';
import { HeadLayout } from './head-layout.ts';

const OK = 0;
/** What an agreement to a WebSocket is laid out with; HTTP/2 itself has no such status (RFC 9113 section 8.6). */
const SWITCHING = 101;
const NO_LIMITS: FieldLimits = { headerBytesMax: 0, headerCountMax: 0 };

/** Reads response heads of origins, one after the other; one reader may serve all connections of a thread. */
export class ResponseReader implements FieldSink {
  readonly #layout: HeadLayout = new HeadLayout();
  #head: ResponseHead = new ResponseHead(0);
  #limits: FieldLimits = NO_LIMITS;
  #requestMethod = '';
  #webSocketAccept = '';
  #fault = OK;
  #bytesLeft = 0;
  #countMax = 0;
  #lengthIndex = -1;

  get lineBytesMax(): number {
    return this.#limits.headerBytesMax;
  }

  /**
   * Starts on a response (interim or final) to a request with `requestMethod`; `head` is cleared.
   *
   * @param webSocketAccept for an extended CONNECT the value that accepts the handshake it stands for: an agreement
   * is then laid out as the 101 of HTTP/1.1; '' for any other request
   */
  begin(head: ResponseHead, limits: FieldLimits, requestMethod: string, webSocketAccept = ''): void {
    this.#head = head;
    this.#limits = limits;
    this.#requestMethod = requestMethod;
    this.#webSocketAccept = webSocketAccept;
    this.#fault = OK;
    this.#bytesLeft = limits.headerBytesMax;
    this.#countMax = Math.min(limits.headerCountMax, head.fields.kinds.length);
    this.#lengthIndex = -1;
    this.#layout.begin();
  }

  field(
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    known: number,
  ): number {
    if (this.#fault !== OK) return known;
    const mark = known !== 0 ? known : markOf(bytes, nameStart, nameEnd, valueStart, valueEnd);
    if (mark < 0) this.#fault = mark;
    else if (mark >= PSEUDO) this.#fault = this.#readStatus(mark, bytes, valueStart, valueEnd);
    else this.#fault = this.#readOrdinary(mark, bytes, nameStart, nameEnd, valueEnd);
    return mark;
  }

  overlong(): void {
    if (this.#fault === OK) this.#fault = HEADER_TOO_LARGE;
  }

  /**
   * The block has ended; `endStream` where no body follows. Returns 0 with the head filled, or a fault, which
   * makes the response invalid. Framing as for requests; `head.editable` is false, as no body follows the head in
   * its memory.
   */
  finish(endStream: boolean): number {
    const head = this.#head;
    if (this.#fault !== OK) return this.#fault;
    if (head.status === 0) return BAD_PSEUDO_FIELD;
    if (head.status === SWITCHING && !this.#addAgreement()) return TOO_MANY_FIELDS;
    this.#layout.end(head.fields);
    head.editable = false;
    return this.#readFraming(endStream);
  }

  /** `:status` is the only pseudo-field of a response, and nothing stands in front of it. */
  #readStatus(mark: number, bytes: Buffer, start: number, end: number): number {
    const head = this.#head;
    if (mark !== STATUS_MARK || head.status !== 0) return BAD_PSEUDO_FIELD;
    if (end - start !== 3) return BAD_STATUS_LINE;
    let status = 0;
    for (let at = start; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return BAD_STATUS_LINE;
      status = status * 10 + digit;
    }
    if (status < 100 || status === SWITCHING) return BAD_STATUS_LINE;
    const agrees = this.#webSocketAccept !== '' && status >= 200 && status < 300;
    head.status = agrees ? SWITCHING : status;
    this.#layout.text(`HTTP/1.1 ${head.status} `);
    this.#layout.endFirstLine(head.fields);
    return OK;
  }

  #readOrdinary(mark: number, bytes: Buffer, nameStart: number, nameEnd: number, valueEnd: number): number {
    const { fields, status } = this.#head;
    if (status === 0) return BAD_PSEUDO_FIELD;
    this.#bytesLeft -= valueEnd - nameStart - 2 + ENTRY_OVERHEAD;
    if (this.#bytesLeft < 0) return HEADER_TOO_LARGE;
    if (fields.count >= this.#countMax) return TOO_MANY_FIELDS;
    const found = mark === COOKIE_MARK ? kind.PROTECTED : mark - ORDINARY;
    // A tunnel has no length (RFC 9110 section 9.3.6), and its accept value is ours to say.
    const ours = found === kind.CONTENT_LENGTH || found === kind.SEC_WEBSOCKET_ACCEPT;
    if (status === SWITCHING && ours) return OK;
    if (found === kind.CONTENT_LENGTH) {
      if (this.#lengthIndex !== -1) return BAD_CONTENT_LENGTH;
      this.#lengthIndex = fields.count;
    }
    this.#layout.line(fields, found, bytes, nameStart, nameEnd, valueEnd + 2);
    return OK;
  }

  /** The fields by which HTTP/1.1 agrees to a WebSocket; false where there is no room for them. */
  #addAgreement(): boolean {
    const { fields } = this.#head;
    if (fields.count + 2 > this.#countMax) return false;
    this.#layout.field(fields, kind.UPGRADE, 'upgrade', 'websocket');
    this.#layout.field(fields, kind.SEC_WEBSOCKET_ACCEPT, 'sec-websocket-accept', this.#webSocketAccept);
    return true;
  }

  /** RFC 9113 section 8.1.1: what a length says has to hold, but where a response has no body whatever it says. */
  #readFraming(endStream: boolean): number {
    const head = this.#head;
    const { status } = head;
    const length = this.#lengthIndex === -1 ? -1 : head.fields.valueAsLength(this.#lengthIndex);
    if (this.#lengthIndex !== -1 && length === -1) return BAD_CONTENT_LENGTH;
    head.contentLength = length;
    head.framing = BODY_NONE;
    // An interim response is followed by the final one (RFC 9113 section 8.1).
    if (status < 200) return endStream ? BAD_STATUS_LINE : OK;
    if (this.#requestMethod === 'HEAD' || status === 204 || status === 304) return OK;
    if (endStream) return length > 0 ? BAD_CONTENT_LENGTH : OK;
    if (length > 0) head.framing = BODY_LENGTH;
    else if (length === -1) head.framing = BODY_CHUNKED;
    return OK;
  }
}
