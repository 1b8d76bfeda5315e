/** Who is at the other end of a connection, as far as a certificate says so. */
import type { TLSSocket } from 'node:tls';

export type TlsPeer =
  /** Without a certificate: a person, a program, or a node that is yet to be enrolled. */
  | { readonly kind: 'anonymous' }
  /** With a certificate of the fleet's authority. Whether it still admits is for the ledger to say. */
  | { readonly kind: 'node'; readonly nodeId: string; readonly serial: string }
  /** With a certificate that is expired or somebody else's. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What a listener tells about a request beside the request. */
export interface RequestBindings {
  /** Missing where the connection has no TLS. */
  readonly peer?: TlsPeer;
}

const REASON_CHARACTERS_MAX = 64;

/** Reads what the handshake on a socket has found out. */
export function peerOf(socket: object): TlsPeer | undefined {
  if (!isSecured(socket)) return undefined;
  const certificate = socket.getPeerCertificate();
  const { subject, serialNumber } = certificate ?? {};
  if (subject === undefined || serialNumber === undefined) return { kind: 'anonymous' };
  if (!socket.authorized) {
    return { kind: 'refused', reason: String(socket.authorizationError).slice(0, REASON_CHARACTERS_MAX) };
  }
  // A subject with two names is none that this authority has issued.
  if (typeof subject.CN !== 'string') return { kind: 'refused', reason: 'UNEXPECTED_SUBJECT' };
  return { kind: 'node', nodeId: subject.CN.toLowerCase(), serial: serialNumber.toLowerCase() };
}

function isSecured(socket: object): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted === true && 'getPeerCertificate' in socket;
}
