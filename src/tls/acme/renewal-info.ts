/**
 * When the authority itself wants a certificate renewed (ARI, RFC 9773): earlier than planned where it has to revoke
 * many at once. Asked without an account, and only where its directory names the resource.
 */
import 'reflect-metadata';
import { AuthorityKeyIdentifierExtension, X509Certificate } from '@peculiar/x509';
import { fail, ok, type Result } from '../../core/result.ts';
import type { AcmeCaller } from './acme-call.ts';
import { decodeRenewalWindow, httpsUrl, parseFields, type RenewalWindow } from './acme-documents.ts';

export interface RenewalAdvice {
  /** Null where the authority gives no such advice. */
  readonly window: RenewalWindow | null;
  /** Milliseconds after which to ask again; 0 where it does not say. */
  readonly retryAfterMs: number;
}

/** Names the first certificate of a chain to its authority (RFC 9773 section 4.1); null where it lacks what is needed. */
export function certificateId(certPem: string): string | null {
  try {
    const certificate = new X509Certificate(certPem);
    const { keyId } = certificate.getExtension(AuthorityKeyIdentifierExtension) ?? {};
    if (keyId === undefined) return null;
    return `${toBase64Url(keyId)}.${toBase64Url(asPositive(certificate.serialNumber))}`;
  } catch {
    return null;
  }
}

export async function fetchRenewalAdvice(
  call: AcmeCaller,
  directoryUrl: string,
  id: string,
  signal: AbortSignal,
): Promise<Result<RenewalAdvice, string>> {
  const directory = await call({ method: 'GET', url: directoryUrl, body: null, signal });
  if (!directory.ok) return directory;
  const url = httpsUrl(parseFields(directory.value.body)?.renewalInfo);
  if (url === null) return ok({ window: null, retryAfterMs: 0 });
  const answer = await call({ method: 'GET', url: `${url.replace(/\/$/, '')}/${id}`, body: null, signal });
  if (!answer.ok) return answer;
  const { status, body, retryAfterMs } = answer.value;
  const window = status === 200 ? decodeRenewalWindow(parseFields(body)) : null;
  return window === null ? fail(`no renewal window (HTTP status ${status})`) : ok({ window, retryAfterMs });
}

/** The hexadecimal octets of a positive number as DER has them: a zero in front of a set high bit. */
function asPositive(hex: string): string {
  return /^[89a-f]/i.test(hex) ? `00${hex}` : hex;
}

function toBase64Url(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url');
}
