/**
 * Opening a socket to an origin: plain or TLS, with a PROXY header in front where one is asked for.
 *
 * By default a certificate has to lead to a trusted authority and carry the origin's name. TLS contexts are made once
 * for each policy, since reading certificates costs far more than a connection.
 */
import { connect, isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
} from 'node:tls';
import { type ProxiedConnection, writeProxyHeader } from './proxy-header.ts';
import type { OriginPolicy, OriginTlsPolicy } from './upstream-policy.ts';

export interface Dialled {
  readonly socket: Socket;
  /** What the socket says when requests may be sent. */
  readonly readyEvent: 'connect' | 'secureConnect';
}

export class OriginDialler {
  readonly #policy: OriginPolicy;
  readonly #context: SecureContext | null;

  constructor(policy: OriginPolicy) {
    this.#policy = policy;
    this.#context = policy.tls === null ? null : createOriginContext(policy.tls);
  }

  dial(proxied: ProxiedConnection): Dialled {
    const { host, port, sendProxy, tls } = this.#policy;
    if (tls !== null && sendProxy === 'off') return secured({ ...this.#tlsOptions(tls), port });
    const socket = connect({ host, port, noDelay: true });
    // Written before the connection stands, so it is first on it whatever follows.
    if (sendProxy !== 'off') socket.write(writeProxyHeader(sendProxy, proxied));
    return tls === null ? { socket, readyEvent: 'connect' } : secured({ ...this.#tlsOptions(tls), socket });
  }

  #tlsOptions({ serverName, verify }: OriginTlsPolicy): ConnectionOptions {
    return {
      ...(this.#context === null ? {} : { secureContext: this.#context }),
      // An address is no server name (RFC 6066 section 3); it is checked against the certificate all the same.
      ...(isIP(serverName) === 0 && serverName !== '' ? { servername: serverName } : {}),
      host: this.#policy.host,
      rejectUnauthorized: verify,
      ALPNProtocols: [this.#policy.protocol === 'http2' ? 'h2' : 'http/1.1'],
    };
  }
}

/** Throws where certificate, key or authorities cannot be read; the policy has been tried out when it was compiled. */
export function createOriginContext({ ca, client }: OriginTlsPolicy): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca === null ? {} : { ca }),
    ...(client === null ? {} : { cert: client.cert, key: client.key }),
  });
}

function secured(options: ConnectionOptions): Dialled {
  const socket = connectTls(options);
  socket.setNoDelay(true);
  return { socket, readyEvent: 'secureConnect' };
}
