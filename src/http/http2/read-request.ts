/**
 * Request heads over HTTP/2 (RFC 9113 section 8.3.1): fields of a block in, the same reading out as from HTTP/1.1.
 *
 * The head is laid out as an HTTP/1.1 head while the block is decoded, by validated parts only, and then judged by
 * the rules that HTTP/1.1 has (request-semantics.ts). So all that is behind reads one form, and nothing passes here
 * that would be refused there. Limits are held before a field is stored; behind the first fault nothing is.
 *
 * Cookie crumbs are joined, Host is made of `:authority`, and an extended CONNECT for a WebSocket becomes the
 * handshake that it stands for (RFC 8441).
 */
import { sliceLatin1 } from '../../core/latin1.ts';
import {
  BAD_CONTENT_LENGTH,
  BAD_HOST,
  BAD_PSEUDO_FIELD,
  BAD_UPGRADE,
  faultOf,
  HEADER_TOO_LARGE,
  TARGET_TOO_LONG,
  TOO_MANY_FIELDS,
  UPGRADE_VERSION,
} from '../faults.ts';
import * as kind from '../field-names.ts';
import { BODY_CHUNKED, BODY_NONE } from '../framing.ts';
import { ENTRY_OVERHEAD } from '../hpack/dynamic-table.ts';
import type { FieldSink } from '../hpack/field-sink.ts';
import type { RequestLimits } from '../parse-request.ts';
import { RequestHead } from '../request-head.ts';
import { readRequestSemantics } from '../request-semantics.ts';
import { CookieCrumbs } from './cookie-crumbs.ts';
import { COOKIE_MARK, markOf, ORDINARY, PSEUDO } from './field-mark.ts';
import { HeadLayout } from './head-layout.ts';
import { PseudoFields } from './pseudo-fields.ts';

const OK = 0;

/** What the line of a pseudo-field has beside its value. */
const PSEUDO_LINE_BYTES = 16;

const NO_LIMITS: RequestLimits = { targetBytesMax: 0, headerBytesMax: 0, headerCountMax: 0 };

/**
 * Reads request heads, one after the other; one reader may serve all connections of a thread, as nothing is
 * kept between `finish` and `begin`.
 */
export class RequestReader implements FieldSink {
  readonly #webSocketKey: (() => string) | null;
  readonly #pseudo: PseudoFields = new PseudoFields();
  readonly #layout: HeadLayout = new HeadLayout();
  readonly #crumbs: CookieCrumbs = new CookieCrumbs();
  #head: RequestHead = new RequestHead(0);
  #limits: RequestLimits = NO_LIMITS;
  #fault = OK;
  /** Octets that ordinary fields may still have, each reckoned 32 more than it has (RFC 9113 section 6.5.2). */
  #bytesLeft = 0;
  /** Lines that the head may have. */
  #countMax = 0;
  /** Whether an ordinary field was seen, behind which there are no pseudo-fields. */
  #opened = false;
  #hostSeen = false;

  /** @param webSocketKey makes a fresh key; null where extended CONNECT is not served (RFC 8441) */
  constructor(webSocketKey: (() => string) | null) {
    this.#webSocketKey = webSocketKey;
  }

  get lineBytesMax(): number {
    const { headerBytesMax, targetBytesMax } = this.#limits;
    return Math.max(headerBytesMax, targetBytesMax) + PSEUDO_LINE_BYTES;
  }

  /** Starts on a request; `head` is cleared. Then the decoder is run with this sink. */
  begin(head: RequestHead, limits: RequestLimits): void {
    this.#head = head;
    this.#limits = limits;
    this.#fault = OK;
    this.#bytesLeft = limits.headerBytesMax;
    this.#countMax = Math.min(limits.headerCountMax, head.fields.kinds.length);
    this.#pseudo.clear();
    this.#opened = false;
    this.#hostSeen = false;
    this.#crumbs.clear();
    this.#layout.begin();
    head.protocol = 'HTTP/2.0';
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
    else if (mark >= PSEUDO) this.#fault = this.#readPseudo(mark, bytes, valueStart, valueEnd);
    else this.#fault = this.#readOrdinary(mark, bytes, nameStart, nameEnd, valueEnd);
    return mark;
  }

  overlong(): void {
    // Among the pseudo-fields only a target is ever that long.
    if (this.#fault === OK) this.#fault = this.#pseudo.hasPath ? HEADER_TOO_LARGE : TARGET_TOO_LONG;
  }

  /**
   * The block has ended; `endStream` where the request has no body. Returns 0 with the head filled, or a fault
   * of faults.ts: `isMalformed` says whether it is a stream error or is answered.
   *
   * Framing: BODY_NONE with END_STREAM, and for `content-length: 0`; BODY_LENGTH with a content-length; else
   * BODY_CHUNKED. That DATA adds up to the length is for the caller to check (RFC 9113 section 8.1.1).
   */
  finish(endStream: boolean): number {
    const head = this.#head;
    let fault = this.#fault;
    if (fault === OK && !this.#opened) fault = this.#open();
    if (fault === OK) fault = this.#addLines();
    if (fault === OK) {
      this.#layout.end(head.fields);
      fault = readRequestSemantics(head);
    }
    if (fault === OK) fault = this.#readFraming(endStream);
    return fault;
  }

  #readPseudo(mark: number, bytes: Buffer, start: number, end: number): number {
    if (this.#opened) return BAD_PSEUDO_FIELD;
    return this.#pseudo.read(mark, bytes, start, end, this.#head, this.#limits.targetBytesMax);
  }

  #readOrdinary(mark: number, bytes: Buffer, nameStart: number, nameEnd: number, valueEnd: number): number {
    if (!this.#opened) {
      const fault = this.#open();
      if (fault !== OK) return fault;
    }
    this.#bytesLeft -= valueEnd - nameStart - 2 + ENTRY_OVERHEAD;
    if (this.#bytesLeft < 0) return HEADER_TOO_LARGE;
    if (mark === COOKIE_MARK) {
      // As many crumbs as fields, beside them: browsers send a field per cookie.
      if (this.#crumbs.count >= this.#limits.headerCountMax) return TOO_MANY_FIELDS;
      this.#crumbs.add(bytes, nameEnd + 2, valueEnd);
      return OK;
    }
    const found = mark - ORDINARY;
    if (found === kind.HOST && this.#pseudo.hasAuthority)
      return this.#compareHost(bytes, nameEnd + 2, valueEnd);
    // The key of a WebSocket has no place in HTTP/2 (RFC 8441 section 5); the handshake gets one of ours.
    if (found === kind.SEC_WEBSOCKET_KEY && this.#pseudo.isWebSocket) return OK;
    const { fields } = this.#head;
    if (fields.count >= this.#countMax) return TOO_MANY_FIELDS;
    this.#layout.line(fields, found, bytes, nameStart, nameEnd, valueEnd + 2);
    return OK;
  }

  /** Host says the same as `:authority`, or the request could be taken for another one (RFC 9113 section 8.3.1). */
  #compareHost(bytes: Buffer, start: number, end: number): number {
    const authority = this.#pseudo.authority;
    if (this.#hostSeen || end - start !== authority.length) return BAD_HOST;
    this.#hostSeen = true;
    return sliceLatin1(bytes, start, end).toLowerCase() === authority.toLowerCase() ? OK : BAD_HOST;
  }

  /** All pseudo-fields are there: writes what stands in front of the ordinary fields. */
  #open(): number {
    this.#opened = true;
    const head = this.#head;
    const fault = this.#pseudo.judge(head, this.#webSocketKey !== null);
    if (fault !== OK) return fault;
    const layout = this.#layout;
    layout.text(head.method);
    layout.text(' ');
    layout.text(head.target);
    layout.text(' HTTP/1.1');
    layout.endFirstLine(head.fields);
    if (!this.#pseudo.hasAuthority) return OK;
    if (this.#countMax === 0) return TOO_MANY_FIELDS;
    layout.field(head.fields, kind.HOST, 'host', this.#pseudo.authority);
    return OK;
  }

  /** Writes the lines that are made of several fields, or of none. */
  #addLines(): number {
    const { fields } = this.#head;
    const crumbs = this.#crumbs;
    if (crumbs.count > 0) {
      if (fields.count >= fields.kinds.length) return TOO_MANY_FIELDS;
      crumbs.close();
      this.#layout.line(fields, kind.PROTECTED, crumbs.bytes, 0, crumbs.nameEnd, crumbs.length);
    }
    return this.#pseudo.isWebSocket ? this.#addHandshake() : OK;
  }

  /** The fields of a handshake that an extended CONNECT leaves out (RFC 8441 section 5). */
  #addHandshake(): number {
    const head = this.#head;
    const { fields } = head;
    if (fields.count + 2 > fields.kinds.length) return TOO_MANY_FIELDS;
    head.webSocketKey = this.#webSocketKey?.() ?? '';
    if (fields.indexOfKind(kind.SEC_WEBSOCKET_VERSION) === -1)
      this.#layout.field(fields, kind.SEC_WEBSOCKET_VERSION, 'sec-websocket-version', '13');
    this.#layout.field(fields, kind.SEC_WEBSOCKET_KEY, 'sec-websocket-key', head.webSocketKey);
    return OK;
  }

  #readFraming(endStream: boolean): number {
    const head = this.#head;
    if (head.host === '') return BAD_HOST;
    const hasLength = head.fields.indexOfKind(kind.CONTENT_LENGTH) !== -1;
    if (head.extendedConnect) {
      if (endStream || hasLength) return BAD_UPGRADE;
      return this.#readVersion();
    }
    if (endStream) return head.framing === BODY_NONE ? OK : BAD_CONTENT_LENGTH;
    if (!hasLength) head.framing = BODY_CHUNKED;
    return OK;
  }

  /** There is one version, ours or the client's, or the handshake would be refused by whoever reads it next. */
  #readVersion(): number {
    const { fields } = this.#head;
    let count = 0;
    for (let i = 0; i < fields.count; i++) {
      if (fields.kinds[i] !== kind.SEC_WEBSOCKET_VERSION) continue;
      if (++count > 1) return BAD_UPGRADE;
      if (!fields.valueSpells(i, '13')) return UPGRADE_VERSION;
    }
    return OK;
  }
}

/** Whether a fault makes the request malformed, hence a stream error PROTOCOL_ERROR (RFC 9113 section 8.1.1). */
export function isMalformed(fault: number): boolean {
  return faultOf(fault).reason === 'bad_request';
}
