/**
 * What an authority gave out, checked before it is believed: whole certificates only, the first for our key and name,
 * valid now. What is kept is written anew from the certificates that were read (RFC 8555 section 9.1 warns of
 * authorities that hide other things, such as keys, in the file).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';

export interface IssuedChain {
  /** The chain in PEM, the certificate of the name first. */
  readonly certPem: string;
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const CERTIFICATES_MAX = 10;

/** `wallMs` is the time now. */
export function checkIssuedChain(
  text: string,
  keyPem: string,
  name: string,
  wallMs: number,
): Result<IssuedChain, string> {
  const certificates = parseChain(text);
  const leaf = certificates?.[0];
  if (certificates === null || leaf === undefined)
    return fail(`is no chain of 1 to ${CERTIFICATES_MAX} certificates in PEM form`);
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(keyPem))) return fail('is for another key');
    if (leaf.checkHost(name) === undefined) return fail(`is not for ${name}`);
  } catch {
    return fail('cannot be read');
  }
  const validFromMs = Date.parse(leaf.validFrom);
  const validUntilMs = Date.parse(leaf.validTo);
  if (!(validFromMs < validUntilMs)) return fail('has no sound time of validity');
  if (validUntilMs <= wallMs) return fail(`has expired on ${leaf.validTo}`);
  const certPem = certificates.map((certificate) => certificate.toString()).join('');
  return ok({ certPem, validFromMs, validUntilMs });
}

function parseChain(text: string): readonly X509Certificate[] | null {
  const blocks = text.split(BEGIN).slice(1);
  if (blocks.length === 0 || blocks.length > CERTIFICATES_MAX) return null;
  try {
    return blocks.map((block) => new X509Certificate(`${BEGIN}${block.split(END)[0]}${END}\n`));
  } catch {
    return null;
  }
}
