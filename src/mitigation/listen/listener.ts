/**
 * The door of one worker: accept, admit, secure, and hand over to HTTP.
 *
 * All workers listen on the same address (SO_REUSEPORT) and the kernel spreads connections over them. A
 * refusal closes the socket in the same turn in which it was accepted.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { Client } from '../client.ts';
import { ClientConnection, type ConnectionEnd } from '../http1/client-connection.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { Admission, type Ticket } from './admission.ts';
import { ConnectionRegistry } from './connection-registry.ts';
import { type TlsOptions, TlsTerminator } from './tls-terminator.ts';

/** Connections that the kernel may hold for one worker before it accepts them. */
const BACKLOG = 4096;

export class Listener implements ConnectionEnd {
  readonly connections: ConnectionRegistry = new ConnectionRegistry();
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  readonly #tls: TlsTerminator | null;
  readonly #server: Server;
  readonly #tickets = new Map<ClientConnection, Ticket>();

  constructor(context: TrafficContext, units: ConnectionUnits, tls: TlsOptions | null) {
    this.#context = context;
    this.#admission = new Admission(context, units, tls !== null);
    this.#tls =
      tls === null
        ? null
        : new TlsTerminator(tls, context, this.#admission, (socket, ticket) => this.#serve(socket, ticket));
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (raw) => this.#accept(raw));
  }

  /** Opens the listening socket; resolves with the port, rejects where the address cannot be had. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: BACKLOG, reusePort: true }, () => {
        this.#server.off('error', reject);
        // A failed accept (no descriptors left) must not end the worker; the kernel keeps the connection.
        this.#server.on('error', (error) => this.#context.observer.unexpected(error));
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  get handshaking(): number {
    return this.#tls?.handshaking ?? 0;
  }

  renewCertificate(tls: TlsOptions): void {
    this.#tls?.renew(tls);
  }

  /** Takes no more connections; those that are open finish. */
  stopAccepting(): void {
    this.#server.close();
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    this.#tls?.sweep(nowMs);
    this.connections.each((connection) => connection.sweep(nowMs));
  }

  /** Ends all connections of the clients that `isUnwanted` says, also those still in their handshake. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    this.#tls?.endClients(isUnwanted);
    this.connections.each((connection) => {
      if (isUnwanted(connection.client)) connection.destroy();
    });
  }

  connectionEnded(connection: ClientConnection): void {
    const ticket = this.#tickets.get(connection);
    if (ticket === undefined) return;
    this.#tickets.delete(connection);
    this.connections.remove(connection);
    this.#admission.release(ticket);
    this.#context.observer.connectionClosed();
  }

  #accept(raw: Socket): void {
    this.#context.clock.tick();
    raw.on('error', () => raw.destroy());
    const ticket = this.#admission.admit(raw.remoteAddress);
    if (typeof ticket === 'string') {
      this.#context.observer.connectionRefused(ticket, raw.remoteAddress ?? '');
      raw.destroy();
    } else if (this.#tls === null) {
      this.#serve(raw, ticket);
    } else {
      this.#tls.start(raw, ticket);
    }
  }

  #serve(socket: Socket | TLSSocket, ticket: Ticket): void {
    if (this.#admission.isBanned(ticket)) {
      this.#context.observer.connectionRefused('banned', ticket.client.address);
      this.#admission.release(ticket);
      socket.destroy();
      return;
    }
    const secure = this.#tls !== null;
    const connection = new ClientConnection(
      socket,
      ticket.client,
      ticket.trusted,
      secure,
      this.#context,
      this,
    );
    this.#tickets.set(connection, ticket);
    this.connections.add(connection);
    this.#context.observer.connectionOpened();
    if (this.#context.draining) connection.drain();
  }
}
