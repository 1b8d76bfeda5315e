/**
 * What a TLS client says first (RFC 8446 section 4.1.2), read without any of the work that a handshake costs.
 *
 *     legacy version | random | session id | cipher suites | compression | extensions
 *
 * Only what the node decides by is taken out: which server is meant, which protocols may follow, and the numbers that
 * make a fingerprint. Everything else is stepped over, unknown extensions and GREASE (RFC 8701) among it; the library
 * that does the handshake judges it. One pass, linear in the octets; nothing throws, and a length that does not
 * fit is a fault.
 */
import { fail, ok, type Result } from '../core/result.ts';

export interface ClientHello {
  readonly legacyVersion: number;
  /** Numbers as they came, GREASE among them. */
  readonly cipherSuites: Uint16Array;
  readonly extensions: Uint16Array;
  /** Empty where the extension is absent. */
  readonly supportedVersions: Uint16Array;
  readonly signatureAlgorithms: Uint16Array;
  /** Protocols in the client's order, as text of octets; null where the extension is absent. */
  readonly protocols: readonly string[] | null;
  /** The name as it came, as text of octets; null where the extension is absent or names no host. */
  readonly serverName: string | null;
}

/** Octets are missing or left over somewhere; or an extension that must be there once is there twice. */
export type HelloFault = 'malformed' | 'repeated';

export const EXTENSION_SERVER_NAME = 0;
export const EXTENSION_SIGNATURE_ALGORITHMS = 13;
export const EXTENSION_PROTOCOLS = 16;
export const EXTENSION_SUPPORTED_VERSIONS = 43;

const RANDOM_BYTES = 32;
const SESSION_ID_BYTES_MAX = 32;
const NONE = new Uint16Array(0);

/** Values that clients throw in so that nobody relies on knowing them all (RFC 8701 section 2). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/** Reads the body of a ClientHello, which is `bytes[start, end)`: the message without its type and length. */
export function parseClientHello(
  bytes: Uint8Array,
  start: number,
  end: number,
): Result<ClientHello, HelloFault> {
  const sessionId = start + 2 + RANDOM_BYTES;
  if (sessionId >= end || bytes[sessionId]! > SESSION_ID_BYTES_MAX) return fail('malformed');
  const ciphers = sessionId + 1 + bytes[sessionId]!;
  const ciphersEnd = vectorEnd(bytes, ciphers, 2, end);
  if (ciphersEnd < 0 || (ciphersEnd - ciphers) % 2 !== 0) return fail('malformed');
  const compressionEnd = vectorEnd(bytes, ciphersEnd, 1, end);
  if (compressionEnd < 0) return fail('malformed');
  const found = new HelloExtensions();
  if (compressionEnd < end) {
    // Before TLS 1.3 the extensions could be left out altogether; what stands there must fill the message.
    if (vectorEnd(bytes, compressionEnd, 2, end) !== end) return fail('malformed');
    const fault = found.read(bytes, compressionEnd + 2, end);
    if (fault !== null) return fail(fault);
  }
  return ok({
    legacyVersion: word(bytes, start),
    cipherSuites: words(bytes, ciphers + 2, ciphersEnd),
    extensions: Uint16Array.from(found.types),
    supportedVersions: found.supportedVersions,
    signatureAlgorithms: found.signatureAlgorithms,
    protocols: found.protocols,
    serverName: found.serverName,
  });
}

class HelloExtensions {
  readonly types: number[] = [];
  supportedVersions: Uint16Array = NONE;
  signatureAlgorithms: Uint16Array = NONE;
  protocols: readonly string[] | null = null;
  serverName: string | null = null;
  /** Types among the first 64 that were seen, as bits: the ones that are read must not come twice. */
  #seenLow = 0;
  #seenHigh = 0;

  read(bytes: Uint8Array, start: number, end: number): HelloFault | null {
    for (let at = start; at < end; ) {
      const next = vectorEnd(bytes, at + 2, 2, end);
      if (next < 0) return 'malformed';
      const type = word(bytes, at);
      if (this.#isRepeated(type)) return 'repeated';
      this.types.push(type);
      const fault = this.#readOne(type, bytes, at + 4, next);
      if (fault !== null) return fault;
      at = next;
    }
    return null;
  }

  #readOne(type: number, bytes: Uint8Array, start: number, end: number): HelloFault | null {
    switch (type) {
      case EXTENSION_SERVER_NAME:
        return this.#readServerName(bytes, start, end);
      case EXTENSION_PROTOCOLS:
        return this.#readProtocols(bytes, start, end);
      case EXTENSION_SIGNATURE_ALGORITHMS:
        if (vectorEnd(bytes, start, 2, end) !== end || (end - start) % 2 !== 0) return 'malformed';
        this.signatureAlgorithms = words(bytes, start + 2, end);
        return null;
      case EXTENSION_SUPPORTED_VERSIONS:
        if (vectorEnd(bytes, start, 1, end) !== end || (end - start) % 2 !== 1) return 'malformed';
        this.supportedVersions = words(bytes, start + 1, end);
        return null;
      default:
        return null;
    }
  }

  /** A list of names with their types, of which only type 0, the host, was ever defined (RFC 6066 section 3). */
  #readServerName(bytes: Uint8Array, start: number, end: number): HelloFault | null {
    if (vectorEnd(bytes, start, 2, end) !== end) return 'malformed';
    for (let at = start + 2; at < end; ) {
      const next = vectorEnd(bytes, at + 1, 2, end);
      if (next < 0) return 'malformed';
      if (bytes[at] === 0) {
        if (this.serverName !== null) return 'repeated';
        if (next === at + 3) return 'malformed';
        this.serverName = latin1(bytes, at + 3, next);
      }
      at = next;
    }
    return null;
  }

  #readProtocols(bytes: Uint8Array, start: number, end: number): HelloFault | null {
    if (vectorEnd(bytes, start, 2, end) !== end) return 'malformed';
    const protocols: string[] = [];
    for (let at = start + 2; at < end; ) {
      const next = vectorEnd(bytes, at, 1, end);
      if (next < 0 || next === at + 1) return 'malformed';
      protocols.push(latin1(bytes, at + 1, next));
      at = next;
    }
    this.protocols = protocols;
    return null;
  }

  #isRepeated(type: number): boolean {
    if (type >= 64) return false;
    const bit = 1 << (type & 31);
    const seen = type < 32 ? this.#seenLow : this.#seenHigh;
    if (type < 32) this.#seenLow |= bit;
    else this.#seenHigh |= bit;
    return (seen & bit) !== 0;
  }
}

/** Where a vector ends whose length, in `size` octets, stands at `at`; -1 where it does not fit before `end`. */
function vectorEnd(bytes: Uint8Array, at: number, size: 1 | 2, end: number): number {
  if (at + size > end) return -1;
  const next = at + size + (size === 1 ? bytes[at]! : word(bytes, at));
  return next > end ? -1 : next;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function words(bytes: Uint8Array, start: number, end: number): Uint16Array {
  const found = new Uint16Array((end - start) >> 1);
  for (let i = 0; i < found.length; i++) found[i] = word(bytes, start + 2 * i);
  return found;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
