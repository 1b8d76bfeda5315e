/**
 * The UDP side of the door: QUIC sessions are admitted once their handshake has told who they are, and become
 * connections that speak HTTP/3.
 *
 *   datagrams -> handshake (library) -> admission -> name -> HTTP/3
 *
 * The library tells a client's address only behind the handshake, so what comes before is bounded for all clients
 * together: by handshakes in progress, each with a deadline, and by sessions in all.
 */
import type { QuicEndpoint, QuicSession, QuicStream, SessionHandshakeInfo, SessionOptions } from 'node:quic';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { Reason } from '../../core/reasons.ts';
import { CertificateTable, DEFAULT_PROFILE, UNKNOWN_NAME } from '../../tls/certificate-table.ts';
import { canonicalServerName } from '../../tls/server-name.ts';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import type { Client } from '../client.ts';
import { ConnectionFacts } from '../exchange/connection-facts.ts';
import { Admission, type Ticket } from '../listen/admission.ts';
import { ConnectionRegistry } from '../listen/connection-registry.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { Http3Connection } from './connection.ts';
import { H3_REQUEST_REJECTED } from './error-codes.ts';
import type { Quic } from './quic-runtime.ts';
import { serverContexts } from './server-contexts.ts';

/** What a handshake agrees on; there is no older version. */
const TLS_VERSION = 'TLSv1.3';
/** Sessions may end a little later than they are given back. */
const SESSIONS_SLACK = 64;

export class Http3Listener {
  readonly connections: ConnectionRegistry;
  readonly #quic: Quic;
  readonly #context: TrafficContext;
  readonly #admission: Admission;
  /** Sessions in their handshake, and when it has to be done. */
  readonly #greeting = new Map<QuicSession, number>();
  #tls: TlsPolicy;
  #table: CertificateTable;
  #endpoint: QuicEndpoint | null = null;

  constructor(quic: Quic, context: TrafficContext, units: ConnectionUnits, tls: TlsPolicy) {
    this.#quic = quic;
    this.#context = context;
    this.#admission = new Admission(context, units, true);
    this.connections = new ConnectionRegistry(context, this.#admission);
    this.#tls = tls;
    this.#table = new CertificateTable(tls.profiles);
  }

  /** Sessions that are not ready for a request yet. */
  get greeting(): number {
    return this.#greeting.size;
  }

  /** Opens the UDP socket, or takes connections again; rejects with a sentence where the address cannot be had. */
  async listen(host: string, port: number): Promise<void> {
    if (this.#endpoint !== null) {
      this.#endpoint.busy = false;
      return;
    }
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const endpoint = await this.#quic.listen((session) => this.#accept(session), this.#options(address));
    // A socket that could not be bound is told of by an endpoint that is gone.
    if (endpoint?.address === undefined) {
      endpoint?.closed.catch(() => undefined);
      throw new Error(`http3: UDP ${address} cannot be used; is another node running?`);
    }
    endpoint.closed.catch((error: unknown) => this.#context.observer.unexpected(error));
    this.#endpoint = endpoint;
  }

  /** Another policy for handshakes from now on. */
  useTls(policy: TlsPolicy): void {
    this.#tls = policy;
    this.#table = new CertificateTable(policy.profiles);
    this.#endpoint?.setSNIContexts(serverContexts(policy), { replace: true });
  }

  useCertificates(profiles: readonly TlsProfile[]): void {
    this.useTls({ ...this.#tls, profiles });
  }

  /** Takes no more connections; those that are open finish, and handshakes, which nobody has to mean, do not. */
  stopAccepting(): void {
    if (this.#endpoint !== null) this.#endpoint.busy = true;
    for (const session of this.#greeting.keys()) session.destroy();
    this.#greeting.clear();
  }

  /** Gives the socket back, once nothing is served any more. */
  close(): void {
    this.#endpoint?.destroy();
    this.#endpoint = null;
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    for (const [session, deadlineMs] of this.#greeting) {
      if (deadlineMs > nowMs) continue;
      this.#greeting.delete(session);
      this.#context.observer.handshakeFailed('handshake_timeout');
      session.destroy();
    }
    this.connections.sweep(nowMs);
  }

  endClients(isUnwanted: (client: Client) => boolean): void {
    this.connections.endClients(isUnwanted);
  }

  #options(address: string): SessionOptions {
    const { snapshot } = this.#context;
    const { http3, admission, http } = snapshot;
    return {
      alpn: ['h3'],
      sni: serverContexts(this.#tls),
      endpoint: {
        address,
        maxConnectionsTotal: Math.min(65_535, admission.connectionsTotalMax + SESSIONS_SLACK),
      },
      // What comes before the handshake is over could be repeated by anybody (RFC 8470).
      enableEarlyData: false,
      handshakeTimeout: snapshot.handshakeTimeoutMs,
      application: {
        maxHeaderPairs: http3.headerPairsMax,
        maxHeaderLength: http3.headerBytesMax,
        maxFieldSectionSize: http.requestLimits.headerBytesMax + http.requestLimits.targetBytesMax,
        enableConnectProtocol: false,
        enableDatagrams: false,
      },
      transportParams: { initialMaxStreamsBidi: http3.concurrentStreamsMax },
    };
  }

  /** A client has begun a handshake, or somebody has sent what looks like it. */
  #accept(session: QuicSession): void {
    const { clock, observer, snapshot, draining } = this.#context;
    clock.tick();
    session.onerror = () => undefined;
    session.opened.catch(() => undefined);
    if (draining) {
      session.closed.catch(() => undefined);
      observer.connectionRefused('draining', '');
      session.destroy();
      return;
    }
    if (this.#greeting.size >= snapshot.admission.handshakesMax) this.#dropOldest();
    let connection: Http3Connection | null = null;
    this.#greeting.set(session, clock.nowMs() + snapshot.handshakeTimeoutMs);
    session.onstream = (stream) => {
      if (connection === null) discard(stream);
      else connection.open(stream);
    };
    session.onhandshake = (info) => {
      connection = this.#guard(() => this.#secured(session, info));
      if (connection === null && !session.destroyed) {
        session.destroy(undefined, { code: H3_REQUEST_REJECTED, type: 'application' });
      }
    };
    const closed = (): void => {
      if (this.#greeting.delete(session)) observer.handshakeFailed('handshake_failed');
      connection?.destroy();
    };
    session.closed.then(closed, closed);
  }

  /**
   * Makes room for a handshake: an honest one is done after a round trip, so the oldest of many is the least likely to
   * be. Datagrams with false addresses cost no more than a place here for as long as it takes to fill all of them.
   */
  #dropOldest(): void {
    const [oldest] = this.#greeting.keys();
    if (oldest === undefined) return;
    this.#greeting.delete(oldest);
    this.#context.observer.handshakeFailed('handshake_limit');
    oldest.destroy();
  }

  /** The handshake is done; null where the connection is not wanted. */
  #secured(session: QuicSession, info: SessionHandshakeInfo): Http3Connection | null {
    const { observer } = this.#context;
    if (!this.#greeting.delete(session)) return null;
    const { remote, local, servername } = info;
    const ticket = this.#admission.admit(remote.address);
    if (typeof ticket === 'string') {
      observer.connectionRefused(ticket, remote.address);
      return null;
    }
    this.#admission.handshakeEnded(ticket);
    const name = this.#judgeName(servername, ticket);
    if ('reason' in name) {
      observer.handshakeFailed(name.reason);
      this.#admission.release(ticket);
      return null;
    }
    const peer = {
      serverName: name.serverName,
      // The library shows no ClientHello to take a fingerprint of.
      ja4: '',
      lines: '',
      peerPort: remote.port,
      localAddress: local.address,
      localPort: local.port,
    };
    const facts = new ConnectionFacts(ticket.client, ticket.trusted, 'https', peer, 'site');
    const connection = new Http3Connection(session, facts, this.#context, this.connections);
    observer.handshakeDone(TLS_VERSION, false);
    this.connections.add(connection, ticket);
    return connection;
  }

  #judgeName(shown: string | undefined, ticket: Ticket): AcceptedName | { readonly reason: Reason } {
    // A sender of the PROXY protocol has no way to say whom it speaks for.
    if (ticket.expectsHeader) return { reason: 'proxy_header' };
    const serverName = canonicalServerName(shown ?? '') ?? '';
    const found = serverName === '' ? UNKNOWN_NAME : this.#table.find(serverName);
    if (found === UNKNOWN_NAME && this.#tls.strictNames) return { reason: 'unknown_name' };
    const certificateId = found === UNKNOWN_NAME ? DEFAULT_PROFILE : found;
    // Who has to show a certificate would not be asked for it here.
    const asked = this.#tls.profiles[certificateId]?.clientCertificates !== 'off';
    return asked ? { reason: 'no_protocol' } : { serverName };
  }

  #guard<Value>(action: () => Value): Value | null {
    this.#context.clock.tick();
    try {
      return action();
    } catch (error) {
      this.#context.observer.unexpected(error);
      return null;
    }
  }
}

interface AcceptedName {
  readonly serverName: string;
}

function discard(stream: QuicStream): void {
  stream.closed.catch(() => undefined);
  stream.destroy();
}
