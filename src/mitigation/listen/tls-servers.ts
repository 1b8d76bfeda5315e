/**
 * The TLS servers of one worker, one for each certificate profile, so that what is asked of clients belongs to the
 * name they ask for. None of them listens; connections are handed to them once their ClientHello has been read.
 *
 * A server never changes. A new certificate is a new server, and connections that the old one secures go on; a
 * profile that stays the same keeps its server, and with it the sessions that only this server can resume. Servers
 * are made when first needed, for a node may have a thousand certificates and see few of the names.
 */
import { constants, createHash } from 'node:crypto';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { ChallengeCertificate } from '../../tls/acme/challenge-certificate.ts';
import { CertificateTable } from '../../tls/certificate-table.ts';
import type { ClientCertificates, TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import { CHALLENGE_PROTOCOL, type HelloRules } from './judge-hello.ts';

/** A server with what was agreed on for its clients. */
export interface TlsServer {
  readonly server: Server;
  readonly clientCertificates: ClientCertificates;
}

interface ServerSlot {
  readonly profile: TlsProfile;
  /** The same for slots whose servers would be the same. */
  readonly identity: string;
  made: TlsServer | null;
}

export class TlsServers {
  readonly #onSecure: (socket: TLSSocket) => void;
  #policy: TlsPolicy;
  #rules: HelloRules;
  #slots: readonly ServerSlot[];
  #ticketKeys: Buffer | null;
  /** Made for one handshake or a few; gone with their certificate. */
  readonly #challenges = new WeakMap<ChallengeCertificate, TlsServer>();

  constructor(policy: TlsPolicy, ticketKeys: Uint8Array | null, onSecure: (socket: TLSSocket) => void) {
    this.#onSecure = onSecure;
    this.#policy = policy;
    this.#rules = rulesOf(policy);
    this.#slots = slotsOf(policy, []);
    this.#ticketKeys = ticketKeys === null ? null : Buffer.from(ticketKeys);
  }

  /** What hellos are judged by now. */
  get rules(): HelloRules {
    return this.#rules;
  }

  /** Another policy for handshakes from now on. */
  use(policy: TlsPolicy): void {
    this.#policy = policy;
    this.#rules = rulesOf(policy);
    this.#slots = slotsOf(policy, this.#slots);
  }

  /** Other profiles under the same policy. */
  useProfiles(profiles: readonly TlsProfile[]): void {
    this.use({ ...this.#policy, profiles });
  }

  /** Keys that all workers share, for tickets from now on; those of before are good no more. */
  useTicketKeys(keys: Uint8Array): void {
    this.#ticketKeys = Buffer.from(keys);
    for (const { made } of this.#slots) made?.server.setTicketKeys(this.#ticketKeys);
  }

  /** The server of a profile, by the index that the table has told. */
  at(index: number): TlsServer {
    const slot = this.#slots[index]!;
    slot.made ??= this.#make(slot.profile);
    return slot.made;
  }

  /** The server that shows a certificate authority what it wants to see, and speaks nothing else. */
  forChallenge(certificate: ChallengeCertificate): TlsServer {
    const known = this.#challenges.get(certificate);
    if (known !== undefined) return known;
    const { certPem: cert, keyPem: key } = certificate;
    const server = this.#listenTo({
      cert,
      key,
      secureOptions: NO_RENEGOTIATION,
      ALPNProtocols: [CHALLENGE_PROTOCOL],
    });
    const made: TlsServer = { server, clientCertificates: 'off' };
    this.#challenges.set(certificate, made);
    return made;
  }

  #make(profile: TlsProfile): TlsServer {
    const { minVersion, maxVersion } = this.#policy;
    const { clientCertificates, clientCaPem } = profile;
    const server = this.#listenTo({
      cert: profile.certPem,
      key: profile.keyPem,
      minVersion,
      maxVersion,
      ciphers: CIPHERS,
      honorCipherOrder: false,
      secureOptions: NO_RENEGOTIATION,
      ALPNProtocols: [...this.#rules.protocols],
      sessionIdContext: sessionContext(profile),
      ...(clientCaPem === null ? {} : { ca: clientCaPem }),
      requestCert: clientCertificates !== 'off',
      rejectUnauthorized: clientCertificates === 'required',
      ...(this.#ticketKeys === null ? {} : { ticketKeys: this.#ticketKeys }),
    });
    return { server, clientCertificates };
  }

  #listenTo(options: TlsOptions): Server {
    // A client may end its side and still read the answer; the type definitions of TLS leave that option out.
    const all: TlsOptions & { readonly allowHalfOpen: boolean } = { ...options, allowHalfOpen: true };
    const server = createServer(all);
    server.on('secureConnection', this.#onSecure);
    // The raw connection's own end does the counting; without a listener some runtimes would throw.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }
}

function rulesOf({ profiles, strictNames, http2 }: TlsPolicy): HelloRules {
  // In the order of the node's preference, which the libraries follow.
  const protocols = http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  return { table: new CertificateTable(profiles), strictNames, protocols };
}

function slotsOf(policy: TlsPolicy, before: readonly ServerSlot[]): readonly ServerSlot[] {
  const made = new Map(before.map((slot) => [slot.identity, slot.made]));
  const { minVersion, maxVersion, http2 } = policy;
  return policy.profiles.map((profile) => {
    const identity = JSON.stringify([profile, minVersion, maxVersion, http2]);
    return { profile, identity, made: made.get(identity) ?? null };
  });
}

/**
 * A session is resumed only where the same is asked of clients for the same names: a ticket from a name without
 * client certificates must not open one that requires them.
 */
function sessionContext({ names, clientCertificates, clientCaPem }: TlsProfile): string {
  const text = JSON.stringify([names, clientCertificates, clientCaPem]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** OpenSSL has to be told, and even then TLS 1.2 alone knows it; BoringSSL never does it and calls the option 0. */
const NO_RENEGOTIATION: number = constants.SSL_OP_NO_RENEGOTIATION;

/**
 * Forward-secret AEAD suites only (RFC 9325 section 4.2). Compression is off in both runtimes' libraries; tickets
 * stay on, for they are what makes a second connection cheap.
 */
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
