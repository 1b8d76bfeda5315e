/**
 * All listeners of one worker: the one that sites are served on, over TCP and perhaps over UDP, and where it is wanted
 * the one that sends plain HTTP to HTTPS. They share the limits, the sweep and the end.
 */
import type { ListenAddress } from '../../config/listen-address.ts';
import type { ConnectionUnits } from '../../core/connection-units.ts';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import type { Client } from '../client.ts';
import { Http3Listener } from '../http3/http3-listener.ts';
import { loadQuic } from '../http3/quic-runtime.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { OpenConnection } from './connection-registry.ts';
import { Listener } from './listener.ts';

export interface FrontDoorOptions {
  /** Null for plain HTTP. */
  readonly tls: TlsPolicy | null;
  readonly ticketKeys: Uint8Array | null;
  /** Where plain HTTP is redirected from; null for nowhere. */
  readonly redirectFrom: ListenAddress | null;
  /** Of the worker: QUIC sockets cannot be shared, so the first one alone has HTTP/3. */
  readonly index: number;
}

export class FrontDoor {
  readonly #site: Listener;
  readonly #redirect: Listener | null;
  readonly #redirectFrom: ListenAddress | null;
  /** Null where there is no HTTP/3. */
  readonly #http3: Http3Listener | null;
  readonly #context: TrafficContext;
  readonly #listeners: readonly Listener[];

  constructor(context: TrafficContext, units: ConnectionUnits, options: FrontDoorOptions) {
    const { tls, ticketKeys, redirectFrom, index } = options;
    this.#redirectFrom = redirectFrom;
    this.#context = context;
    this.#http3 = index === 0 ? createHttp3(context, units, tls) : null;
    this.#site = new Listener(context, units, { role: 'site', tls, ticketKeys });
    this.#redirect =
      redirectFrom === null
        ? null
        : new Listener(context, units, { role: 'redirect', tls: null, ticketKeys: null });
    this.#listeners = this.#redirect === null ? [this.#site] : [this.#site, this.#redirect];
  }

  /**
   * Opens all listening sockets, or opens them again after `stopAccepting`; resolves with the port of the sites.
   *
   * @param steeredOver workers that clients are divided between by their address; 0 leaves it to the kernel
   */
  async listen(host: string, port: number, steeredOver: number): Promise<number> {
    const from = this.#redirectFrom;
    if (from !== null) await this.#redirect?.listen(from.host, from.port);
    const opened = await this.#site.listen(host, port);
    if (steeredOver > 0) await this.#site.steerByClient(steeredOver);
    await this.#http3?.listen(host, this.#context.snapshot.http3.port ?? opened);
    return opened;
  }

  /** Connections that can bring requests. */
  get size(): number {
    const http3 = this.#http3?.connections.size ?? 0;
    return this.#listeners.reduce((sum, { connections }) => sum + connections.size, http3);
  }

  /** Whether no connection is left, not even one in its handshake. */
  get isEmpty(): boolean {
    const http3 = this.#http3;
    if (http3 !== null && http3.connections.size + http3.greeting > 0) return false;
    return this.#listeners.every(({ connections, greeting }) => connections.size === 0 && greeting === 0);
  }

  /** Another policy for handshakes from now on. */
  useTls(policy: TlsPolicy): void {
    this.#site.useTls(policy);
    this.#http3?.useTls(policy);
  }

  useCertificates(profiles: readonly TlsProfile[]): void {
    this.#site.useCertificates(profiles);
    this.#http3?.useCertificates(profiles);
  }

  useTicketKeys(keys: Uint8Array): void {
    this.#site.useTicketKeys(keys);
  }

  /** Takes no more connections; those that are open finish. */
  stopAccepting(): void {
    for (const listener of this.#listeners) listener.stopAccepting();
    this.#http3?.stopAccepting();
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    for (const listener of this.#listeners) listener.sweep(nowMs);
    this.#http3?.sweep(nowMs);
  }

  /** Ends all connections of the clients that `isUnwanted` says, also those still in their handshake. */
  endClients(isUnwanted: (client: Client) => boolean): void {
    for (const listener of this.#listeners) listener.endClients(isUnwanted);
    this.#http3?.endClients(isUnwanted);
  }

  /** Calls `visit` with each connection; it may end the one it is given. */
  each(visit: (connection: OpenConnection) => void): void {
    for (const { connections } of this.#listeners) connections.each(visit);
    this.#http3?.connections.each(visit);
  }

  /** Gives back what is not given back by itself, once all connections are gone. */
  close(): void {
    this.#http3?.close();
  }
}

function createHttp3(
  context: TrafficContext,
  units: ConnectionUnits,
  tls: TlsPolicy | null,
): Http3Listener | null {
  const quic = context.snapshot.http3.enabled ? loadQuic() : null;
  return quic === null || tls === null ? null : new Http3Listener(quic, context, units, tls);
}
