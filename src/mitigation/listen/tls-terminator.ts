/**
 * TLS on sockets that admission has let in.
 *
 * The server never listens: raw connections are handed to it, so that nothing of TLS is spent on a refused
 * one. A secured socket finds its ticket by its addresses and port, which no other open connection has. A handshake that fails or takes too long ends the raw connection.
 */
import type { Socket } from 'node:net';
import {
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
  type TlsOptions as TlsServerOptions,
} from 'node:tls';
import type { Client } from '../client.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { Admission, Ticket } from './admission.ts';

export interface TlsOptions {
  readonly certPem: string;
  readonly keyPem: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
}

interface Handshake {
  readonly raw: Socket;
  readonly ticket: Ticket;
}

export class TlsTerminator {
  readonly #server: Server;
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  readonly #handshakes = new Map<string, Handshake>();
  readonly #onSecure: (socket: TLSSocket, ticket: Ticket) => void;

  constructor(
    options: TlsOptions,
    context: TrafficContext,
    admission: Admission,
    onSecure: (socket: TLSSocket, ticket: Ticket) => void,
  ) {
    this.#context = context;
    this.#admission = admission;
    this.#onSecure = onSecure;
    this.#server = createServer(serverOptions(options));
    this.#server.on('secureConnection', (socket) => this.#secured(socket));
    // The raw connection's own end does the counting; without a listener some runtimes would throw.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Certificates for handshakes from now on; open connections keep theirs. */
  renew(options: TlsOptions): void {
    this.#server.setSecureContext(secureOptions(options));
  }

  get handshaking(): number {
    return this.#handshakes.size;
  }

  /** Starts the handshake on an admitted connection. */
  start(raw: Socket, ticket: Ticket): void {
    const key = connectionKey(raw);
    // Until the handshake is done, a client that ends its side has gone; on Node only the raw socket would tell.
    raw.allowHalfOpen = false;
    this.#handshakes.set(key, { raw, ticket });
    raw.on('close', () => this.#closed(key, ticket));
    this.#server.emit('connection', raw);
  }

  /** Ends handshakes that take too long; called a few times a second. */
  sweep(nowMs: number): void {
    for (const [key, { raw, ticket }] of this.#handshakes) {
      if (ticket.handshakeDeadlineMs > nowMs) continue;
      this.#handshakes.delete(key);
      this.#context.observer.handshakeFailed('handshake_timeout');
      this.#admission.release(ticket);
      raw.destroy();
    }
  }

  /** Ends the handshakes of the clients that `isUnwanted` says. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    for (const { raw, ticket } of this.#handshakes.values()) {
      if (isUnwanted(ticket.client)) raw.destroy();
    }
  }

  #secured(socket: TLSSocket): void {
    this.#context.clock.tick();
    socket.allowHalfOpen = true;
    const key = connectionKey(socket);
    const handshake = this.#handshakes.get(key);
    socket.on('error', () => socket.destroy());
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    this.#handshakes.delete(key);
    this.#admission.handshakeEnded(handshake.ticket);
    this.#context.observer.handshakeDone(socket.getProtocol(), socket.isSessionReused());
    this.#onSecure(socket, handshake.ticket);
  }

  /** From the end of the handshake on, the secured socket's end counts, not the raw one's. */
  #closed(key: string, ticket: Ticket): void {
    const handshake = this.#handshakes.get(key);
    if (handshake?.ticket !== ticket) return;
    this.#handshakes.delete(key);
    this.#context.observer.handshakeFailed('handshake_failed');
    this.#admission.release(ticket);
  }
}

/** What tells a connection from all others of this process, on the raw and on the secured socket alike. */
function connectionKey({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress}|${remoteAddress}|${remotePort}`;
}

/** A client may end its side and still read the answer; the type definitions of TLS leave that option out. */
type ServerOptions = TlsServerOptions & { readonly allowHalfOpen: boolean };

function serverOptions(options: TlsOptions): ServerOptions {
  return { ...secureOptions(options), ALPNProtocols: ['http/1.1'], allowHalfOpen: true };
}

/**
 * Forward-secret AEAD suites only (RFC 9325 §4.2). Renegotiation and compression are off in both runtimes'
 * libraries; tickets stay on, for they are what makes a second connection cheap.
 */
function secureOptions(options: TlsOptions): SecureContextOptions {
  return {
    cert: options.certPem,
    key: options.keyPem,
    minVersion: options.minVersion,
    maxVersion: options.maxVersion,
    ciphers: CIPHERS,
    honorCipherOrder: false,
  };
}

const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');
