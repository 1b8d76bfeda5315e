/** A TLS connection to the node from an address of one's own choice, without the comfort of `Wire`. */
import { connect, type TLSSocket } from 'node:tls';

export interface SecureTarget {
  readonly port: number;
  /** Local address: who the client is. */
  readonly from: string;
  readonly protocol: 'h2' | 'http/1.1';
}

/** Connects; the socket says `secureConnect` once it stands. */
export function openSecure({ port, from, protocol }: SecureTarget): TLSSocket {
  const where = { host: '127.0.0.1', port, localAddress: from };
  const socket = connect({ ...where, rejectUnauthorized: false, ALPNProtocols: [protocol] });
  socket.setNoDelay(true);
  return socket;
}
