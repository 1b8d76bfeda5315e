/**
 * What the fields of a request mean for its reading: authority, framing, persistence, expectation, upgrade.
 *
 * Framing is decided here and nowhere else (RFC 9112 §6). The rule is refusal: a Content-Length that is not
 * one plain number, a Transfer-Encoding that is not exactly one `chunked`, or both at once end the
 * connection, because some other parser on the path may choose the other reading.
 */

import { isAuthority } from './authority.ts';
import {
  BAD_CONNECTION,
  BAD_CONTENT_LENGTH,
  BAD_EXPECTATION,
  BAD_HOST,
  BAD_TARGET,
  BAD_TRANSFER_ENCODING,
  BAD_UPGRADE,
  BODY_NOT_ALLOWED,
  CONFLICTING_FRAMING,
  METHOD_NOT_SERVED,
  UPGRADE_VERSION,
} from './faults.ts';
import * as kind from './field-names.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, readTransferEncoding } from './framing.ts';
import { isToken } from './octets.ts';
import type { RequestHead } from './request-head.ts';
import { hasOption, trimOws } from './token-list.ts';

const OK = 0;

/** Flags of the Connection options that a proxy acts on. */
const OPTION_CLOSE = 1;
const OPTION_KEEP_ALIVE = 2;
const OPTION_UPGRADE = 4;

/** Interprets the fields that `parseFields` found. Returns 0 or a fault. */
export function readRequestSemantics(head: RequestHead): number {
  const fields = head.fields;
  const kinds = fields.kinds;
  let hostIndex = -1;
  let lengthIndex = -1;
  let codingIndex = -1;
  let upgradeIndex = -1;
  let keyIndex = -1;
  let versionIndex = -1;
  let options = 0;

  for (let i = 0; i < fields.count; i++) {
    switch (kinds[i]) {
      case kind.OTHER:
        break;
      case kind.HOST:
        if (hostIndex !== -1) return BAD_HOST;
        hostIndex = i;
        break;
      case kind.CONTENT_LENGTH:
        if (lengthIndex !== -1) return BAD_CONTENT_LENGTH;
        lengthIndex = i;
        break;
      case kind.TRANSFER_ENCODING:
        if (codingIndex !== -1) return BAD_TRANSFER_ENCODING;
        codingIndex = i;
        break;
      case kind.CONNECTION: {
        const found = readConnection(fields.value(i), head);
        if (found < 0) return found;
        options |= found;
        break;
      }
      case kind.EXPECT: {
        const fault = readExpect(fields.value(i), head);
        if (fault < 0) return fault;
        break;
      }
      case kind.UPGRADE:
        if (hasOption(fields.value(i), 'websocket')) upgradeIndex = i;
        break;
      case kind.SEC_WEBSOCKET_KEY:
        keyIndex = keyIndex === -1 ? i : -2;
        break;
      case kind.SEC_WEBSOCKET_VERSION:
        versionIndex = versionIndex === -1 ? i : -2;
        break;
      case kind.MAX_FORWARDS:
        head.maxForwards = leastForwards(head.maxForwards, fields.value(i));
        break;
    }
  }

  const persistent = head.minorVersion === 1 || (options & OPTION_KEEP_ALIVE) !== 0;
  head.keepAlive = persistent && (options & OPTION_CLOSE) === 0;

  const framingFault = readFraming(head, lengthIndex, codingIndex);
  if (framingFault < 0) return framingFault;
  const authorityFault = readAuthority(head, hostIndex);
  if (authorityFault < 0) return authorityFault;
  if (head.method === 'CONNECT' || head.method === 'TRACE') {
    return head.framing === BODY_NONE ? METHOD_NOT_SERVED : BODY_NOT_ALLOWED;
  }
  if (upgradeIndex !== -1 && (options & OPTION_UPGRADE) !== 0 && head.minorVersion === 1) {
    return readWebSocket(head, keyIndex, versionIndex);
  }
  return OK;
}

function readFraming(head: RequestHead, lengthIndex: number, codingIndex: number): number {
  if (codingIndex !== -1) {
    if (lengthIndex !== -1) return CONFLICTING_FRAMING;
    if (head.minorVersion === 0) return BAD_TRANSFER_ENCODING;
    const fault = readTransferEncoding(head.fields.value(codingIndex));
    if (fault < 0) return fault;
    head.framing = BODY_CHUNKED;
  } else if (lengthIndex !== -1) {
    const length = head.fields.valueAsLength(lengthIndex);
    if (length < 0) return BAD_CONTENT_LENGTH;
    head.contentLength = length;
    head.framing = length === 0 ? BODY_NONE : BODY_LENGTH;
  }
  return OK;
}

/** Returns the flags of known options; notes on the head that there are others. */
function readConnection(value: string, head: RequestHead): number {
  if (value === 'keep-alive') return OPTION_KEEP_ALIVE;
  if (value === 'close') return OPTION_CLOSE;
  let flags = 0;
  for (const part of value.split(',')) {
    const option = trimOws(part).toLowerCase();
    if (option === '') continue;
    if (!isToken(option)) return BAD_CONNECTION;
    if (option === 'close') flags |= OPTION_CLOSE;
    else if (option === 'keep-alive') flags |= OPTION_KEEP_ALIVE;
    else if (option === 'upgrade') flags |= OPTION_UPGRADE;
    else head.hasConnectionOptions = true;
  }
  return flags;
}

/** RFC 9110 §10.1.1: ignored from HTTP/1.0, and anything but `100-continue` cannot be met. */
function readExpect(value: string, head: RequestHead): number {
  if (head.minorVersion === 0) return OK;
  if (head.expectContinue || value.toLowerCase() !== '100-continue') return BAD_EXPECTATION;
  head.expectContinue = true;
  return OK;
}

/** The most that is forwarded of a larger Max-Forwards (RFC 9110 §7.6.2). */
const MAX_FORWARDS_MAX = 999_999_999;

/** What one more Max-Forwards field makes of what the ones before it said, of which -1 is nothing. */
function leastForwards(before: number, value: string): number {
  if (!/^[0-9]+$/.test(value)) return before;
  const forwards = Math.min(Number(value), MAX_FORWARDS_MAX);
  return before === -1 ? forwards : Math.min(before, forwards);
}

/** Host and the target's form (RFC 9112 §3.2). An absolute target becomes an origin-form one here. */
function readAuthority(head: RequestHead, hostIndex: number): number {
  if (hostIndex === -1) {
    if (head.minorVersion === 1) return BAD_HOST;
    head.host = '';
  } else {
    head.host = head.fields.value(hostIndex);
    if (head.host !== '' && !isAuthority(head.host)) return BAD_HOST;
  }
  const first = head.target.charCodeAt(0);
  if (first === 0x2f) return OK;
  if (head.target === '*') return head.method === 'OPTIONS' ? OK : BAD_TARGET;
  if (head.method === 'CONNECT') return OK;
  return readAbsoluteTarget(head);
}

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;

function readAbsoluteTarget(head: RequestHead): number {
  const match = ABSOLUTE.exec(head.target);
  if (match === null) return BAD_TARGET;
  const authority = match[1]!;
  const rest = match[2]!;
  if (authority === '' || !isAuthority(authority)) return BAD_TARGET;
  head.absolute = true;
  head.host = authority;
  if (rest === '') head.target = head.method === 'OPTIONS' ? '*' : '/';
  else head.target = rest.startsWith('/') ? rest : `/${rest}`;
  return OK;
}

/** Sixteen octets in base64 are 22 digits and two signs of padding. */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;

/** RFC 6455 §4.2.1. */
function readWebSocket(head: RequestHead, keyIndex: number, versionIndex: number): number {
  if (head.method !== 'GET' || head.framing !== BODY_NONE) return BAD_UPGRADE;
  if (keyIndex < 0 || versionIndex === -2) return BAD_UPGRADE;
  const key = head.fields.value(keyIndex);
  if (!WEBSOCKET_KEY.test(key)) return BAD_UPGRADE;
  if (versionIndex === -1 || head.fields.value(versionIndex) !== '13') return UPGRADE_VERSION;
  head.webSocketKey = key;
  return OK;
}
