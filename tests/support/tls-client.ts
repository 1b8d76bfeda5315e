/** TLS clients that choose what they say in the handshake, and certificates for them. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type PeerCertificate } from 'node:tls';
import { BasicConstraintsExtension, PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { Wire } from './wire.ts';

/** A handshake that came about. */
export interface Secured {
  readonly wire: Wire;
  readonly certificate: PeerCertificate;
  readonly resumed: boolean;
  readonly protocol: string | false | null;
  /** What the client can resume with; by TLS 1.3 it comes behind the handshake. */
  readonly session: Promise<Buffer>;
}

/** Does a handshake with a node; rejects with the alert or the end that came instead. */
export async function handshake(port: number, options: ConnectionOptions = {}): Promise<Secured> {
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  const opened = Promise.withResolvers<void>();
  const session = Promise.withResolvers<Buffer>();
  socket.once('session', session.resolve);
  socket.once('secureConnect', () => opened.resolve());
  socket.once('error', opened.reject);
  socket.once('close', () => opened.reject(new Error('closed')));
  await opened.promise;
  return {
    wire: new Wire(socket),
    certificate: socket.getPeerCertificate(),
    resumed: socket.isSessionReused(),
    protocol: socket.alpnProtocol,
    session: session.promise,
  };
}

/** A forwarder that passes on what clients send in pieces of one octet. */
export async function createFragmenter(port: number): Promise<Server> {
  const server = createServer({ noDelay: true }, (client) => {
    const node = connect({ host: '127.0.0.1', port, noDelay: true });
    pipePieces(client, node);
    node.pipe(client);
    for (const socket of [client, node]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        node.destroy();
      });
    }
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  return server;
}

function pipePieces(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at++) to.write(chunk.subarray(at, at + 1));
  });
}

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

/** An authority, and what it has signed. */
export interface ClientAuthority {
  readonly cert: string;
  readonly sign: (name: string) => Promise<Pem>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export async function createClientAuthority(name: string): Promise<ClientAuthority> {
  const keys = await createKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name,
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    cert: authority.toString('pem'),
    sign: async (subject) => {
      const own = await createKeys();
      const certificate = await X509CertificateGenerator.create({
        ...validity(),
        subject,
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return { cert: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
    },
  };
}

function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(): { notBefore: Date; notAfter: Date; signingAlgorithm: typeof ALGORITHM } {
  const nowMs = Date.now();
  return {
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + DAY_MS),
    signingAlgorithm: ALGORITHM,
  };
}
