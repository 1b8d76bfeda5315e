/**
 * The door of one worker: accept, admit, read the first octets, secure, and hand over to HTTP.
 *
 *   accept -> admission -> greeting (PROXY header, ClientHello or preface) -> TLS -> HTTP/1.1 or HTTP/2
 *
 * All workers listen on the same address (SO_REUSEPORT) and the kernel spreads connections over them. A
 * refusal closes the socket in the same turn in which it was accepted.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { ClientHello } from '../../tls/client-hello.ts';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import type { Client } from '../client.ts';
import { ConnectionFacts, type PeerFacts, type StreamRole } from '../exchange/connection-facts.ts';
import { ClientConnection } from '../http1/client-connection.ts';
import { Http2Connection } from '../http2/connection.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { Admission, type Ticket } from './admission.ts';
import { ConnectionRegistry } from './connection-registry.ts';
import { type AcceptedHello, type GreetingEnd, Greetings } from './greetings.ts';
import type { HelloJudgement } from './judge-hello.ts';
import { endsOf, plainPeer, type SecuredPeer, TlsPeer } from './peer-facts.ts';
import { steerByClient } from './session-affinity.ts';
import { TlsTerminator } from './tls-terminator.ts';

/**
 * Connections that the kernel may hold for one worker before it accepts them. Both runtimes accept all of them in one
 * turn, in which nobody else is served; so what a burst brings beyond that is left to come again.
 */
const BACKLOG = 512;

/** The system lacks descriptors or memory, or the client was faster: no fault of ours, and it passes. */
const PASSING_ACCEPT_ERRORS: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ECONNABORTED'];

export interface ListenerOptions {
  readonly role: StreamRole;
  /** Null for plain HTTP. */
  readonly tls: TlsPolicy | null;
  /** Keys for session tickets that all workers share; null where the runtime cannot share them. */
  readonly ticketKeys: Uint8Array | null;
}

export class Listener implements GreetingEnd {
  readonly connections: ConnectionRegistry;
  readonly #context: TrafficContext;
  readonly #role: StreamRole;
  readonly #admission: Admission;
  readonly #greetings: Greetings;
  readonly #tls: TlsTerminator | null;
  /** Null while no connections are taken. */
  #server: Server | null = null;
  /** Where it listened last: the port stays the same, also where the system has chosen it. */
  #port: number | null = null;

  constructor(context: TrafficContext, units: ConnectionUnits, { role, tls, ticketKeys }: ListenerOptions) {
    this.#context = context;
    this.#role = role;
    this.#admission = new Admission(context, units, tls !== null);
    this.connections = new ConnectionRegistry(context, this.#admission);
    this.#greetings = new Greetings(context, this.#admission, tls !== null, this);
    this.#tls =
      tls === null
        ? null
        : new TlsTerminator(tls, ticketKeys, context, this.#admission, (socket, ticket, peer) =>
            this.#secured(socket, ticket, peer),
          );
  }

  /** Brings the connections of each client address to one of the workers; rejects where that cannot be had. */
  async steerByClient(workers: number): Promise<void> {
    if (this.#server === null) return;
    const steered = await steerByClient(this.#server, workers);
    if (!steered.ok) throw new Error(steered.fault);
  }

  /**
   * Opens the listening socket, or opens it again at the port that it had; resolves with the port, rejects where the
   * address cannot be had.
   */
  async listen(host: string, port: number): Promise<number> {
    if (this.#server !== null) return this.#port ?? port;
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (raw) => this.#accept(raw));
    this.#port = await listenOn(server, host, this.#port ?? port);
    server.on('error', (error) => this.#acceptFailed(error));
    this.#server = server;
    return this.#port;
  }

  /** Connections that are not ready for a request yet. */
  get greeting(): number {
    return this.#greetings.size + (this.#tls?.handshaking ?? 0);
  }

  /** The redirect listener answers in HTTP/1.1 only, which every client speaks that it is there for. */
  get speaksHttp2(): boolean {
    return this.#role === 'site' && this.#context.snapshot.http2.enabled;
  }

  useTls(policy: TlsPolicy): void {
    this.#tls?.use(policy);
  }

  useCertificates(profiles: readonly TlsProfile[]): void {
    this.#tls?.useProfiles(profiles);
  }

  useTicketKeys(keys: Uint8Array): void {
    this.#tls?.useTicketKeys(keys);
  }

  /** Takes no more connections; those that are open finish. */
  stopAccepting(): void {
    this.#server?.close();
    this.#server = null;
    this.#greetings.drain();
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    this.#greetings.sweep(nowMs);
    this.#tls?.sweep(nowMs);
    this.connections.sweep(nowMs);
  }

  /** Ends all connections of the clients that `isUnwanted` says, also those still in their handshake. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    this.#greetings.endClients(isUnwanted);
    this.#tls?.endClients(isUnwanted);
    this.connections.endClients(isUnwanted);
  }

  judgeHello(hello: ClientHello, ticket: Ticket): HelloJudgement {
    return this.#tls!.judge(hello, ticket);
  }

  helloAccepted(raw: Socket, ticket: Ticket, accepted: AcceptedHello, octets: Buffer): void {
    this.#tls!.start(raw, ticket, accepted, octets);
  }

  plainReady(raw: Socket, ticket: Ticket, http2: boolean, octets: Buffer): void {
    if (octets.length > 0) raw.unshift(octets);
    this.#serve(raw, ticket, plainPeer(endsOf(raw, ticket.proxied)), http2);
    // The connection listens by now, so that nothing is read past it.
    raw.resume();
  }

  #accept(raw: Socket): void {
    const { clock, observer } = this.#context;
    clock.tick();
    raw.on('error', () => raw.destroy());
    if (!this.#admission.hasRoom) this.#makeRoom();
    const ticket = this.#admission.admit(raw.remoteAddress);
    if (typeof ticket === 'string') {
      observer.connectionRefused(ticket, raw.remoteAddress ?? '');
      raw.destroy();
      return;
    }
    try {
      this.#begin(raw, ticket);
    } catch (error) {
      observer.unexpected(error);
      this.#admission.release(ticket);
      raw.destroy();
    }
  }

  /**
   * An honest client says at once what it wants and is done with its handshake after a round trip. So who has owed us a
   * word for longest is the least likely to be honest, and makes room for whoever comes.
   */
  #makeRoom(): void {
    if (!this.#greetings.dropOldest()) this.#tls?.dropOldest();
  }

  #begin(raw: Socket, ticket: Ticket): void {
    const greets = this.#tls !== null || ticket.expectsHeader || this.speaksHttp2;
    if (greets) this.#greetings.start(raw, ticket);
    else this.#serve(raw, ticket, plainPeer(endsOf(raw, null)), false);
  }

  #secured(socket: TLSSocket, ticket: Ticket, peer: SecuredPeer): void {
    const facts = new TlsPeer(endsOf(socket, ticket.proxied), peer);
    this.#serve(socket, ticket, facts, socket.alpnProtocol === 'h2');
  }

  #acceptFailed(error: NodeJS.ErrnoException): void {
    const { observer } = this.#context;
    // It must not end the worker; the kernel keeps the connection, or the runtime has shed it.
    if (PASSING_ACCEPT_ERRORS.includes(error.code ?? '')) observer.connectionRefused('accept_failed', '');
    else observer.unexpected(error);
  }

  #serve(socket: Socket | TLSSocket, admitted: Ticket, peer: PeerFacts, http2: boolean): void {
    const context = this.#context;
    const ticket = this.#admission.current(admitted);
    if (this.#admission.isBanned(ticket)) {
      context.observer.connectionRefused('banned', ticket.client.address);
      this.#admission.release(ticket);
      socket.destroy();
      return;
    }
    const scheme = this.#tls === null ? 'http' : 'https';
    const facts = new ConnectionFacts(ticket.client, ticket.trusted, scheme, peer, this.#role);
    const connection = http2
      ? new Http2Connection(socket, facts, context, this.connections)
      : new ClientConnection(socket, facts, context, this.connections);
    this.connections.add(connection, ticket);
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG, reusePort: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
