/**
 * What the origin is told about a client's certificate, as header lines that are the same for all requests of a
 * connection. Fields of these names never come from clients: `src/http/field-names.ts` drops them.
 *
 *     X-Client-Certificate-Verified: success | none | failed
 *     X-Client-Certificate-Subject: CN=alice,O=Example      RFC 4514, octets beyond ASCII as \xx
 *     X-Client-Certificate-Fingerprint: 64 hex digits       SHA-256 of the certificate
 */
import type { TLSSocket } from 'node:tls';
import type { ClientCertificates } from '../../tls/tls-policy.ts';

/** A longer subject is left out: a part of it could be taken for the whole of another. */
const SUBJECT_LENGTH_MAX = 1024;

/** Lines for the origin, '' where clients are not asked; null where the client must not come in. */
export function clientCertificateLines(socket: TLSSocket, wanted: ClientCertificates): string | null {
  if (wanted === 'off') return '';
  const certificate = socket.getPeerX509Certificate();
  // A resumed session counts as authorized on Node even where it never had a certificate.
  const verified = socket.authorized && certificate !== undefined;
  if (!verified) {
    if (wanted === 'required') return null;
    return `X-Client-Certificate-Verified: ${certificate === undefined ? 'none' : 'failed'}\r\n`;
  }
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const subject = subjectText(certificate.subject);
  return (
    'X-Client-Certificate-Verified: success\r\n' +
    (subject === null ? '' : `X-Client-Certificate-Subject: ${subject}\r\n`) +
    `X-Client-Certificate-Fingerprint: ${fingerprint}\r\n`
  );
}

/** The runtimes give one attribute a line, escaped and the most general first; the standard form is reversed. */
function subjectText(lines: string | undefined): string | null {
  if (lines === undefined || lines === '') return null;
  const text = lines.split('\n').reverse().join(',');
  const octets = Buffer.from(text, 'utf8').toString('latin1');
  const safe = octets.replace(/[^\x20-\x7e]/g, (octet) => {
    return `\\${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return safe.length > SUBJECT_LENGTH_MAX ? null : safe;
}
