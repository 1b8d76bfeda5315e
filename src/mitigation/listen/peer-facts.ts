/** What the beginning of a TCP connection tells about its peer. */
import type { Socket } from 'node:net';
import type { ClientHello } from '../../tls/client-hello.ts';
import { ja4Of } from '../../tls/ja4.ts';
import type { Endpoints, PeerFacts } from '../exchange/connection-facts.ts';
import type { ProxiedPeer } from './proxy-header.ts';

/** What the handshake has told. */
export interface SecuredPeer {
  readonly hello: ClientHello;
  readonly serverName: string;
  readonly lines: string;
}

export function plainPeer(ends: Endpoints): PeerFacts {
  const { peerPort, localAddress, localPort } = ends;
  return {
    peerPort,
    localAddress,
    localPort,
    ja4: '',
    serverName: '',
    lines: '',
  };
}

export class TlsPeer implements PeerFacts {
  readonly serverName: string;
  readonly lines: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  #hello: ClientHello | null;
  #ja4 = '';

  constructor(ends: Endpoints, secured: SecuredPeer) {
    this.serverName = secured.serverName;
    this.lines = secured.lines;
    this.peerPort = ends.peerPort;
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.#hello = secured.hello;
  }

  get ja4(): string {
    if (this.#hello !== null) this.#ja4 = ja4Of(this.#hello);
    this.#hello = null;
    return this.#ja4;
  }
}

/** The ends of a connection: those that a listed sender told, or those of the socket. */
export function endsOf(raw: Socket, proxied: ProxiedPeer | null): Endpoints {
  if (proxied !== null) {
    return { peerPort: proxied.port, localAddress: proxied.localAddress, localPort: proxied.localPort };
  }
  const { remotePort = 0, localAddress = '', localPort = 0 } = raw;
  return { peerPort: remotePort, localAddress, localPort };
}
