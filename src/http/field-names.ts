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
/** Credentials and what tells how to read the body: a Connection option must never be able to remove them. */
export const PROTECTED = 19;
export const VIA = 20;
/**
 * A field that the node writes itself, spelled with an underscore. Origins that make variables of field names read
 * both spellings as one, and no proxy writes it so.
 */
export const ALIAS = 21;
/** What the node says about the certificate of a client; nobody else may say it. */
export const CLIENT_CERTIFICATE = 22;

/** The kind of the name in `bytes[start, end)`, which holds only token octets. */
export function classifyFieldName(bytes: Uint8Array, start: number, end: number): number {
  switch (end - start) {
    case 2:
      return spells(bytes, start, 'te') ? TE : OTHER;
    case 3:
      return spells(bytes, start, 'via') ? VIA : OTHER;
    case 4:
      return spells(bytes, start, 'host') ? HOST : OTHER;
    case 5:
      // Gateways make HTTP_PROXY of it, which tools take for their own proxy setting; no field of the standard.
      return spells(bytes, start, 'proxy') ? ALIAS : OTHER;
    case 6:
      if (spells(bytes, start, 'cookie')) return PROTECTED;
      return spells(bytes, start, 'expect') ? EXPECT : OTHER;
    case 7:
      if (spells(bytes, start, 'upgrade')) return UPGRADE;
      return spells(bytes, start, 'trailer') ? TRAILER : OTHER;
    case 9:
      if (spells(bytes, start, 'forwarded')) return FORWARDED;
      return (
        isOrAlias(bytes, start, 'x-real-ip', FORWARDED) || isOrAlias(bytes, start, 'client-ip', FORWARDED)
      );
    case 10:
      if (spells(bytes, start, 'connection')) return CONNECTION;
      return spells(bytes, start, 'keep-alive') ? KEEP_ALIVE : OTHER;
    case 11:
      return (
        isOrAlias(bytes, start, 'x-client-ip', FORWARDED) || isOrAlias(bytes, start, 'x-forwarded', FORWARDED)
      );
    case 12:
      if (spells(bytes, start, 'content-type')) return PROTECTED;
      if (spells(bytes, start, 'max-forwards')) return MAX_FORWARDS;
      return isOrAlias(bytes, start, 'x-request-id', X_REQUEST_ID) || classifyForwarded(bytes, start, end);
    case 13:
      if (spells(bytes, start, 'authorization')) return PROTECTED;
      return classifyForwarded(bytes, start, end);
    case 14:
      if (spells(bytes, start, 'http2-settings')) return HTTP2_SETTINGS;
      return (
        isOrAlias(bytes, start, 'content-length', CONTENT_LENGTH) ||
        isOrAlias(bytes, start, 'true-client-ip', FORWARDED) ||
        classifyForwarded(bytes, start, end)
      );
    case 15:
      if (spells(bytes, start, 'x-forwarded-for')) return X_FORWARDED_FOR;
      return classifyForwarded(bytes, start, end);
    case 16:
      if (spells(bytes, start, 'proxy-connection')) return PROXY_CONNECTION;
      if (spells(bytes, start, 'content-encoding')) return PROTECTED;
      return isOrAlias(bytes, start, 'cf-connecting-ip', FORWARDED) || classifyForwarded(bytes, start, end);
    case 17:
      if (spells(bytes, start, 'sec-websocket-key')) return SEC_WEBSOCKET_KEY;
      return (
        isOrAlias(bytes, start, 'transfer-encoding', TRANSFER_ENCODING) ||
        classifyForwarded(bytes, start, end)
      );
    case 19:
      return (
        isOrAlias(bytes, start, 'x-cluster-client-ip', FORWARDED) || classifyForwarded(bytes, start, end)
      );
    case 20:
      if (spells(bytes, start, 'sec-websocket-accept')) return SEC_WEBSOCKET_ACCEPT;
      return classifyForwarded(bytes, start, end);
    case 21:
      if (spells(bytes, start, 'sec-websocket-version')) return SEC_WEBSOCKET_VERSION;
      return classifyForwarded(bytes, start, end);
    default:
      return classifyForwarded(bytes, start, end);
  }
}

const FORWARDED_PREFIX = 'x-forwarded-';
const CLIENT_CERTIFICATE_PREFIX = 'x-client-certificate';

/** Any `X-Forwarded-…`, of whatever length, and any `X-Client-Certificate…` in either spelling. */
function classifyForwarded(bytes: Uint8Array, start: number, end: number): number {
  if (
    end - start >= CLIENT_CERTIFICATE_PREFIX.length &&
    isOrAlias(bytes, start, CLIENT_CERTIFICATE_PREFIX, CLIENT_CERTIFICATE) !== OTHER
  ) {
    return CLIENT_CERTIFICATE;
  }
  const suffix = start + FORWARDED_PREFIX.length;
  if (end < suffix) return OTHER;
  const found = isOrAlias(bytes, start, FORWARDED_PREFIX, FORWARDED);
  if (found !== FORWARDED) return found;
  for (let at = suffix; at < end; at++) if (bytes[at] === UNDERSCORE) return ALIAS;
  return FORWARDED;
}

/** Whether the octets from `start` spell `lower` without regard to case; hyphens and letters only. */
export function spells(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if ((bytes[start + i]! | 0x20) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

const UNDERSCORE = 0x5f;
const HYPHEN = 0x2d;

/** `kind` where the octets from `start` spell `lower`, ALIAS where underscores stand for its hyphens, else OTHER. */
function isOrAlias(bytes: Uint8Array, start: number, lower: string, kind: number): number {
  let found = kind;
  for (let i = 0; i < lower.length; i++) {
    const octet = bytes[start + i]!;
    const wanted = lower.charCodeAt(i);
    if ((octet | 0x20) === wanted) continue;
    if (octet !== UNDERSCORE || wanted !== HYPHEN) return OTHER;
    found = ALIAS;
  }
  return found;
}
