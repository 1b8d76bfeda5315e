/** What the node shows and asks of clients in a handshake, ready for use: files read, names in canonical form. */

/** Whether clients are asked for a certificate, and whether they may do without. */
export type ClientCertificates = 'off' | 'optional' | 'required';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** One certificate, the names it is shown for, and what is asked of clients that use one of them. */
export interface TlsProfile {
  /** Canonical, `*.example.org` among them; may be empty for the default. */
  readonly names: readonly string[];
  readonly certPem: string;
  readonly keyPem: string;
  readonly clientCertificates: ClientCertificates;
  /** Who signs certificates of clients; null where none are asked for. */
  readonly clientCaPem: string | null;
}

export interface TlsPolicy {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Whether `h2` is offered beside `http/1.1`. */
  readonly http2: boolean;
  /** Whether a client must name a server that there is a certificate for. */
  readonly strictNames: boolean;
  /** Never empty; the first is the default. */
  readonly profiles: readonly TlsProfile[];
}
