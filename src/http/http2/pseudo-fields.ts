/**
 * The pseudo-fields of one request (RFC 9113 section 8.3.1): each known, once, and of the form that HTTP/1.1 demands
 * of the part of a request that it stands for.
 */
import { sliceLatin1 } from '../../core/latin1.ts';
import {
  BAD_HOST,
  BAD_METHOD,
  BAD_PSEUDO_FIELD,
  BAD_TARGET,
  METHOD_NOT_SERVED,
  TARGET_TOO_LONG,
} from '../faults.ts';
import { spells } from '../field-names.ts';
import { TARGET, TOKEN } from '../octets.ts';
import { METHOD_BYTES_MAX, methodOf } from '../parse-request.ts';
import type { RequestHead } from '../request-head.ts';
import { AUTHORITY_MARK, METHOD_MARK, PATH_MARK, PROTOCOL_MARK, PSEUDO, SCHEME_MARK } from './field-mark.ts';

const OK = 0;

/** Longer than any host with its port; the rest is for `isAuthority`. */
const AUTHORITY_BYTES_MAX = 300;

const METHOD = bit(METHOD_MARK);
const SCHEME = bit(SCHEME_MARK);
const AUTHORITY = bit(AUTHORITY_MARK);
const PATH = bit(PATH_MARK);
const PROTOCOL = bit(PROTOCOL_MARK);

export class PseudoFields {
  authority = '';
  /** Whether `:protocol` asks for a WebSocket (RFC 8441). */
  isWebSocket = false;
  /** Bits of those that have come. */
  #seen = 0;

  clear(): void {
    this.authority = '';
    this.isWebSocket = false;
    this.#seen = 0;
  }

  get hasAuthority(): boolean {
    return (this.#seen & AUTHORITY) !== 0;
  }

  get hasPath(): boolean {
    return (this.#seen & PATH) !== 0;
  }

  /** Reads one with the value `bytes[start, end)`; method and target go to the head. Returns 0 or a fault. */
  read(
    mark: number,
    bytes: Buffer,
    start: number,
    end: number,
    head: RequestHead,
    targetBytesMax: number,
  ): number {
    if ((this.#seen & bit(mark)) !== 0) return BAD_PSEUDO_FIELD;
    this.#seen |= bit(mark);
    switch (mark) {
      case METHOD_MARK:
        return readMethod(bytes, start, end, head);
      case PATH_MARK:
        return readPath(bytes, start, end, head, targetBytesMax);
      case AUTHORITY_MARK:
        if (end - start > AUTHORITY_BYTES_MAX) return BAD_HOST;
        this.authority = sliceLatin1(bytes, start, end);
        return OK;
      case SCHEME_MARK:
        return isHttpScheme(bytes, start, end) ? OK : BAD_PSEUDO_FIELD;
      case PROTOCOL_MARK:
        this.isWebSocket = end - start === 9 && spells(bytes, start, 'websocket');
        return OK;
      default:
        return BAD_PSEUDO_FIELD;
    }
  }

  /**
   * Judges which have come, all being there: by the method that is one set or another (RFC 9113 sections 8.3.1 and
   * 8.5, RFC 8441 section 4). An extended CONNECT becomes the GET that it stands for.
   */
  judge(head: RequestHead, servesWebSocket: boolean): number {
    const place = this.#seen & (SCHEME | PATH);
    const hasProtocol = (this.#seen & PROTOCOL) !== 0;
    if ((this.#seen & METHOD) === 0 || (hasProtocol && !servesWebSocket)) return BAD_PSEUDO_FIELD;
    if (head.method !== 'CONNECT') {
      return place === (SCHEME | PATH) && !hasProtocol ? OK : BAD_PSEUDO_FIELD;
    }
    if (!hasProtocol) {
      if (place !== 0 || !this.hasAuthority) return BAD_PSEUDO_FIELD;
      head.target = this.authority;
      return METHOD_NOT_SERVED;
    }
    if (place !== (SCHEME | PATH)) return BAD_PSEUDO_FIELD;
    if (!this.isWebSocket) return METHOD_NOT_SERVED;
    head.method = 'GET';
    head.extendedConnect = true;
    return OK;
  }
}

function bit(mark: number): number {
  return 1 << (mark - PSEUDO);
}

function readMethod(bytes: Buffer, start: number, end: number, head: RequestHead): number {
  if (start === end || end - start > METHOD_BYTES_MAX) return BAD_METHOD;
  for (let at = start; at < end; at++) if (TOKEN[bytes[at]!] === 0) return BAD_METHOD;
  head.method = methodOf(bytes, start, end);
  return OK;
}

/** `:path` is a target in origin form, or `*`, which only OPTIONS may ask for. */
function readPath(
  bytes: Buffer,
  start: number,
  end: number,
  head: RequestHead,
  targetBytesMax: number,
): number {
  if (end - start > targetBytesMax) return TARGET_TOO_LONG;
  const isAsterisk = end - start === 1 && bytes[start] === 0x2a;
  if (start === end || (bytes[start] !== 0x2f && !isAsterisk)) return BAD_TARGET;
  for (let at = start; at < end; at++) if (TARGET[bytes[at]!] === 0) return BAD_TARGET;
  head.target = sliceLatin1(bytes, start, end);
  return OK;
}

function isHttpScheme(bytes: Buffer, start: number, end: number): boolean {
  if (end - start === 4) return spells(bytes, start, 'http');
  return end - start === 5 && spells(bytes, start, 'https');
}
