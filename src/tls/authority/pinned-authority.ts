/**
 * Fetches the certificate of an authority from a server, known by its fingerprint.
 *
 * Nothing is sent to the server beside the handshake, and the certificate is taken only if its fingerprint is the expected
 * one; whether the server itself is genuine is for the connections to find out that are then made with it.
 */
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { codedMessageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { fingerprintOf } from './certificate-authority.ts';

export interface PinnedServer {
  readonly host: string;
  readonly port: number;
  /** SHA-256 in lower-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly timeoutMs: number;
}

/** Longer chains are not looked at. */
const CHAIN_MAX = 5;

/** The certificate in PEM; never rejects. */
export function fetchPinnedAuthority(server: PinnedServer): Promise<Result<string, string>> {
  const { host, port, fingerprint, timeoutMs } = server;
  const { promise, resolve } = Promise.withResolvers<Result<string, string>>();
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connect({ host, port, ...name, rejectUnauthorized: false });
  const end = (result: Result<string, string>): void => {
    clearTimeout(timer);
    resolve(result);
    socket.destroy();
  };
  const timer = setTimeout(() => end(fail(`no answer within ${timeoutMs} ms`)), timeoutMs);
  socket.once('error', (error) => end(fail(codedMessageOf(error))));
  socket.once('close', () => end(fail('the connection was closed')));
  socket.once('secureConnect', () => end(findPinned(socket, fingerprint)));
  return promise;
}

function findPinned(socket: TLSSocket, fingerprint: string): Result<string, string> {
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let depth = 0; depth < CHAIN_MAX && certificate?.raw !== undefined; depth++) {
    if (fingerprintOf(certificate.raw) === fingerprint) return ok(toPem(certificate.raw));
    certificate = certificate.issuerCertificate;
  }
  return fail('the server shows no certificate with the fingerprint of orchestrator.ca_fingerprint');
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
