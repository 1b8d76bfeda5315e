/**
 * Which host may be asked for over which connection, where certificates are asked of clients.
 *
 * What is asked of a client belongs to the name that its handshake was for. A request for another host on the same
 * connection would slip past what that host asks for, so it has to come over a connection of its own (421, RFC 9110
 * section 15.5.20). Hosts that ask for nothing, or for the same, may share a connection, as browsers do with HTTP/2.
 */
import { CertificateTable, DEFAULT_PROFILE, UNKNOWN_NAME } from './certificate-table.ts';
import type { TlsProfile } from './tls-policy.ts';

export class ClientDemands {
  /** Whether any host asks for anything. */
  readonly any: boolean;
  readonly #table: CertificateTable;
  /** By profile: what is asked, the same text for the same; '' for nothing. */
  readonly #demands: readonly string[];

  constructor(profiles: readonly TlsProfile[]) {
    this.#table = new CertificateTable(profiles);
    this.#demands = profiles.map(({ clientCertificates, clientCaPem }) =>
      clientCertificates === 'off' ? '' : `${clientCertificates} ${clientCaPem}`,
    );
    this.any = this.#demands.some((demand) => demand !== '');
  }

  /**
   * @param host of the request, in canonical form
   * @param serverName of the handshake, in canonical form; '' for none
   */
  allow(host: string, serverName: string): boolean {
    const demand = this.#of(host);
    return demand === '' || demand === this.#of(serverName);
  }

  /** Whether something is asked of clients of this server name that was not asked `before`. */
  isNewFor(serverName: string, before: ClientDemands): boolean {
    if (before === this) return false;
    const demand = this.#of(serverName);
    return demand !== '' && demand !== before.#of(serverName);
  }

  #of(name: string): string {
    const found = this.#table.find(name);
    return this.#demands[found === UNKNOWN_NAME ? DEFAULT_PROFILE : found] ?? '';
  }
}
