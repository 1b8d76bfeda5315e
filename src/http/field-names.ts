/**
 * Field names that a proxy has to know, recognised from octets without making a string.
 *
 * The length picks the few candidates, a case-folding comparison decides. Everything else is OTHER and is
 * forwarded untouched.
 */

export const OTHER = 0;
export const HOST = 1;
export const CONTENT_LENGTH = 2;
export const TRANSFER_ENCODING = 3;
export const CONNECTION = 4;
export const KEEP_ALIVE = 5;
export const PROXY_CONNECTION = 6;
export const UPGRADE = 7;
export const TE = 8;
export const TRAILER = 9;
export const EXPECT = 10;
export const MAX_FORWARDS = 11;
/** Fields by which proxies tell who the client is, in any spelling that an origin might take for one. */
export const FORWARDED = 12;
export const X_FORWARDED_FOR = 13;
export const X_REQUEST_ID = 14;
export const HTTP2_SETTINGS = 15;
export const SEC_WEBSOCKET_KEY = 16;
export const SEC_WEBSOCKET_VERSION = 17;
export const SEC_WEBSOCKET_ACCEPT = 18;
/** Credentials and others that a Connection option must never be able to remove. */
export const PROTECTED = 19;
export const VIA = 20;

/** The kind of the name in `bytes[start, end)`, which holds only token octets. */
export function classifyFieldName(bytes: Uint8Array, start: number, end: number): number {
  switch (end - start) {
    case 2:
      return is(bytes, start, 'te') ? TE : OTHER;
    case 3:
      return is(bytes, start, 'via') ? VIA : OTHER;
    case 4:
      return is(bytes, start, 'host') ? HOST : OTHER;
    case 6:
      if (is(bytes, start, 'cookie')) return PROTECTED;
      return is(bytes, start, 'expect') ? EXPECT : OTHER;
    case 7:
      if (is(bytes, start, 'upgrade')) return UPGRADE;
      return is(bytes, start, 'trailer') ? TRAILER : OTHER;
    case 9:
      if (is(bytes, start, 'forwarded')) return FORWARDED;
      return isAlias(bytes, start, 'x-real-ip') ? FORWARDED : OTHER;
    case 10:
      if (is(bytes, start, 'connection')) return CONNECTION;
      return is(bytes, start, 'keep-alive') ? KEEP_ALIVE : OTHER;
    case 12:
      if (isAlias(bytes, start, 'x-request-id')) return X_REQUEST_ID;
      if (is(bytes, start, 'content-type')) return PROTECTED;
      return is(bytes, start, 'max-forwards') ? MAX_FORWARDS : classifyForwarded(bytes, start, end);
    case 13:
      if (is(bytes, start, 'authorization')) return PROTECTED;
      return classifyForwarded(bytes, start, end);
    case 14:
      if (is(bytes, start, 'content-length')) return CONTENT_LENGTH;
      if (is(bytes, start, 'http2-settings')) return HTTP2_SETTINGS;
      return classifyForwarded(bytes, start, end);
    case 15:
      if (is(bytes, start, 'x-forwarded-for')) return X_FORWARDED_FOR;
      return classifyForwarded(bytes, start, end);
    case 16:
      if (is(bytes, start, 'proxy-connection')) return PROXY_CONNECTION;
      return classifyForwarded(bytes, start, end);
    case 17:
      if (is(bytes, start, 'transfer-encoding')) return TRANSFER_ENCODING;
      if (is(bytes, start, 'sec-websocket-key')) return SEC_WEBSOCKET_KEY;
      return classifyForwarded(bytes, start, end);
    case 20:
      return is(bytes, start, 'sec-websocket-accept') ? SEC_WEBSOCKET_ACCEPT : OTHER;
    case 21:
      return is(bytes, start, 'sec-websocket-version') ? SEC_WEBSOCKET_VERSION : OTHER;
    default:
      return classifyForwarded(bytes, start, end);
  }
}

const FORWARDED_PREFIX = 'x-forwarded-';

/** Any `X-Forwarded-…`, also written with underscores: some origins read both as the same variable. */
function classifyForwarded(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < FORWARDED_PREFIX.length) return OTHER;
  return isAlias(bytes, start, FORWARDED_PREFIX) ? FORWARDED : OTHER;
}

/** Whether the octets from `start` spell `lower` without regard to case. */
function is(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if ((bytes[start + i]! | 0x20) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** Like `is`, and an underscore stands for a hyphen too. */
function isAlias(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const octet = bytes[start + i]!;
    const folded = octet === 0x5f ? 0x2d : octet | 0x20;
    if (folded !== lower.charCodeAt(i)) return false;
  }
  return true;
}
