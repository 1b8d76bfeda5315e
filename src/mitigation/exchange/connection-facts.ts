/** What is known of a client connection, whatever protocol it speaks; the same for all its requests. */
import { constantLines, type ForwardedBy } from '../../http/write-request.ts';
import type { Client } from '../client.ts';

/** The two ends of a client connection. */
export interface Endpoints {
  readonly peerPort: number;
  /** Without brackets or port. */
  readonly localAddress: string;
  readonly localPort: number;
}

/** What the beginning of a connection has told. */
export interface PeerFacts extends Endpoints {
  /** JA4 fingerprint of the ClientHello; '' where there was none. It may be made when first asked for. */
  readonly ja4: string;
  /** Server name of the handshake in canonical form; '' where the client named none. */
  readonly serverName: string;
  /** Header lines for the origin about the client's certificate; '' where none was asked for. */
  readonly lines: string;
}

/** Whether a listener serves sites, or sends clients from plain HTTP to where they are served. */
export type StreamRole = 'site' | 'redirect';

export class ConnectionFacts implements ForwardedBy, PeerFacts {
  client: Client;
  /** Whether the peer is a listed proxy. */
  trusted: boolean;
  readonly scheme: 'http' | 'https';
  readonly role: StreamRole;
  /** Header lines for the origin that are the same for each request. */
  readonly lines: string;
  readonly #peer: PeerFacts;

  constructor(client: Client, trusted: boolean, scheme: 'http' | 'https', peer: PeerFacts, role: StreamRole) {
    this.client = client;
    this.trusted = trusted;
    this.scheme = scheme;
    this.role = role;
    this.lines = constantLines(client.address, scheme) + peer.lines;
    this.#peer = peer;
  }

  /** The address of the peer. */
  get peer(): string {
    return this.client.address;
  }

  get ja4(): string {
    return this.#peer.ja4;
  }

  get serverName(): string {
    return this.#peer.serverName;
  }

  get peerPort(): number {
    return this.#peer.peerPort;
  }

  get localAddress(): string {
    return this.#peer.localAddress;
  }

  get localPort(): number {
    return this.#peer.localPort;
  }

  /** A new policy sees the client in another way: whitelisted or not, a trusted proxy or not. */
  reclassify(client: Client, trusted: boolean): void {
    this.client = client;
    this.trusted = trusted;
  }
}
